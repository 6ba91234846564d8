import { ApiError } from '@chung/client';
import { ROUTES } from '@chung/client/scoped';
import { OPERATIONS } from '@chung/contracts';
import type { Guard, PlatformCall } from './guard.ts';
import type { Caller } from './plays.ts';
import { problemOf, refusal } from './refusal.ts';

export interface OverFetch {
  readonly run: Guard;
  readonly callerOf: (authorization: string | null) => Caller;
  readonly keySet: () => Promise<object>;
}

const KEYS_PATH = '/.well-known/chung-receipt-keys.json';

/** Answers an HTTP request as the platform does: by address, with status, headers and problem documents. */
export async function answerRequest(request: Request, { run, callerOf, keySet }: OverFetch): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname === KEYS_PATH) return Response.json(await keySet());
  try {
    const { call, status } = await callOf(request, url);
    const reply = await run(callerOf(request.headers.get('authorization')), call);
    return status === 204 ? new Response(null, { status }) : Response.json(reply, { status });
  } catch (error) {
    // A bug of the fake, or data that breaks the contract: loud, so that no test takes it for an answer.
    if (!(error instanceof ApiError)) throw error;
    const headers = new Headers({ 'content-type': 'application/problem+json; charset=utf-8' });
    if (error.retryAfterSeconds !== null) headers.set('retry-after', String(error.retryAfterSeconds));
    return new Response(JSON.stringify(problemOf(error)), { status: error.status, headers });
  }
}

async function callOf(request: Request, url: URL): Promise<{ readonly call: PlatformCall; readonly status: number }> {
  for (const { id, status } of OPERATIONS) {
    const { method, path, bodyType } = ROUTES[id];
    const params = request.method === method ? paramsOf(path, url.pathname) : null;
    if (!params) continue;
    const idempotencyKey = request.headers.get('idempotency-key') ?? undefined;
    const query = Object.fromEntries(url.searchParams);
    const body = bodyType === 'json' ? jsonOf(await request.text()) : undefined;
    return { call: { id, params, query, body, idempotencyKey }, status };
  }
  throw refusal('not_found');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal('invalid_request');
  }
}

function paramsOf(template: string, path: string): Record<string, string> | null {
  const names = template.split('/');
  const parts = path.split('/');
  if (names.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? '';
    const field = /^\{(\w+)\}$/.exec(name)?.[1];
    if (field !== undefined) params[field] = decodeURIComponent(part);
    else if (name !== part) return null;
  }
  return params;
}
