import { ApiError, UnreachableError } from '@chung/client/light';
import { type AppMessage, BRIDGE_LIMITS, type BridgeOutcome, type BridgePort, HostMessage, readBridgeMessage } from '@chung/contracts';

export interface CallMessage {
  readonly operation: string;
  readonly params?: Record<string, unknown> | undefined;
  readonly query?: Record<string, unknown> | undefined;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
}

/** Events of the host: everything that answers no call. */
export type HostEvent = Exclude<HostMessage, { readonly kind: 'reply' | 'answer' }>;

export interface Connection {
  /** One call; rejects when it is given up, takes too long, or the connection ends. */
  call(message: CallMessage, options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number }): Promise<BridgeOutcome>;
  ask(scope: string): Promise<'granted' | 'refused'>;
  handleBack(handled: boolean): void;
  close(): void;
}

interface Waiting<Value> {
  resolve(value: Value): void;
  reject(reason: unknown): void;
}

/** The mini-app's end of the bridge. What is no message of a host is passed over; an answer to nothing is too. */
export function connect(port: BridgePort, onEvent: (event: HostEvent) => void): Connection {
  const calls = new Map<number, Waiting<BridgeOutcome>>();
  const asks = new Map<number, Waiting<'granted' | 'refused'>>();
  let lastId = 0;
  let open = true;

  const write = (message: AppMessage): void => {
    if (open) port.postMessage(JSON.stringify(message));
  };
  const end = () => {
    if (!open) return;
    open = false;
    for (const waiting of [...calls.values(), ...asks.values()]) waiting.reject(ended());
    calls.clear();
    asks.clear();
    port.close();
  };
  port.addEventListener('message', ({ data }) => {
    const message = open && readBridgeMessage(HostMessage, data, BRIDGE_LIMITS.charactersFromHost);
    if (!message) return;
    if (message.kind === 'reply') return settle(calls, message.id, message.outcome);
    if (message.kind === 'answer') return settle(asks, message.id, message.decision);
    onEvent(message);
    if (message.kind === 'end') end();
  });
  port.start();

  return {
    call: (message, { signal, timeoutMs }) => {
      if (!open) return Promise.reject(ended());
      if (signal?.aborted) return Promise.reject(signal.reason);
      const id = ++lastId;
      const text = JSON.stringify({ kind: 'call', id, ...message } satisfies AppMessage);
      if (text.length > BRIDGE_LIMITS.charactersFromApp) return Promise.reject(tooLarge());
      return new Promise((resolve, reject) => {
        const giveUp = (reason: unknown) => {
          calls.delete(id);
          write({ kind: 'cancel', id });
          waiting.reject(reason);
        };
        const late = setTimeout(() => giveUp(new UnreachableError(new DOMException('No answer in time.', 'TimeoutError'))), timeoutMs);
        const aborted = () => giveUp(signal?.reason);
        const release = () => {
          clearTimeout(late);
          signal?.removeEventListener('abort', aborted);
        };
        const waiting: Waiting<BridgeOutcome> = {
          resolve: (outcome) => {
            release();
            resolve(outcome);
          },
          reject: (reason) => {
            release();
            reject(reason);
          },
        };
        calls.set(id, waiting);
        signal?.addEventListener('abort', aborted, { once: true });
        port.postMessage(text);
      });
    },
    ask: (scope) => {
      if (!open) return Promise.reject(ended());
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        asks.set(id, { resolve, reject });
        write({ kind: 'ask', id, scope });
      });
    },
    handleBack: (handled) => write({ kind: 'back', handled }),
    close: end,
  };
}

function settle<Value>(waiting: Map<number, Waiting<Value>>, id: number, value: Value): void {
  const one = waiting.get(id);
  waiting.delete(id);
  one?.resolve(value);
}

const ended = () => new UnreachableError(new Error('The connection to the host has ended.'));

/** Said here in the platform's words; the host would end the connection for it. */
const tooLarge = () => new ApiError({ status: 413, code: 'payload_too_large', title: 'The body is too large.' });
