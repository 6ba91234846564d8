import {
  AppMessage,
  BRIDGE_LIMITS,
  type BridgeLimits,
  type BridgePort,
  type CutReason,
  type HostMessage,
  isScope,
  readBridgeMessage,
  type Scope,
  type Surroundings,
} from '@chung/contracts';
import { type AllowedOperation, allowListOf, MINI_APP_OPERATIONS } from './allow-list.ts';
import { type AnswerSettings, refused } from './answer-call.ts';
import { rateMeter } from './rate-meter.ts';
import { runningCalls } from './running-calls.ts';

export interface ServeBridgeSettings extends Pick<AnswerSettings, 'invoke' | 'granted' | 'hostVersion'> {
  readonly port: BridgePort;
  /** What this mini-app may call; every operation that a member can grant unless told. */
  readonly operations?: readonly AllowedOperation[];
  /** The optional scopes of its manifest; for no others the member is asked. */
  readonly optional: readonly Scope[];
  /** Opens the host's own sheet, outside the mini-app, and answers what the member chose. One at a time. */
  readonly askScope: (scope: Scope) => Promise<'granted' | 'refused'>;
  readonly surroundings: Surroundings;
  readonly limits?: Partial<BridgeLimits>;
  /** The mini-app broke a limit and hears nothing any more: take its frame away. */
  readonly onCut?: (reason: CutReason) => void;
  /** Whether the back button is now the mini-app's, for a screen within it. */
  readonly onBackHandled?: (handled: boolean) => void;
  /** A clock in milliseconds, for tests. */
  readonly nowMs?: () => number;
}

export interface BridgeServer {
  /** Tells the mini-app what is granted now, and gives up calls whose scope was withdrawn. Call it at each change. */
  scopesChanged(): void;
  /** Theme, language, safe area, visibility: what changed. */
  surround(change: Partial<Surroundings>): void;
  pressBack(): void;
  close(): void;
}

/** Asks that may wait for their sheet; a mini-app that asks for more is refused at once. */
const ASKS_WAITING_MAX = 4;

/**
 * Serves the host's end of the bridge. A mini-app reaches the allowed operations and nothing else; there is no method that passes a request
 * on as it is. Whatever it sends, this end neither throws nor answers to another call.
 *
 * @example
 * const bridge = serveBridge({ port, hostVersion: 12, granted: () => grants, invoke, optional: ['redemptions:claim'], askScope, surroundings });
 * grants.delete('member.profile:read');
 * bridge.scopesChanged();
 */
export function serveBridge(settings: ServeBridgeSettings): BridgeServer {
  const { port, granted, hostVersion } = settings;
  const limits = { ...BRIDGE_LIMITS, ...settings.limits };
  const withinRate = rateMeter(limits.messagesPerSecond, settings.nowMs ?? (() => performance.now()));
  const asks = askInTurn(settings);
  let surroundings = settings.surroundings;
  let open = true;

  const send = (message: HostMessage) => {
    if (open) port.postMessage(textOf(message));
  };
  const calls = runningCalls({
    ...settings,
    allowed: allowListOf(settings.operations ?? MINI_APP_OPERATIONS),
    callsAtOnce: limits.callsAtOnce,
    reply: (id, outcome) => send({ kind: 'reply', id, outcome }),
  });
  const end = (reason: CutReason) => {
    send({ kind: 'end', reason });
    open = false;
    calls.cancelAll();
    port.close();
  };
  const scopesChanged = () => {
    calls.giveUpWithdrawn();
    send({ kind: 'scopes', granted: [...granted()] });
  };
  const take = (message: AppMessage) => {
    switch (message.kind) {
      case 'call':
        return void calls.begin(message);
      case 'cancel':
        return calls.cancel(message.id);
      case 'back':
        return settings.onBackHandled?.(message.handled);
      case 'ask':
        return void asks(message.scope).then((decision) => {
          if (decision === 'granted') scopesChanged();
          send({ kind: 'answer', id: message.id, decision });
        });
    }
  };

  port.addEventListener('message', ({ data }) => {
    if (!open) return;
    const broken = !withinRate() ? 'rate' : typeof data === 'string' && data.length > limits.charactersFromApp ? 'size' : null;
    if (broken) {
      end(broken);
      return settings.onCut?.(broken);
    }
    const message = readBridgeMessage(AppMessage, data, limits.charactersFromApp);
    if (message) take(message);
  });
  port.start();
  send({ kind: 'state', hostVersion, granted: [...granted()], surroundings });

  return {
    scopesChanged,
    surround: (change) => {
      surroundings = { ...surroundings, ...change };
      send({ kind: 'surroundings', surroundings });
    },
    pressBack: () => send({ kind: 'back' }),
    close: () => open && end('closed'),
  };
}

/** A reply that is no plain data, or more than the other end reads, is a mistake of the host: the call must not wait for it for ever. */
function textOf(message: HostMessage): string {
  try {
    const text = JSON.stringify(message);
    if (text.length <= BRIDGE_LIMITS.charactersFromHost) return text;
  } catch {
    // Told below, like the other case.
  }
  return JSON.stringify(message.kind === 'reply' ? { ...message, outcome: refused('internal') } : message);
}

/** One sheet after another: two on top of each other are how a member grants what they did not read. */
function askInTurn({ granted, optional, askScope }: Pick<ServeBridgeSettings, 'granted' | 'optional' | 'askScope'>) {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (scope: string): Promise<'granted' | 'refused'> => {
    if (!isScope(scope) || !optional.includes(scope) || waiting >= ASKS_WAITING_MAX) return 'refused';
    waiting += 1;
    const turn = last.then(() => (granted().has(scope) ? 'granted' : askScope(scope)));
    last = turn.catch(() => {});
    // A sheet that fails has granted nothing.
    const decision = await turn.catch(() => 'refused' as const);
    waiting -= 1;
    return decision === 'granted' && granted().has(scope) ? 'granted' : 'refused';
  };
}
