import type {
  EventData,
  EventType,
  MemberId,
  OfferDraft,
  OfferId,
  Partner,
  PartnerId,
  RedemptionId,
  RedemptionState,
} from '@chung/contracts';
import type { MovableClock } from '../clock.ts';
import type { FakeMember } from '../fixtures.ts';
import type { Ledger } from './ledger.ts';
import type { FakeCodeJob, FakeEntry, FakeEvent, FakeLottery, FakeOffer, FakeRedemption, FakeSubmission } from './records.ts';

/** The state of a fake platform. In memory, in one process, and gone with it. */
export interface Store {
  readonly clock: MovableClock;
  readonly partners: Map<PartnerId, Partner>;
  readonly members: Map<MemberId, FakeMember>;
  readonly offers: Map<OfferId, FakeOffer>;
  readonly redemptions: Map<RedemptionId, FakeRedemption>;
  /** Redemptions by the member and the key they were claimed under; a claim's key is kept for ever. */
  readonly claimKeys: Map<string, FakeRedemption>;
  readonly entries: FakeEntry[];
  readonly lotteries: Map<OfferId, FakeLottery>;
  readonly submissions: FakeSubmission[];
  readonly codeJobs: FakeCodeJob[];
  /** Of all partners, oldest first. */
  readonly events: FakeEvent[];
  readonly ledger: Ledger;
  /** When it is; while what time has brought about is caught up with, when that was due. */
  now(): Date;
  /** Does something as at an earlier moment. */
  asAt(moment: Date, work: () => void): void;
  /** A new UUIDv7; ids sort as they were made. */
  newId(): string;
  entriesOf(offer: FakeOffer): readonly FakeEntry[];
  /** An offer as approved: members see it at once. */
  addOffer(terms: OfferDraft, partner?: Partner): FakeOffer;
  /** Takes a unit without asking whether the member may. */
  claim(member: FakeMember, offer: FakeOffer): FakeRedemption;
  /** Moves a redemption on, with its event and whatever hangs on it, in one step. */
  move(redemption: FakeRedemption, to: RedemptionState, reversal?: { readonly reason: string; readonly partBasisPoints?: number }): void;
  /** Writes an event of a partner; of the first one unless told. */
  emit<Type extends EventType>(type: Type, data: EventData<Type>, partnerId?: PartnerId): void;
}
