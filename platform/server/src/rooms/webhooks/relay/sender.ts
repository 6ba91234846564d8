import { isIP } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { codeOf } from '../../../kernel/outside.ts';
import { type AllowedHosts, hostOf, isPublicAddress, parseEndpointUrl } from '../endpoint-url.ts';
import { retryAfterOf } from '../schedule.ts';
import { guardedLookup, type NameResolver } from './guarded-lookup.ts';

/** What one try came to. `status` is null when no answer came; `error` then says why. */
export interface TryResult {
  readonly status: number | null;
  readonly error: string | null;
  readonly latencyMs: number;
  /** The first characters of an answer that was no success. */
  readonly excerpt: string | null;
  readonly retryAfterSeconds: number | null;
}

export interface Sender {
  send(delivery: { headers: Readonly<Record<string, string>>; payload: string }): Promise<TryResult>;
  close(): void;
}

export interface SenderOptions {
  readonly resolver: NameResolver;
  readonly allowedHosts: AllowedHosts;
  readonly now: () => Date;
  readonly timeouts?: { readonly connectMs: number; readonly totalMs: number };
}

const TIMEOUTS = { connectMs: 4_000, totalMs: 10_000 };
const IDLE_CONNECTION_MS = 30_000;
const EXCERPT_BYTES = 500;
/** More of an answer than this is cut off with its connection: a receiver must not make us read for ever. */
const BODY_MAX_BYTES = 16_384;
const HEADERS_MAX_BYTES = 16_384;
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);
const USER_AGENT = 'Chung-Webhooks/1 (+https://www.standardwebhooks.com)';

export const isDelivered = ({ status }: Pick<TryResult, 'status'>): boolean => status !== null && status >= 200 && status < 300;

/**
 * One endpoint's own connection, kept alive between deliveries and shared with nobody, so that one that hangs delays only itself.
 * Redirects are not followed: an address that moved is changed by the partner, where it is checked again.
 */
export function createSender(address: string, { resolver, allowedHosts, now, timeouts = TIMEOUTS }: SenderOptions): Sender {
  const url = parseEndpointUrl(address, allowedHosts);
  const client = new Client(url.origin, {
    connect: { lookup: guardedLookup(resolver, allowedHosts), timeout: timeouts.connectMs },
    pipelining: 1,
    keepAliveTimeout: IDLE_CONNECTION_MS,
    keepAliveMaxTimeout: IDLE_CONNECTION_MS,
    maxHeaderSize: HEADERS_MAX_BYTES,
    // The deadline below covers connection, headers and body together; these would each begin anew.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  // Requests that this connection has answered. A receiver may close an idle one at the very moment we use it (RFC 9112 §9.5).
  let answeredOnConnection = 0;
  client.on('connect', () => {
    answeredOnConnection = 0;
  });
  const host = hostOf(url);
  // A literal address is connected to without any look-up, so it has to be looked at here.
  const refused = isIP(host) !== 0 && !allowedHosts.has(host) && !isPublicAddress(host);
  return {
    send: async ({ headers, payload }) => {
      if (refused) return failed('ADDRESS_REFUSED', 0);
      const request: Dispatcher.DispatchOptions = {
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT, ...headers },
        body: payload,
      };
      const wasKept = answeredOnConnection > 0;
      const options = { now, totalMs: timeouts.totalMs };
      const result = await attempt(client, request, options);
      // That is no refusal, so it costs no try; a second time on a new connection it does.
      const final = wasKept && CLOSED.has(result.error ?? '') ? await attempt(client, request, options) : result;
      if (final.status !== null) answeredOnConnection++;
      return final;
    },
    close: () => void client.destroy().catch(() => {}),
  };
}

const failed = (error: string, latencyMs: number): TryResult => ({
  status: null,
  error,
  latencyMs,
  excerpt: null,
  retryAfterSeconds: null,
});

/** Never rejects: whatever happens to a connection is a result that stands in the log. */
function attempt(client: Client, request: Dispatcher.DispatchOptions, options: { now: () => Date; totalMs: number }): Promise<TryResult> {
  return new Promise((resolve) => {
    const began = performance.now();
    const answer = { status: 0, retryAfterSeconds: null as number | null, bytes: 0, shown: [] as Buffer[] };
    let running: Dispatcher.DispatchController | null = null;
    let over = false;
    const finish = (error: string | null) => {
      if (over) return;
      over = true;
      clearTimeout(deadline);
      const latencyMs = Math.round(performance.now() - began);
      // Once the status is there the receiver has spoken; that its body was long, slow or cut changes nothing.
      if (answer.status === 0) return resolve(failed(error ?? 'NO_ANSWER', latencyMs));
      const { status, retryAfterSeconds } = answer;
      resolve({ status, error: null, latencyMs, excerpt: isDelivered(answer) ? null : excerptOf(answer.shown), retryAfterSeconds });
    };
    const cut = (reason: string) => {
      finish(reason);
      running?.abort(new Error(reason));
    };
    const deadline = setTimeout(() => cut('TIMEOUT'), options.totalMs);
    client.dispatch(request, {
      onRequestStart: (controller) => {
        running = controller;
        // The deadline may pass while the connection is still being made.
        if (over) controller.abort(new Error('TIMEOUT'));
      },
      onResponseStart: (_controller, status, headers) => {
        const wish = headers['retry-after'];
        answer.status = status;
        answer.retryAfterSeconds = retryAfterOf(status, Array.isArray(wish) ? wish[0] : wish, options.now());
      },
      onResponseData: (_controller, chunk) => {
        if (answer.bytes < EXCERPT_BYTES && !isDelivered(answer)) answer.shown.push(chunk.subarray(0, EXCERPT_BYTES));
        answer.bytes += chunk.length;
        if (answer.bytes > BODY_MAX_BYTES) cut('ANSWER_TOO_LONG');
      },
      onResponseEnd: () => finish(null),
      onResponseError: (_controller, error) => finish(reasonOf(error)),
    });
  });
}

/** Printable and short: it is shown to the partner, and a receiver's page may hold anything. NUL does not fit into a text column. */
function excerptOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks)
    .subarray(0, EXCERPT_BYTES)
    .toString('utf8')
    .replace(/[^\P{Cc}\n\t]/gu, ' ');
}

/** A code and never a sentence: those name addresses that a refused look-up must not tell. */
function reasonOf(error: Error): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  return codeOf(inner) || codeOf(error) || 'CONNECTION_FAILED';
}
