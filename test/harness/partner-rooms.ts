// The rooms partners, offers, reviews and catalogue on a test database, with identity and members played by small stand-ins of their ports.
import { type AccountId, type MemberId, OfferDraft, type OfferId, type Partner, type PartnerId } from '@chung/contracts';
import { createCursors } from '../../platform/server/src/kernel/cursor.ts';
import { createDb, type Db } from '../../platform/server/src/kernel/db.ts';
import { DomainError } from '../../platform/server/src/kernel/errors.ts';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { PartnerPrincipal } from '../../platform/server/src/kernel/principal.ts';
import { createVault } from '../../platform/server/src/kernel/vault.ts';
import { createOffers, type MemberFacts, type Offers } from '../../platform/server/src/rooms/offers/index.ts';
import { createPartners, type PartnerIdentity, type Partners } from '../../platform/server/src/rooms/partners/index.ts';
import { openQueue } from '../../platform/server/src/rooms/redemptions/index.ts';
import { createReviews, type Reviews } from '../../platform/server/src/rooms/reviews/index.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface PartnerRooms {
  readonly database: TestDatabase;
  readonly db: Db;
  readonly partners: Partners;
  readonly offers: Offers;
  readonly reviews: Reviews;
  /** What identity was told, in order. */
  readonly told: string[];
  activePartner(slug: string): Promise<Partner>;
  close(): Promise<void>;
}

/** A partner's backend. */
export const partnerPrincipal = (partnerId: PartnerId, changes: Partial<PartnerPrincipal> = {}): PartnerPrincipal => ({
  actor: 'partner',
  partnerId,
  clientId: 'backend',
  accountId: null,
  scopes: [],
  ...changes,
});

export const cursors = createCursors('test cursor secret');
export const vault = createVault(Buffer.alloc(32, 7));
const PROVINCES: Readonly<Record<string, string>> = { '01': 'Hà Nội', '24': 'Bắc Ninh', '79': 'TP. Hồ Chí Minh' };
export const names = { province: (code: string) => PROVINCES[code] ?? null, unit: () => null };

export const application = (slug: string) => ({
  slug,
  name: `Đối tác ${slug}`,
  legalName: `Công ty ${slug}`,
  taxId: '0100000000',
  contactEmail: `${slug}@example.vn`,
  owner: { username: `${slug}.owner`, displayName: 'Nguyễn Thị Chủ', password: 'correct horse battery' },
});

export async function openPartnerRooms(): Promise<PartnerRooms> {
  const database = await createTestDatabase();
  const db = createDb(database.serverUrl, { poolSize: 8, onIdleError: () => {} });
  const told: string[] = [];
  const usernames = new Set<string>();
  const identity: PartnerIdentity = {
    createAccount: async (_tx, account) => {
      if (usernames.has(account.username)) throw new DomainError('username_taken');
      usernames.add(account.username);
      told.push(`account ${account.username}`);
      return newId<AccountId>();
    },
    setPartnerStatus: async (_tx, _partnerId, status) => {
      told.push(`status ${status}`);
    },
  };
  const partners = createPartners({ db, identity, cursors });
  const offers = createOffers({ db, partners, vault, cursors, names, onPublish: (tx, offer) => openQueue(tx, { vault }, offer) });
  const reviews = createReviews({
    db,
    partners,
    offers,
    cursors,
    accountName: async () => 'Trần Văn Duyệt',
  });
  return {
    database,
    db,
    partners,
    offers,
    reviews,
    told,
    activePartner: async (slug) => {
      const { id } = await partners.register(application(slug));
      return db.tx((tx) => partners.decide(tx, { partnerId: id, decision: 'approve', reason: '' }));
    },
    close: async () => {
      await offers.codeGenerator.stop();
      await db.close();
      await database.drop();
    },
  };
}

const DAY = 24 * 3600 * 1000;
export const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

/** A correct offer; tests change the one thing they are about. */
export function draftOf(changes: Partial<OfferDraft> = {}): OfferDraft {
  return OfferDraft.parse({
    title: { vi: 'Giảm 20% gói dữ liệu tháng', en: '20% off the monthly data package' },
    summary: { vi: 'Gói 60 GB mỗi tháng với giá dành cho đoàn viên.', en: '60 GB a month at the members’ price.' },
    terms: { vi: 'Áp dụng một lần cho mỗi thuê bao đang hoạt động.', en: 'Once for each active subscriber.' },
    category: 'telecom',
    benefit: { kind: 'percentage', rateBasisPoints: 2_000, maxDiscountMinor: null },
    regularPriceMinor: 100_000,
    currency: 'VND',
    funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
    stock: 10,
    limits: { perMember: 1, perMemberPerDay: null },
    window: { startsAt: inDays(-1), endsAt: inDays(30) },
    fulfilment: { mode: 'instant' },
    codes: 'none',
    eligibility: { version: 1, all: [{ fact: 'verified' }] },
    ...changes,
  });
}

/** A verified member of Hà Nội; tests change what they are about. */
export const memberFacts = (changes: Partial<MemberFacts> = {}): MemberFacts => ({
  memberId: newId<MemberId>(),
  verified: true,
  provinceCode: '01',
  unitPath: ['TW', 'HN', 'HN-CG'],
  birthYear: 2003,
  role: 'member',
  ...changes,
});

/** Publishes as an approved review would. */
export async function publish(rooms: PartnerRooms, partnerId: PartnerId, draft: OfferDraft) {
  return rooms.db.tx(async (tx) => {
    const { id } = await rooms.offers.create(tx, { partnerId, draft });
    const { termsVersion } = await rooms.offers.submit(tx, { partnerId, offerId: id });
    const decision = { decision: 'approved' as const, reasons: [], decidedAt: new Date().toISOString() };
    return rooms.offers.applyDecision(tx, { offerId: id, termsVersion, decision });
  });
}

/** As if members had claimed: these rooms know no redemptions. */
export async function takeUnits(db: Db, offerId: OfferId, { held = 0, redeemed = 0 }: { held?: number; redeemed?: number }): Promise<void> {
  await db.query('UPDATE chung.offer_stock SET held = held + $2, redeemed = redeemed + $3 WHERE offer_id = $1', [offerId, held, redeemed]);
}

export async function giveOutCodes(db: Db, offerId: OfferId, count: number): Promise<void> {
  await db.query('UPDATE chung.code_pools SET taken = taken + $2 WHERE offer_id = $1', [offerId, count]);
}
