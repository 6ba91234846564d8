import type { MemberId, OfferId, PartnerId, Scope } from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { MemberFacts, Offers } from '../offers/index.ts';

/** Who is looking: a member through an app. A partner's app sees that partner's offers only; null is the platform's own app. */
export interface Viewer {
  readonly memberId: MemberId;
  readonly partnerId: PartnerId | null;
  readonly scopes: readonly Scope[];
}

/** Which condition a member misses is a fact about them: an app of a partner learns it only with the scope that opens such facts. */
export function mayKnowWhy({ partnerId, scopes }: Pick<Viewer, 'partnerId' | 'scopes'>): boolean {
  return partnerId === null || scopes.includes('member.membership:read');
}

export interface CatalogueDeps {
  readonly offers: Offers;
  readonly cursors: Cursors;
  /** The directory; null for a member who is no longer in it. */
  readonly members: { factsOf(memberId: MemberId): Promise<MemberFacts | null> };
  /** How often the member used each offer; offers that are not in the answer were not used. Redemptions answers, which this room may not open. */
  readonly usageOf: (memberId: MemberId, offerIds: readonly OfferId[]) => Promise<ReadonlyMap<OfferId, number>>;
}
