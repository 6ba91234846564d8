import type { OperationId } from '@chung/contracts';
import { readError, UnexpectedReplyError, UnreachableError } from './errors.ts';
import { walkPages } from './pages.ts';
import { addressOf, bodyOf, type LooseInput } from './request.ts';
import { isRepeatable, pause, waitBefore } from './retry.ts';
import type { Client, ClientOptions, WireOperation } from './types.ts';

export interface Table {
  readonly wire: (id: OperationId) => WireOperation;
  /** Checks and types the reply; the light client trusts the platform of its own origin instead. */
  readonly parse: (id: OperationId, reply: unknown) => unknown;
}

const DEFAULT_TIMEOUT_SECONDS = 15;
const DEFAULT_ATTEMPTS = 3;

async function send(wire: WireOperation, input: LooseInput, options: ClientOptions): Promise<Response> {
  const url = addressOf(options.baseUrl ?? '', wire, input);
  const headers = new Headers(await options.headers?.({ method: wire.method, url }));
  headers.set('accept', 'application/json, application/problem+json');
  const { body, contentType } = bodyOf(wire, input);
  if (contentType) headers.set('content-type', contentType);
  if (input.idempotencyKey) headers.set('idempotency-key', input.idempotencyKey);
  // An upload takes as long as it takes; everything else answers soon or is given up.
  const deadline = wire.bodyType === 'stream' ? [] : [AbortSignal.timeout((options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000)];
  const signal = AbortSignal.any([...deadline, ...(input.signal ? [input.signal] : [])]);
  const init: RequestInit = {
    method: wire.method,
    headers,
    body,
    signal,
    ...(options.credentials ? { credentials: options.credentials } : {}),
  };
  if (typeof ReadableStream !== 'undefined' && body instanceof ReadableStream) Object.assign(init, { duplex: 'half' });
  try {
    return await (options.fetch ?? fetch)(url, init);
  } catch (cause) {
    if (input.signal?.aborted) throw input.signal.reason;
    throw new UnreachableError(cause);
  }
}

async function attemptOnce(id: OperationId, wire: WireOperation, input: LooseInput, options: ClientOptions): Promise<unknown> {
  const response = await send(wire, input, options);
  if (!response.ok) throw await readError(response);
  if (response.status === 204) return undefined;
  // Reading and understanding fail for different reasons: an answer cut off on its way may be asked for again.
  const text = await response.text().catch((cause: unknown) => {
    if (input.signal?.aborted) throw input.signal.reason;
    throw new UnreachableError(cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnexpectedReplyError(id, cause);
  }
}

/** Builds a client over a table of operations. Both entries of the package are this function over another table. */
export function clientOver(table: Table, options: ClientOptions): Client {
  async function callLoose(id: OperationId, given: LooseInput = {}): Promise<unknown> {
    const wire = table.wire(id);
    // One key for all attempts: that is what makes a repeat after a lost answer harmless.
    const key = wire.idempotency === 'none' ? undefined : (given.idempotencyKey ?? crypto.randomUUID());
    const input: LooseInput = { ...given, idempotencyKey: key };
    const attempts = isRepeatable(wire) ? (options.attempts ?? DEFAULT_ATTEMPTS) : 1;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return table.parse(id, await attemptOnce(id, wire, input, options));
      } catch (error) {
        const wait = attempt + 1 < attempts ? waitBefore(error, attempt) : null;
        if (wait === null) throw error;
        await pause(wait, input.signal);
      }
    }
  }
  // The declared types are those of the registry; the loose functions under them only move values.
  return {
    call: (id, ...[input]) => callLoose(id, input as LooseInput) as never,
    pages: (id, query, walk) => walkPages((page) => callLoose(id, page), query, walk) as never,
  };
}
