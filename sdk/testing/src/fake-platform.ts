import { UnreachableError } from '@chung/client';
import { type OfferId, type OperationId, type Partner, type PartnerStatus, type Scope, scopesOf } from '@chung/contracts';
import { type MovableClock, movableClock } from './clock.ts';
import { type Faults, type Switchboard, switchboard } from './faults.ts';
import {
  draftOf,
  FAKE_PARTNER,
  type FakeMember,
  type FixtureMember,
  type FixtureOffer,
  MEMBERS,
  OFFERS,
  type OfferLike,
  OTHER_PARTNER,
} from './fixtures.ts';
import { createGuard, type Guard, type PlatformCall } from './guard.ts';
import { answerRequest } from './over-fetch.ts';
import { allPlays } from './plays/index.ts';
import type { Caller } from './plays.ts';
import { fakeReceipts } from './receipts.ts';
import { asApiError, Refusal, refusal } from './refusal.ts';
import { type ReviewDecision, review } from './review/decide.ts';
import { createConsents } from './state/consents.ts';
import type { FakeOffer } from './state/records.ts';
import type { Store } from './state/state.ts';
import { createStore } from './state/store.ts';
import { timeKeeper } from './state/time.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { bytesOf } from './upload.ts';
import { createDeliveries, type WebhookReceiver } from './webhooks/deliver.ts';

export interface FakePlatformSettings {
  /** Where time stands; the real time, running, unless told. */
  readonly startAt?: Date | string;
  readonly faults?: Partial<Faults>;
  /** Who answers at the addresses of webhook endpoints; nobody unless told. */
  readonly receiver?: WebhookReceiver;
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

/** What on the platform reviewers, admins and its own jobs do. */
export interface Arranging {
  /** An offer that is approved and open; of Sao Bắc unless told. */
  addOffer(changes?: OfferLike, partner?: Partner): FakeOffer;
  /** Decides a submitted offer as a reviewer would; approved unless told. */
  review(offerId: OfferId, decision?: ReviewDecision): FakeOffer;
  /** Decides a partner as an admin would; whoever is not active can do nothing. */
  setPartnerStatus(partner: Partner, status: PartnerStatus): void;
  /** Sends webhooks that are due by the clock to `receiver`: new events, those that failed before, replays. */
  deliver(): Promise<void>;
}

export interface FakePlatform extends Tokens, Arranging {
  readonly clock: MovableClock;
  readonly switches: Switchboard;
  readonly members: Readonly<Record<FixtureMember, FakeMember>>;
  readonly offers: Readonly<Record<FixtureOffer, FakeOffer>>;
  /** Everything the platform keeps, to look at and to arrange. */
  readonly store: Store;
  /** Every call, oldest first. */
  readonly calls: readonly CallRecord[];
  /**
   * The platform over HTTP, at any origin: give it to `createClient({ baseUrl: 'https://chung.test', fetch: platform.fetch })`, with a token of
   * `memberToken`, `memberAppToken` or `partnerToken` in `headers`.
   */
  readonly fetch: typeof fetch;
  /** Calls an operation without HTTP, as a host does for a mini-app. Rejects with what the client would. */
  invoke(caller: Caller, id: OperationId, input?: InvokeInput): Promise<unknown>;
  /** The member as they are now, through Sao Bắc's app, with the scopes they have granted. */
  asMember(member: FakeMember): Caller;
  /** A partner's backend; Sao Bắc's, with every scope, unless told. */
  asPartner(scopes?: readonly Scope[], partner?: Partner): Caller;
}

/**
 * A platform in memory behind the real contracts: every request is parsed and every reply checked by the registry's schemas, so that a test
 * cannot pass on data that the platform would never take or send. It plays every operation that a member's or a partner's program can call,
 * and refuses what the platform refuses; the platform's own tests hold the two against each other.
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
  // Copies: a partner that is suspended here must not be suspended in the next test.
  const store = createStore(clock, { ...FAKE_PARTNER });
  store.partners.set(OTHER_PARTNER.id, { ...OTHER_PARTNER });
  const receipts = fakeReceipts();
  for (const member of Object.values(MEMBERS)) store.members.set(member.id, member);
  const { instant, counter, scarce } = OFFERS;
  const offers = { instant: store.addOffer(instant), counter: store.addOffer(counter), scarce: store.addOffer(scarce) };
  const consents = createConsents(store);
  const tokens = createTokens(store, consents);
  const deliveries = createDeliveries({ store, switches, receiver: settings.receiver });
  const calls: CallRecord[] = [];
  const settle = timeKeeper(store);
  const plays = allPlays({ store, receipts, consents, deliveries });
  const guard = createGuard({ plays, switches, assertStanding: (caller) => assertStanding(store, caller), before: settle });
  const run = recording(guard, calls);
  return {
    ...tokens,
    ...arranging(store, async () => {
      await settle();
      await deliveries.deliver();
    }),
    clock,
    switches,
    members: MEMBERS,
    offers,
    store,
    calls,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const received = { request, bytesTotal: bytesOf(init?.body) };
      return withFaults(switches, request.signal, () =>
        answerRequest(received, { run, callerOf: tokens.callerOf, keySet: receipts.keySet }),
      );
    },
    invoke: async (caller, id, { signal, ...input } = {}) => {
      try {
        return await withFaults(switches, signal, () => run(caller, { id, ...input }));
      } catch (error) {
        if (error instanceof NetworkError && !signal?.aborted) throw new UnreachableError(error);
        throw asApiError(error, input.language ?? 'en');
      }
    },
    asMember: (member) => ({ actor: 'member', member, partnerId: FAKE_PARTNER.id, scopes: tokens.granted(member) }),
    asPartner: (scopes = scopesOf('partner'), partner = FAKE_PARTNER) => ({
      actor: 'partner',
      partnerId: partner.id,
      scopes: new Set(scopes),
    }),
  };
}

function arranging(store: Store, deliver: () => Promise<void>): Arranging {
  const partnerOf = ({ id, name }: Partner): Partner => {
    const partner = store.partners.get(id);
    if (!partner) throw new TypeError(`This platform does not know the partner ${name}.`);
    return partner;
  };
  return {
    deliver,
    addOffer: (changes = {}, partner = FAKE_PARTNER) => store.addOffer(draftOf(changes), partnerOf(partner)),
    review: (offerId, decision = { decision: 'approve' }) => review(store, offerId, decision),
    setPartnerStatus: (given, status) => {
      const partner = partnerOf(given);
      const isNew = status === 'active' && (partner.status === 'applied' || partner.status === 'refused');
      partner.status = status;
      if (isNew) store.emit('partner.approved.v1', { partnerId: partner.id }, partner.id);
    },
  };
}

/** Whoever calls for a partner that is not active is stopped, whatever they ask. */
function assertStanding(store: Store, caller: Caller): void {
  if (caller.actor === 'public' || caller.partnerId === null) return;
  if (store.partners.get(caller.partnerId)?.status !== 'active') throw refusal('partner_not_active');
}

function recording(guard: Guard, calls: CallRecord[]): Guard {
  return async (caller, call) => {
    const known: { actor: Caller['actor'] } = { actor: 'public' };
    const found = () => {
      const one = typeof caller === 'function' ? caller() : caller;
      known.actor = one.actor;
      return one;
    };
    const record = () => ({ ...known, id: call.id, params: call.params ?? {}, idempotencyKey: call.idempotencyKey });
    try {
      const reply = await guard(found, call);
      calls.push({ ...record(), outcome: 'ok' });
      return reply;
    } catch (error) {
      calls.push({ ...record(), outcome: error instanceof Refusal ? error.code : 'broken' });
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
