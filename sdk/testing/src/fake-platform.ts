import { ApiError, UnreachableError } from '@chung/client';
import { type OperationId, type Scope, scopesOf } from '@chung/contracts';
import { type MovableClock, movableClock } from './clock.ts';
import { type Faults, type Switchboard, switchboard } from './faults.ts';
import { draftOf, type FakeMember, type FixtureMember, type FixtureOffer, MEMBERS, OFFERS, type OfferLike } from './fixtures.ts';
import { createGuard, type Guard, type PlatformCall } from './guard.ts';
import { memberPlays } from './member-plays.ts';
import { answerRequest } from './over-fetch.ts';
import { partnerPlays } from './partner-plays.ts';
import type { Caller } from './plays.ts';
import { fakeReceipts } from './receipts.ts';
import { createStore, type FakeOffer, type Store } from './store.ts';
import { createTokens, type Tokens } from './tokens.ts';

export interface FakePlatformSettings {
  /** Where time stands; the real time, running, unless told. */
  readonly startAt?: Date | string;
  readonly faults?: Partial<Faults>;
}

/** A call as it arrived, and how it ended: `ok`, or the code of the refusal. */
export interface CallRecord {
  readonly id: OperationId;
  readonly actor: Caller['actor'];
  readonly params: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | undefined;
  readonly outcome: string;
}

type InvokeInput = Omit<PlatformCall, 'id'> & { readonly signal?: AbortSignal | undefined };

export interface FakePlatform extends Tokens {
  readonly clock: MovableClock;
  readonly switches: Switchboard;
  readonly members: Readonly<Record<FixtureMember, FakeMember>>;
  readonly offers: Readonly<Record<FixtureOffer, FakeOffer>>;
  /** Everything the platform keeps, to look at and to arrange. */
  readonly store: Store;
  /** Every call, oldest first. */
  readonly calls: readonly CallRecord[];
  addOffer(changes?: OfferLike): FakeOffer;
  /**
   * The platform over HTTP, at any origin: give it to `createClient({ baseUrl: 'https://chung.test', fetch: platform.fetch })`, with a token of
   * `memberToken` or `partnerToken` in `headers`.
   */
  readonly fetch: typeof fetch;
  /** Calls an operation without HTTP, as a host does for a mini-app. Rejects with what the client would. */
  invoke(caller: Caller, id: OperationId, input?: InvokeInput): Promise<unknown>;
  /** The member as they are now, with the scopes they have granted. */
  asMember(member: FakeMember): Caller;
  /** The partner's backend; with every scope unless told. */
  asPartner(scopes?: readonly Scope[]): Caller;
}

/**
 * A platform in memory behind the real contracts: every request is parsed and every reply checked by the registry's schemas, so that a test
 * cannot pass on data that the platform would never take or send. It plays offers, redemptions from claim to reversal, the member, events;
 * what it does not play answers 500 and says so.
 *
 * @example
 * const platform = createFakePlatform({ startAt: '2026-11-22T13:00:00Z' });
 * const token = platform.memberToken(platform.members.lan, ['openid', 'offers:read']);
 * const client = createClient({ baseUrl: 'https://chung.test', fetch: platform.fetch, headers: () => ({ authorization: `Bearer ${token}` }) });
 * const { items } = await client.call('offers.list');
 */
export function createFakePlatform(settings: FakePlatformSettings = {}): FakePlatform {
  const clock = movableClock(settings.startAt);
  const switches = switchboard(settings.faults);
  const store = createStore(clock);
  const receipts = fakeReceipts();
  for (const member of Object.values(MEMBERS)) store.members.set(member.id, member);
  const { instant, counter, scarce } = OFFERS;
  const offers = { instant: store.addOffer(instant), counter: store.addOffer(counter), scarce: store.addOffer(scarce) };
  const tokens = createTokens(store);
  const calls: CallRecord[] = [];
  const guard = createGuard({
    plays: { ...memberPlays(store, receipts), ...partnerPlays(store, receipts) },
    switches,
    before: store.sweep,
  });
  const run = recording(guard, calls);
  return {
    ...tokens,
    clock,
    switches,
    members: MEMBERS,
    offers,
    store,
    calls,
    addOffer: (changes = {}) => store.addOffer(draftOf(changes)),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      return withFaults(switches, request.signal, () =>
        answerRequest(request, { run, callerOf: tokens.callerOf, keySet: receipts.keySet }),
      );
    },
    invoke: async (caller, id, { signal, ...input } = {}) => {
      try {
        return await withFaults(switches, signal, () => run(caller, { id, ...input }));
      } catch (error) {
        if (error instanceof ApiError || signal?.aborted || !(error instanceof NetworkError)) throw error;
        throw new UnreachableError(error);
      }
    },
    asMember: (member) => ({ actor: 'member', member, scopes: tokens.granted(member) }),
    asPartner: (scopes = scopesOf('partner')) => ({ actor: 'partner', scopes: new Set(scopes) }),
  };
}

function recording(guard: Guard, calls: CallRecord[]): Guard {
  return async (caller, call) => {
    const record = { id: call.id, actor: caller.actor, params: call.params ?? {}, idempotencyKey: call.idempotencyKey };
    try {
      const reply = await guard(caller, call);
      calls.push({ ...record, outcome: 'ok' });
      return reply;
    } catch (error) {
      calls.push({ ...record, outcome: error instanceof ApiError ? error.code : 'broken' });
      throw error;
    }
  };
}

/** As `fetch` fails: a `TypeError`. A class of its own, so that no bug of a test is taken for it. */
class NetworkError extends TypeError {
  constructor() {
    super('fetch failed');
  }
}

/** What the network does with a call, before and after it reaches the platform. */
async function withFaults<Value>({ faults }: Switchboard, signal: AbortSignal | undefined, work: () => Promise<Value>): Promise<Value> {
  const { latencySeconds, network } = faults;
  signal?.throwIfAborted();
  if (latencySeconds > 0) await wait(latencySeconds * 1000, signal);
  if (network === 'unreachable') throw new NetworkError();
  if (network === 'up') return work();
  // Done, or refused, or broken: the caller learns none of it.
  await work().catch(() => {});
  throw new NetworkError();
}

function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason);
      },
      { once: true },
    );
  });
}
