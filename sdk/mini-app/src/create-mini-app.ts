import { ApiError, UnreachableError } from '@chung/client/light';
import { type Invoke, operationsOver, type Placed, ROUTES, ScopesNotGrantedError } from '@chung/client/scoped';
import type { BridgeOutcome, Scope } from '@chung/contracts';
import { type Connection, connect, type HostEvent } from './connection.ts';
import { HostTooOldError, NoHostError, UnknownOperationError } from './errors.ts';
import { portFromHost } from './handshake.ts';
import { type HostState, hostOver } from './host.ts';
import type { MemberScope, MiniApp, MiniAppSettings } from './types.ts';

const TIMEOUT_SECONDS = 45;
const FIRST_WORD_MS = 10_000;

/** Partners' and admins' operations stand in the table too; naming them here would only make a host answer 501. */
const PLACED: readonly Placed[] = Object.entries(ROUTES)
  .filter(([id, { bodyType }]) => !/^(partners?|admin|webhooks)\./.test(id) && bodyType !== 'stream')
  .map(([id, route]) => ({ ...route, id }));

/**
 * Connects to the host that runs this mini-app.
 *
 * Rejects with `NoHostError` outside a host, and with `ScopesNotGrantedError` when less is granted than `scopes`. Calls reject with
 * `ApiError` (refused; 403 `insufficient_scope` for a scope that was withdrawn), `UnreachableError`, `HostTooOldError` or
 * `UnknownOperationError`; once a declared scope is withdrawn, with `ScopesNotGrantedError` until it is granted again.
 *
 * @example
 * const app = await createMiniApp({ scopes: ['openid', 'offers:read'], optional: ['redemptions:claim'] });
 * const { items } = await app.offers.list({ category: 'telecom' });
 * if (app.has('redemptions:claim')) await app.offers.claim({ offerId });
 */
export async function createMiniApp<const Declared extends MemberScope, const Optional extends MemberScope = never>(
  settings: MiniAppSettings<Declared, Optional>,
): Promise<MiniApp<Declared, Optional>> {
  const port = settings.port ?? (await portFromHost(windowOfPage(), settings.hostOrigins));
  const { connection, first, onEvent } = await firstWord(port);
  try {
    return appOver(settings, { connection, first, onEvent });
  } catch (error) {
    connection.close();
    throw error;
  }
}

function windowOfPage(): Window {
  if (typeof window === 'undefined') throw new NoHostError();
  return window;
}

interface Started {
  readonly connection: Connection;
  readonly first: HostState;
  /** From now on events go there; what came since the first word comes first. */
  readonly onEvent: (listener: (event: HostEvent) => void) => void;
}

/** Waits until the host has said what is granted and what surrounds the mini-app. */
function firstWord(port: Parameters<typeof connect>[0]): Promise<Started> {
  return new Promise((resolve, reject) => {
    const early: HostEvent[] = [];
    let listener = (event: HostEvent): void => {
      early.push(event);
    };
    const onEvent: Started['onEvent'] = (next) => {
      listener = next;
      for (const event of early.splice(0)) next(event);
    };
    let isStarted = false;
    const connection = connect(port, (event) => {
      if (event.kind !== 'state') return listener(event);
      // It comes once; a second one could undo what was granted since.
      if (isStarted) return;
      isStarted = true;
      clearTimeout(late);
      const { hostVersion: version, granted, surroundings } = event;
      resolve({ connection, first: { version, granted, surroundings }, onEvent });
    });
    const late = setTimeout(() => {
      connection.close();
      reject(new NoHostError());
    }, FIRST_WORD_MS);
  });
}

function appOver<Declared extends MemberScope, Optional extends MemberScope>(
  settings: MiniAppSettings<Declared, Optional>,
  { connection, first, onEvent }: Started,
): MiniApp<Declared, Optional> {
  let granted = scopesOf(first.granted);
  const missing = () => settings.scopes.filter((scope) => !granted.has(scope));
  if (missing().length > 0) throw new ScopesNotGrantedError(missing());
  const { host, hear, tellScopes } = hostOver(() => connection, first);
  onEvent((event) => {
    if (event.kind !== 'scopes') return hear(event);
    granted = scopesOf(event.granted);
    tellScopes({ granted, missing: missing() });
  });
  const timeoutMs = (settings.timeoutSeconds ?? TIMEOUT_SECONDS) * 1000;
  const invoke: Invoke = async (operation, { params, query, body, signal, idempotencyKey }) => {
    if (missing().length > 0) throw new ScopesNotGrantedError(missing());
    // One key a call, made here: the host may repeat it after a lost answer, and it still takes effect once.
    const key = ROUTES[operation].idempotency === 'none' ? undefined : (idempotencyKey ?? crypto.randomUUID());
    const message = { operation, params: params && { ...params }, query: query && { ...query }, body, idempotencyKey: key };
    return replyOf(operation, await connection.call(message, { signal, timeoutMs }));
  };
  return Object.freeze(
    Object.defineProperties(Object.create(null), {
      ...Object.getOwnPropertyDescriptors(operationsOver(PLACED, invoke)),
      granted: { get: () => granted, enumerable: true },
      host: { value: host, enumerable: true },
      has: { value: (scope: Scope) => granted.has(scope) },
      request: { value: (scope: Scope) => (granted.has(scope) ? Promise.resolve('granted') : connection.ask(scope)) },
    }),
  );
}

// Names that this version does not know do no harm: nothing in the types can ask for them.
const scopesOf = (names: readonly string[]): ReadonlySet<Scope> => new Set(names.filter((name): name is Scope => name !== ''));

function replyOf(operation: string, outcome: BridgeOutcome): unknown {
  switch (outcome.status) {
    case 200:
      return outcome.value;
    case 403:
      throw new ApiError({
        status: 403,
        code: 'insufficient_scope',
        title: `The member has not granted ${outcome.scope}.`,
        required_scopes: [outcome.scope],
      });
    case 426:
      throw new HostTooOldError(operation, outcome.minimumHost);
    case 501:
      throw new UnknownOperationError(operation);
    case 'refused':
      throw new ApiError(outcome.problem, outcome.retryAfterSeconds);
    case 'unreachable':
      throw new UnreachableError(outcome.timedOut ? new DOMException('The platform was too slow.', 'TimeoutError') : undefined);
  }
}
