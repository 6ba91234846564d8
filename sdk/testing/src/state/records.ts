// What the fake platform keeps. In memory, and open to tests: they may look at it and arrange it.
import type {
  CodeJob,
  CodeRecipe,
  Draw,
  EventType,
  OfferDraft,
  OfferId,
  OfferState,
  Partner,
  PartnerEvent,
  PartnerId,
  PartnerOffer,
  QueueEntry,
  QueueEntryState,
  RedemptionId,
  RedemptionState,
  Submission,
} from '@chung/contracts';
import type { FakeMember } from '../fixtures.ts';
import type { CodePool } from './code-pool.ts';

/** An event, with whose it is. */
export interface FakeEvent extends PartnerEvent {
  readonly partnerId: PartnerId;
  readonly type: EventType;
}

export interface FakeOffer {
  readonly id: OfferId;
  readonly partner: Partner;
  readonly createdAt: string;
  /** As they are now; `stock` in them is the stock. */
  terms: OfferDraft;
  termsVersion: number;
  state: OfferState;
  updatedAt: string;
  lastDecision: PartnerOffer['lastDecision'];
  /** Its place in the catalogue, newer is greater; null while it is not in it. */
  listing: string | null;
  /** What was put into it stays, also while the terms ask for no codes. */
  readonly pool: CodePool;
}

export interface FakeRedemption {
  readonly id: RedemptionId;
  readonly member: FakeMember;
  readonly offer: FakeOffer;
  /** As they were at the claim. */
  readonly terms: OfferDraft;
  readonly termsVersion: number;
  readonly code: string | null;
  readonly charges: Charges;
  readonly claimedAt: string;
  readonly expiresAt: Date | null;
  state: RedemptionState;
  updatedAt: string;
  reversedBasisPoints: number;
}

/** What a redemption costs its partner. */
export interface Charges {
  readonly feeMinor: number;
  readonly vatMinor: number;
  readonly vatBasisPoints: number;
  readonly cashback: { readonly partnerMinor: number; readonly platformMinor: number };
}

/** A member's place in a queue. */
export interface FakeEntry {
  readonly id: string;
  readonly offer: FakeOffer;
  readonly member: FakeMember;
  readonly kind: 'waiting' | 'lottery';
  readonly acceptMinutes: number;
  readonly joinedAt: string;
  readonly ticket: QueueEntry['ticket'];
  state: QueueEntryState;
  rank: number | null;
  promisedUntil: Date | null;
}

export interface FakeLottery {
  readonly offer: FakeOffer;
  /** 32 bytes, hex; a secret until the draw. */
  readonly seed: string;
  readonly committedAt: string;
  entriesFrom: string;
  entriesUntil: string;
  state: Draw['state'];
  digest: string | null;
  tickets: number | null;
  units: number | null;
  closedAt: string | null;
  drawnAt: string | null;
}

export interface FakeSubmission {
  readonly id: Submission['id'];
  readonly offer: FakeOffer;
  readonly termsVersion: number;
  readonly findings: Submission['findings'];
  readonly submittedAt: string;
  state: Submission['state'];
}

export interface FakeCodeJob extends Omit<CodeJob, 'offerId' | 'percent' | 'rowsPerSecond' | 'rejectedLines' | 'duplicateLines'> {
  readonly offer: FakeOffer;
  readonly recipe: CodeRecipe | null;
  linesTaken: number;
  rejectedLines: { line: number; reason: string }[];
  duplicateLines: number[];
}
