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

/** Vietnamese unless the caller prefers English (RFC 9110 §12.5.4: the greater `q` first, then the order they stand in). */
export function languageOf(request: IncomingMessage): Language {
  const wanted = (request.headers['accept-language'] ?? '').toLowerCase().split(',').map(readRange);
  const weightOf = (language: Language) =>
    Math.max(0, ...wanted.filter((range) => range.language === language).map(({ weight }) => weight));
  const [vi, en] = [weightOf('vi'), weightOf('en')];
  const first = wanted.find(({ language }) => language === 'vi' || language === 'en')?.language;
  return en > vi || (en > 0 && en === vi && first === 'en') ? 'en' : 'vi';
}

function readRange(range: string): { language: string; weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = quality === undefined ? 1 : Number(quality.slice(2));
  return { language: tag.split('-')[0] ?? '', weight: weight >= 0 && weight <= 1 ? weight : 0 };
}
