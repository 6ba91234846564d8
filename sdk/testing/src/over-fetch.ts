import { ROUTES } from '@chung/client/scoped';
import { type Language, OPERATIONS } from '@chung/contracts';
import type { Guard, PlatformCall } from './guard.ts';
import type { Caller } from './plays.ts';
import { problemFor, Refusal, refusal } from './refusal.ts';
import { SentBody } from './upload.ts';

export interface OverFetch {
  readonly run: Guard;
  /** Who a header says; throws for a token that is none. */
  readonly callerOf: (authorization: string | null) => Caller;
  readonly keySet: () => Promise<object>;
}

const KEYS_PATH = '/.well-known/chung-receipt-keys.json';

/** A request, and how many bytes its body was said to have. */
interface Received {
  readonly request: Request;
  readonly bytesTotal: number | null;
}

/** Answers an HTTP request as the platform does: by address, with status, headers and problem documents. */
export async function answerRequest(received: Received, { run, callerOf, keySet }: OverFetch): Promise<Response> {
  const { request } = received;
  const url = new URL(request.url);
  if (url.pathname === KEYS_PATH) return Response.json(await keySet());
  const language = languageOf(request.headers.get('accept-language') ?? '');
  try {
    const { call, status } = callOf(received, url);
    const reply = await run(() => callerOf(request.headers.get('authorization')), { ...call, language });
    return status === 204 ? new Response(null, { status }) : Response.json(reply, { status });
  } catch (error) {
    // A bug of the fake, or data that breaks the contract: loud, so that no test takes it for an answer.
    if (!(error instanceof Refusal)) throw error;
    const { retryAfterSeconds } = error.details;
    const headers = new Headers({ 'content-type': 'application/problem+json; charset=utf-8', 'content-language': language });
    if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds));
    const problem = { ...problemFor(error, language), instance: url.pathname };
    return new Response(JSON.stringify(problem), { status: problem.status, headers });
  }
}

function callOf({ request, bytesTotal }: Received, url: URL): { readonly call: PlatformCall; readonly status: number } {
  let isThere = false;
  for (const { id, status } of OPERATIONS) {
    const { method, path } = ROUTES[id];
    const params = paramsOf(path, url.pathname);
    isThere ||= params !== null;
    if (!params || request.method !== method) continue;
    const idempotencyKey = request.headers.get('idempotency-key') ?? undefined;
    const body = new SentBody(request, bytesTotal);
    return { call: { id, params, query: queryOf(url.searchParams), body, idempotencyKey }, status };
  }
  throw refusal(isThere ? 'method_not_allowed' : 'not_found');
}

/** A name that comes twice is a list, which no query takes. */
function queryOf(search: URLSearchParams): Record<string, unknown> {
  const names = new Set(search.keys());
  return Object.fromEntries([...names].map((name) => [name, search.getAll(name).length > 1 ? search.getAll(name) : search.get(name)]));
}

function paramsOf(template: string, path: string): Record<string, string> | null {
  const names = template.split('/');
  const parts = path.split('/');
  if (names.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? '';
    const field = /^\{(\w+)\}$/.exec(name)?.[1];
    if (field !== undefined && part !== '') params[field] = decoded(part);
    else if (name !== part) return null;
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw refusal('invalid_request');
  }
}

/** Vietnamese unless the caller prefers English (RFC 9110 §12.5.4: the greater `q` first, then the order they stand in). */
function languageOf(header: string): Language {
  const wanted = header.toLowerCase().split(',').map(readRange);
  const weightOf = (language: Language) => Math.max(0, ...wanted.filter(({ tag }) => tag === language).map(({ weight }) => weight));
  const [vi, en] = [weightOf('vi'), weightOf('en')];
  const first = wanted.find(({ tag }) => tag === 'vi' || tag === 'en')?.tag;
  return en > vi || (en > 0 && en === vi && first === 'en') ? 'en' : 'vi';
}

function readRange(range: string): { readonly tag: string; readonly weight: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  const weight = quality === undefined ? 1 : Number(quality.slice(2));
  return { tag: tag.split('-')[0] ?? '', weight: weight >= 0 && weight <= 1 ? weight : 0 };
}
