import {
  EVENT_TYPES,
  type EventData,
  EventId,
  type EventType,
  type MemberId,
  type OfferDraft,
  OfferId,
  type PartnerEvent,
  RedemptionId,
  type RedemptionState,
} from '@chung/contracts';
import type { MovableClock } from './clock.ts';
import { FAKE_PARTNER, type FakeMember } from './fixtures.ts';

export interface FakeOffer {
  readonly id: OfferId;
  readonly terms: OfferDraft;
  readonly createdAt: string;
}

export interface FakeRedemption {
  readonly id: RedemptionId;
  readonly member: FakeMember;
  readonly offer: FakeOffer;
  readonly code: string | null;
  readonly claimedAt: string;
  readonly expiresAt: Date | null;
  state: RedemptionState;
  updatedAt: string;
  reversedBasisPoints: number;
}

/** What a redemption costs the partner here; the platform's own fees come from contracts. */
const FEE = { feeMinor: 5_000, vatMinor: 400, vatBasisPoints: 800 } as const;

const LIVE: readonly RedemptionState[] = ['RESERVED', 'REDEEMED', 'FULFILLED', 'PARTLY_REVERSED'];
export const isLive = ({ state }: FakeRedemption): boolean => LIVE.includes(state);

/** The state of a fake platform. In memory, in one process, and gone with it. */
export interface Store {
  readonly clock: MovableClock;
  readonly members: Map<MemberId, FakeMember>;
  readonly offers: Map<OfferId, FakeOffer>;
  readonly redemptions: Map<RedemptionId, FakeRedemption>;
  readonly events: PartnerEvent[];
  addOffer(terms: OfferDraft): FakeOffer;
  claim(member: FakeMember, offer: FakeOffer): FakeRedemption;
  /** Moves a redemption on and writes its event, in one step. */
  move(redemption: FakeRedemption, to: RedemptionState, extra?: Readonly<Record<string, unknown>>): void;
  emit<Type extends EventType>(type: Type, data: EventData<Type>): void;
  /** Lets holds lapse whose time has come; called before each operation. */
  sweep(): void;
}

const EVENT_OF: Readonly<Record<RedemptionState, EventType>> = {
  RESERVED: 'redemption.reserved.v1',
  REDEEMED: 'redemption.redeemed.v1',
  FULFILLED: 'redemption.fulfilled.v1',
  RELEASED: 'redemption.released.v1',
  EXPIRED: 'redemption.expired.v1',
  PARTLY_REVERSED: 'redemption.partly_reversed.v1',
  REVERSED: 'redemption.reversed.v1',
};

export function createStore(clock: MovableClock): Store {
  let last = 0;
  // UUIDv7 as the platform's: by the clock, and counted so that ids sort as they were made.
  const newId = () => {
    last += 1;
    const time = clock.now().getTime().toString(16).padStart(12, '0');
    const count = last.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count}`;
  };
  const at = () => clock.now().toISOString();
  const events: PartnerEvent[] = [];
  const offers: Store['offers'] = new Map();
  const redemptions: Store['redemptions'] = new Map();

  const write = (type: EventType, data: unknown) => {
    // Held against the contract here, so that no test passes on an event the platform would never send.
    const parsed: Readonly<Record<string, unknown>> = EVENT_TYPES[type].parse(data);
    events.push({ id: EventId.parse(newId()), type, occurredAt: at(), data: { ...parsed } });
  };
  const move: Store['move'] = (redemption, to, extra = {}) => {
    Object.assign(redemption, { state: to, updatedAt: at() });
    const { id: redemptionId, offer, member, expiresAt } = redemption;
    const hold = to === 'RESERVED' ? { expiresAt: expiresAt?.toISOString() } : {};
    write(EVENT_OF[to], { redemptionId, offerId: offer.id, memberRef: member.ref, state: to, ...FEE, ...hold, ...extra });
  };
  return {
    clock,
    members: new Map(),
    offers,
    redemptions,
    events,
    addOffer: (terms) => {
      const offer = { id: OfferId.parse(newId()), terms, createdAt: at() };
      offers.set(offer.id, offer);
      return offer;
    },
    claim: (member, offer) => {
      const { fulfilment, codes } = offer.terms;
      const isHeld = fulfilment.mode === 'partner_confirmed';
      const redemption: FakeRedemption = {
        id: RedemptionId.parse(newId()),
        member,
        offer,
        code: codes === 'pool' ? `SAOBAC-${String(redemptions.size + 1).padStart(4, '0')}` : null,
        claimedAt: at(),
        expiresAt: isHeld ? new Date(clock.now().getTime() + fulfilment.holdMinutes * 60_000) : null,
        state: 'RESERVED',
        updatedAt: at(),
        reversedBasisPoints: 0,
      };
      redemptions.set(redemption.id, redemption);
      move(redemption, isHeld ? 'RESERVED' : 'REDEEMED');
      return redemption;
    },
    move,
    emit: write,
    sweep: () => {
      for (const redemption of redemptions.values())
        if (redemption.state === 'RESERVED' && redemption.expiresAt && redemption.expiresAt <= clock.now()) move(redemption, 'EXPIRED');
    },
  };
}

export const partnerName = { id: FAKE_PARTNER.id, name: FAKE_PARTNER.name };
