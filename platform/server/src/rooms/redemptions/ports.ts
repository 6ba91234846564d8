import type { MemberId } from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db } from '../../kernel/db.ts';
import type { Pairwise } from '../../kernel/pairwise.ts';
import type { Ledger } from '../ledger/index.ts';
import type { MemberFacts, Offers } from '../offers/index.ts';
import type { ClaimEngine } from './claim-engine.ts';
import type { ReceiptSigner } from './receipt.ts';

/** What this room works with; `main.ts` hands it in. */
export interface RedemptionPorts {
  readonly db: Db;
  readonly offers: Offers;
  readonly ledger: Ledger;
  readonly pairwise: Pairwise;
  readonly cursors: Cursors;
  readonly receipts: ReceiptSigner;
  /** IANA zone of the market: a member's day begins there, whatever zone the host is in. */
  readonly timeZone: string;
  readonly claims: ClaimEngine;
  factsOf(memberId: MemberId): Promise<MemberFacts | null>;
}
