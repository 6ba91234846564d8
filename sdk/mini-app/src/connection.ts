import { ApiError, UnreachableError } from '@chung/client/light';
import { type AppMessage, BRIDGE_LIMITS, type BridgeOutcome, type BridgePort, HostMessage, readBridgeMessage } from '@chung/contracts';
import { createGate } from './gate.ts';

export interface CallMessage {
  readonly operation: string;
  readonly params?: Record<string, unknown> | undefined;
  readonly query?: Record<string, unknown> | undefined;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
}

/** Events of the host: everything that answers no call. */
export type HostEvent = Exclude<HostMessage, { readonly kind: 'reply' | 'answer' }>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
}

export interface Connection {
  /** One call; rejects when it is given up, takes too long, or the connection ends. */
  call(message: CallMessage, options: CallOptions): Promise<BridgeOutcome>;
  ask(scope: string): Promise<'granted' | 'refused'>;
  handleBack(handled: boolean): void;
  close(): void;
}

/** The mini-app's end of the bridge. What is no message of a host is passed over; an answer to nothing is too. */
export function connect(port: BridgePort, onEvent: (event: HostEvent) => void): Connection {
  const calls = waitingFor<BridgeOutcome>();
  const asks = waitingFor<'granted' | 'refused'>();
  const gate = createGate(PACE);
  let lastId = 0;
  let open = true;

  const write = (message: AppMessage): void => {
    if (open) port.postMessage(JSON.stringify(message));
  };
  const end = () => {
    if (!open) return;
    open = false;
    calls.rejectAll(ended());
    asks.rejectAll(ended());
    port.close();
  };
  port.addEventListener('message', ({ data }) => {
    const message = open && readBridgeMessage(HostMessage, data, BRIDGE_LIMITS.charactersFromHost);
    if (!message) return;
    if (message.kind === 'reply') return calls.settle(message.id, message.outcome);
    if (message.kind === 'answer') return asks.settle(message.id, message.decision);
    onEvent(message);
    if (message.kind === 'end') end();
  });
  port.start();

  const exchange = (message: CallMessage, { signal, timeoutMs }: CallOptions): Promise<BridgeOutcome> => {
    signal?.throwIfAborted();
    if (!open) throw ended();
    const id = ++lastId;
    const text = JSON.stringify({ kind: 'call', id, ...message } satisfies AppMessage);
    if (text.length > BRIDGE_LIMITS.charactersFromApp) throw tooLarge();
    const answer = calls.add(id);
    port.postMessage(text);
    return untilGivenUp(answer, { signal, timeoutMs }, () => {
      calls.drop(id);
      write({ kind: 'cancel', id });
    });
  };
  return {
    call: (message, options) => gate(() => exchange(message, options), options.signal),
    ask: async (scope) => {
      if (!open) throw ended();
      const id = ++lastId;
      write({ kind: 'ask', id, scope });
      return asks.add(id);
    },
    handleBack: (handled) => write({ kind: 'back', handled }),
    close: end,
  };
}

/** Well below what a host allows, so that a screen that asks for much at once waits a little instead of being taken away. */
const PACE = { atOnce: 32, perSecond: 80 };

/** Promises by the numbers of their messages; each is settled once, and a number that nobody waits for is passed over. */
function waitingFor<Value>() {
  const waiting = new Map<number, { resolve(value: Value): void; reject(reason: unknown): void }>();
  return {
    add: (id: number) => new Promise<Value>((resolve, reject) => waiting.set(id, { resolve, reject })),
    drop: (id: number) => void waiting.delete(id),
    settle: (id: number, value: Value) => {
      const one = waiting.get(id);
      waiting.delete(id);
      one?.resolve(value);
    },
    rejectAll: (reason: unknown) => {
      for (const { reject } of waiting.values()) reject(reason);
      waiting.clear();
    },
  };
}

function untilGivenUp<Value>(answer: Promise<Value>, { signal, timeoutMs }: CallOptions, onGivenUp: () => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    const release = () => {
      clearTimeout(late);
      signal?.removeEventListener('abort', aborted);
    };
    const giveUp = (reason: unknown) => {
      release();
      onGivenUp();
      reject(reason);
    };
    const aborted = () => giveUp(signal?.reason);
    const late = setTimeout(() => giveUp(new UnreachableError(new DOMException('No answer in time.', 'TimeoutError'))), timeoutMs);
    signal?.addEventListener('abort', aborted, { once: true });
    answer.then(resolve, reject).finally(release);
  });
}

const ended = () => new UnreachableError(new Error('The connection to the host has ended.'));

/** Said here in the platform's words; the host would end the connection for it. */
const tooLarge = () => new ApiError({ status: 413, code: 'payload_too_large', title: 'The body is too large.' });
