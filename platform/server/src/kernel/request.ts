import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Language } from '@chung/contracts';

const REQUEST_ID = /^[\w.-]{8,64}$/;
const ids = new WeakMap<IncomingMessage, string>();

/** The request's id: the proxy's `X-Request-Id` when it looks like one, else a new one. It stands in the log and in every problem. */
export function requestIdOf(request: IncomingMessage): string {
  const known = ids.get(request);
  if (known) return known;
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  ids.set(request, id);
  return id;
}

/** Vietnamese unless the caller prefers English. */
export function languageOf(request: IncomingMessage): Language {
  const [first] = (request.headers['accept-language'] ?? '').toLowerCase().split(',');
  return first?.trim().startsWith('en') ? 'en' : 'vi';
}
