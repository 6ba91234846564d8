import type { CallReply } from '@chung/client';
import { ERRORS, type ErrorCode, OPERATIONS, type OperationId, type OperationSpec, type Problem } from '@chung/contracts';
import { vi } from 'vitest';
import type { AppName, Session } from '../src/app/session.ts';

/** One request as the platform saw it. */
export interface Asked {
  /** The operation of the registry, or `session` and `logout`, which are none. */
  readonly id: OperationId | 'session' | 'logout';
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Headers;
  readonly signal: AbortSignal | null;
}

class Refusal {
  readonly code: ErrorCode;
  readonly extras: Partial<Problem>;
  readonly headers: Record<string, string>;
  constructor(code: ErrorCode, extras: Partial<Problem>, headers: Record<string, string>) {
    this.code = code;
    this.extras = extras;
    this.headers = headers;
  }
}

/** The platform says no, in the language of whoever asks. */
export function refusal(code: ErrorCode, extras: Partial<Problem> = {}, headers: Record<string, string> = {}): Refusal {
  return new Refusal(code, extras, headers);
}

/** No answer at all, as without a connection. */
export const unreachable = Symbol('unreachable');

type Answer<Id extends OperationId> = CallReply<Id> | Refusal | typeof unreachable;
type Answers = Map<string, (asked: Asked) => unknown>;

const faults: string[] = [];

/** What went wrong in the test itself; read and emptied after each. */
export function faultsOfTest(): string[] {
  return faults.splice(0);
}

function paramsOf(template: string, path: string): Record<string, string> | null {
  const pattern = template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const match = new RegExp(`^${pattern}$`).exec(path);
  if (!match) return null;
  return Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));
}

function problemReply({ code, extras, headers }: Refusal, language: 'vi' | 'en'): Response {
  const { status, title } = ERRORS[code];
  const docs = `/docs/errors/${code}`;
  const body = { type: docs, title: title[language], status, code, docs, request_id: 'req_01STANDIN', ...extras };
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json', ...headers } });
}

function replyOf(operation: OperationSpec, answer: unknown, asked: Asked): Response {
  if (answer instanceof Refusal) return problemReply(answer, asked.headers.get('accept-language') === 'en' ? 'en' : 'vi');
  const checked = operation.reply.safeParse(answer);
  if (!checked.success) faults.push(`the answer planned for ${operation.id} breaks the registry: ${checked.error.message}`);
  if (operation.status === 204) return new Response(null, { status: 204 });
  return new Response(JSON.stringify(answer), { status: operation.status, headers: { 'content-type': 'application/json' } });
}

interface Found {
  readonly operation: OperationSpec;
  readonly id: OperationId;
  readonly params: Record<string, string>;
}

function findOperation(method: string, path: string): Found | null {
  for (const operation of OPERATIONS) {
    const params = operation.method === method ? paramsOf(operation.path, path) : null;
    if (params) return { operation, id: operation.id, params };
  }
  return null;
}

export interface StandIn {
  readonly asked: Asked[];
  /** The requests of one operation, oldest first. */
  readonly askedFor: (id: Asked['id']) => readonly Asked[];
  /** What an operation answers from now on. */
  readonly answer: <Id extends OperationId>(id: Id, answer: Answer<Id> | ((asked: Asked) => Answer<Id> | Promise<Answer<Id>>)) => void;
  /** The session from now on; a status makes the session itself fail. */
  readonly setSession: (session: Partial<Session> | number) => void;
}

export const SIGNED_IN: Session = {
  signedIn: true,
  user: { displayName: 'Ngọc Ánh' },
  actor: 'member',
  csrfToken: 'csrf-1',
  scopes: ['offers:read'],
};

/**
 * Stands in for the platform behind `fetch`: answers by operation id, and holds every planned answer against the reply schema
 * of the registry, so that a test cannot pass on data the platform would never send.
 */
export function startStandIn(app: AppName = 'member'): StandIn {
  const answers: Answers = new Map();
  const asked: Asked[] = [];
  let session: Partial<Session> | number = { ...SIGNED_IN, actor: app };

  const sessionReply = (method: string) => {
    if (method === 'POST') return new Response(null, { status: 204 });
    return typeof session === 'number' ? new Response('{}', { status: session }) : new Response(JSON.stringify(session));
  };

  async function respond(address: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address, 'http://platform.test');
    const method = init.method ?? 'GET';
    const request = { headers: new Headers(init.headers), query: Object.fromEntries(url.searchParams), signal: init.signal ?? null };
    if (url.pathname.startsWith(`/session/${app}`)) {
      asked.push({ id: method === 'POST' ? 'logout' : 'session', params: {}, ...request });
      return sessionReply(method);
    }
    const found = findOperation(method, url.pathname);
    const plan = found && answers.get(found.id);
    if (!found || !plan) {
      faults.push(`nothing was planned for ${method} ${address}`);
      throw new TypeError('nothing planned');
    }
    const one: Asked = { id: found.id, params: found.params, ...request };
    asked.push(one);
    const answer = await plan(one);
    if (init.signal?.aborted) throw init.signal.reason;
    if (answer === unreachable) throw new TypeError('fetch failed');
    return replyOf(found.operation, answer, one);
  }

  vi.stubGlobal('fetch', respond);
  return {
    asked,
    askedFor: (id) => asked.filter((one) => one.id === id),
    answer: (id, answer) => void answers.set(id, (one) => (typeof answer === 'function' ? answer(one) : answer)),
    setSession: (next) => {
      session = next;
    },
  };
}

/** An answer that waits until the test lets it go; for what a person sees in between, and for replies out of order. */
export function held<Value>(): { readonly reply: Promise<Value>; readonly release: (value: Value) => void } {
  const { promise, resolve } = Promise.withResolvers<Value>();
  return { reply: promise, release: resolve };
}

export function pageOf<Item>(items: Item[], nextCursor: string | null = null): { items: Item[]; nextCursor: string | null } {
  return { items, nextCursor };
}
