// The redemptions room on a test database, with its neighbours real and the member directory played by a map.
import { Readable } from 'node:stream';
import { GrantId, type MemberId, type OfferDraft, type OfferId, type PartnerId } from '@chung/contracts';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import pg from 'pg';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { createPairwise } from '../../platform/server/src/kernel/pairwise.ts';
import type { MemberPrincipal, PartnerPrincipal } from '../../platform/server/src/kernel/principal.ts';
import { createLedger } from '../../platform/server/src/rooms/ledger/index.ts';
import type { MemberFacts } from '../../platform/server/src/rooms/offers/index.ts';
import {
  createClaimEngine,
  createReceiptSigner,
  fixedReceiptKeys,
  type RedemptionPorts,
} from '../../platform/server/src/rooms/redemptions/index.ts';
import { cursors, draftOf, memberFacts, openPartnerRooms, type PartnerRooms } from './partner-rooms.ts';

export interface RedemptionRooms {
  readonly rooms: PartnerRooms;
  readonly ports: RedemptionPorts;
  /** Looks behind the server's back, and breaks what the server's role could not. */
  readonly owner: pg.Client;
  readonly partnerId: PartnerId;
  /** A new member of the directory: verified and of Hà Nội unless changed. */
  member(changes?: Partial<MemberFacts>): MemberPrincipal;
  partner(partnerId?: PartnerId): PartnerPrincipal;
  /** Publishes an offer; `codes` fills a pool of that many. */
  offer(changes?: Partial<OfferDraft>, codes?: number): Promise<OfferId>;
  units(offerId: OfferId): Promise<{ stock: number; held: number; redeemed: number }>;
  /** Makes the hold lapse, as time would. */
  lapse(redemptionId: string): Promise<void>;
  close(): Promise<void>;
}

export const hold = (minutes: number): Partial<OfferDraft> => ({ fulfilment: { mode: 'partner_confirmed', holdMinutes: minutes } });

export async function signingKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid };
}

export async function openRedemptionRooms(): Promise<RedemptionRooms> {
  const rooms = await openPartnerRooms();
  const owner = new pg.Client({ connectionString: rooms.database.ownerUrl });
  await owner.connect();
  const partnerId = (await rooms.activePartner('mytv')).id;
  const directory = new Map<MemberId, MemberFacts>();
  const ports: RedemptionPorts = {
    db: rooms.db,
    offers: rooms.offers,
    ledger: createLedger(),
    pairwise: createPairwise('test'),
    cursors,
    receipts: createReceiptSigner({ issuer: 'http://localhost', keys: fixedReceiptKeys([await signingKey('k1')]) }),
    timeZone: 'Asia/Ho_Chi_Minh',
    claims: createClaimEngine({ db: rooms.db, timeZone: 'Asia/Ho_Chi_Minh', offerForClaim: rooms.offers.offerForClaim }),
    factsOf: async (memberId) => directory.get(memberId) ?? null,
  };
  return {
    rooms,
    ports,
    owner,
    partnerId,
    member: (changes = {}) => {
      const facts = memberFacts(changes);
      directory.set(facts.memberId, facts);
      return memberPrincipal(facts.memberId);
    },
    partner: (id = partnerId) => ({ actor: 'partner', partnerId: id, clientId: 'backend', accountId: null, scopes: [] }),
    offer: (changes = {}, codes) => publishOffer(rooms, { partnerId, draft: draftOf(changes), codes }),
    units: async (offerId) => {
      const { rows } = await owner.query('SELECT stock, held, redeemed FROM chung.offer_stock WHERE offer_id = $1', [offerId]);
      return rows[0];
    },
    lapse: async (redemptionId) => {
      await owner.query(`UPDATE chung.redemptions SET expires_at = now() - interval '1 second' WHERE id = $1 AND state = 'RESERVED'`, [
        redemptionId,
      ]);
    },
    close: async () => {
      await owner.end();
      await rooms.close();
    },
  };
}

const memberPrincipal = (memberId: MemberId): MemberPrincipal => ({
  actor: 'member',
  memberId,
  clientId: 'chung-member',
  partnerId: null,
  grantId: GrantId.parse('grant-0001'),
  subject: `s-${memberId}`,
  scopes: [],
});

/** Codes no other offer has. */
export const codesFor = (count: number): string[] => {
  const pool = newId<string>().slice(-8).toUpperCase();
  return Array.from({ length: count }, (_, i) => `${pool}-${String(i).padStart(6, '0')}-ABCD`);
};

/** Written, filled with codes and approved, as a partner and a reviewer would. */
export async function publishOffer(
  { db, offers }: Pick<PartnerRooms, 'db' | 'offers'>,
  { partnerId, draft, codes }: { partnerId: PartnerId; draft: OfferDraft; codes: number | undefined },
): Promise<OfferId> {
  const pool = codes !== undefined;
  const written = await db.tx((tx) => offers.create(tx, { partnerId, draft: pool ? { ...draft, codes: 'pool' } : draft }));
  const offerId = written.id;
  if (pool) await offers.uploadCodes({ partnerId, offerId, stream: Readable.from([codesFor(codes).join('\n')]) });
  await db.tx(async (tx) => {
    const { termsVersion } = await offers.submit(tx, { partnerId, offerId });
    const decision = { decision: 'approved' as const, reasons: [], decidedAt: new Date().toISOString() };
    await offers.applyDecision(tx, { offerId, termsVersion, decision });
  });
  return offerId;
}
