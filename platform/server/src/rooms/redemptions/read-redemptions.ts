import type { OfferId, PartnerRedemption, Redemption, RedemptionId, RedemptionState } from '@chung/contracts';
import { databaseNow } from '../../kernel/clock.ts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import type { MemberPrincipal, PartnerPrincipal } from '../../kernel/principal.ts';
import type { RedemptionPorts } from './ports.ts';
import { assertStillPresents } from './receipt-presented.ts';
import { isLive, type RedemptionRow } from './redemption.ts';
import { findByCodePlaces, findOwned, isPresentationUsed, listOwned } from './store.ts';

interface ListQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly state?: RedemptionState | undefined;
  readonly offerId?: OfferId | undefined;
}

const common = (row: RedemptionRow) => ({
  id: row.id,
  offerId: row.offerId,
  offerTitle: row.offerTitle,
  state: row.state,
  termsVersion: row.termsVersion,
  claimedAt: row.claimedAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  updatedAt: row.updatedAt.toISOString(),
  ...(row.state === 'PARTLY_REVERSED' && { reversedBasisPoints: row.reversedBasisPoints }),
});

export function forPartner(row: RedemptionRow): PartnerRedemption {
  return { ...common(row), memberRef: row.memberRef, codeHint: row.codeHint };
}

/** The member's view; the code is opened only while the redemption is theirs to use. */
export async function forMember(ports: RedemptionPorts, row: RedemptionRow, on?: Tx): Promise<Redemption> {
  const code =
    row.codePosition === null || !isLive(row.state)
      ? null
      : await ports.offers.codeOf({ offerId: row.offerId, position: row.codePosition }, on);
  return { ...common(row), partner: { id: row.partnerId, name: row.partnerName }, code };
}

async function pageOf<Item>(
  ports: RedemptionPorts,
  query: ListQuery,
  view: {
    owner: Parameters<typeof listOwned>[1]['owner'];
    partnerId: MemberPrincipal['partnerId'];
    item: (row: RedemptionRow) => Promise<Item>;
  },
): Promise<Page<Item>> {
  const cursors = ports.cursors.ofList('redemptions');
  const rows = await listOwned(ports.db, {
    owner: view.owner,
    partnerId: view.partnerId,
    state: query.state ?? null,
    offerId: query.offerId ?? null,
    beforeId: cursors.decode(query.cursor)?.[0] ?? null,
    limit: query.limit + 1,
  });
  const page = pageFrom(rows, { limit: query.limit, cursors, position: (row) => [row.id], item: view.item });
  return { items: await Promise.all(page.items), nextCursor: page.nextCursor };
}

export const listForMember = (ports: RedemptionPorts, principal: MemberPrincipal, query: ListQuery): Promise<Page<Redemption>> =>
  pageOf(ports, query, { owner: { memberId: principal.memberId }, partnerId: principal.partnerId, item: (row) => forMember(ports, row) });

export const listForPartner = (ports: RedemptionPorts, principal: PartnerPrincipal, query: ListQuery): Promise<Page<PartnerRedemption>> =>
  pageOf(ports, query, { owner: { partnerId: principal.partnerId }, partnerId: null, item: async (row) => forPartner(row) });

/** A member's redemption, for the member app or for an app of its own partner; else it does not exist. */
export async function findForMember(
  ports: RedemptionPorts,
  principal: MemberPrincipal,
  id: RedemptionId,
  on: Tx = ports.db,
): Promise<RedemptionRow> {
  const row = await findOwned(on, { memberId: principal.memberId }, id);
  if (!row || (principal.partnerId !== null && row.partnerId !== principal.partnerId)) throw new DomainError('not_found');
  return row;
}

export async function findForPartner(
  ports: RedemptionPorts,
  principal: PartnerPrincipal,
  id: RedemptionId,
  on: Tx = ports.db,
): Promise<RedemptionRow> {
  const row = await findOwned(on, { partnerId: principal.partnerId }, id);
  if (!row) throw new DomainError('not_found');
  return row;
}

/** What a cashier was shown: a QR's presentation or a voucher code. Looking up uses nothing up. */
export async function lookUp(ports: RedemptionPorts, principal: PartnerPrincipal, presented: string): Promise<PartnerRedemption> {
  if (presented.split('.').length === 3) {
    const presentation = await ports.receipts.readPresentation(presented, await databaseNow(ports.db));
    if (!presentation) throw new DomainError('receipt_invalid');
    const row = await findForPartner(ports, principal, presentation.redemption);
    assertStillPresents(presentation, row);
    if (await isPresentationUsed(ports.db, row.offerId, presentation.jti)) throw new DomainError('receipt_already_used');
    return forPartner(row);
  }
  const places = await ports.offers.findByCode(principal, presented);
  const found = places.length === 0 ? null : await findByCodePlaces(ports.db, places);
  if (!found) throw new DomainError('not_found');
  return forPartner(found);
}
