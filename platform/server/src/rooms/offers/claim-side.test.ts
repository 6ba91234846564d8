import { Readable } from 'node:stream';
import type { OfferId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  draftOf,
  giveOutCodes,
  openPartnerRooms,
  type PartnerRooms,
  partnerPrincipal,
  publish,
} from '../../../../../test/harness/partner-rooms.ts';
import { newId } from '../../kernel/ids.ts';

let rooms: PartnerRooms;
beforeAll(async () => {
  rooms = await openPartnerRooms();
});
afterAll(() => rooms.close());

async function withCodes(slug: string, codes: readonly string[]) {
  const partner = await rooms.activePartner(slug);
  const offer = await publish(rooms, partner.id, draftOf({ codes: 'pool', stock: 50 }));
  await rooms.offers.uploadCodes({ partnerId: partner.id, offerId: offer.id, stream: Readable.from([Buffer.from(codes.join('\n'))]) });
  return { partner, offer };
}

test('an offer is read for a claim with its partner, terms and the contract of that moment', async () => {
  const partner = await rooms.activePartner('claim-read');
  const { id } = await publish(rooms, partner.id, draftOf());
  const offer = await rooms.offers.offerForClaim(id);
  expect(offer).toMatchObject({ id, partnerId: partner.id, partnerActive: true, state: 'published', termsVersion: 1, soldOut: false });
  expect(offer?.terms.title.vi).toBe('Giảm 20% gói dữ liệu tháng');
  expect(offer?.contract).toMatchObject({ version: 1, feePerRedemptionMinor: 2_000n, vatBasisPoints: expect.any(Number) });
  expect(await rooms.offers.offerForClaim(newId<OfferId>())).toBeNull();
});

test('a code given out is found by its place and by what is on it', async () => {
  const { partner, offer } = await withCodes('claim-codes', ['AAAA-1111', 'BBBB-2222', 'CCCC-3333']);
  await giveOutCodes(rooms.db, offer.id, 3);
  const codes = await Promise.all([1n, 2n, 3n].map((position) => rooms.offers.codeOf({ offerId: offer.id, position })));
  expect(new Set(codes)).toEqual(new Set(['AAAA-1111', 'BBBB-2222', 'CCCC-3333']));
  expect(await rooms.offers.findByCode(partnerPrincipal(partner.id), ` ${codes[1]?.toLowerCase()} `)).toEqual([
    { offerId: offer.id, position: 2n },
  ]);
});

test('a code found by its partner is not found by another partner, nor before it is given out', async () => {
  const { partner, offer } = await withCodes('claim-mine', ['MINE-0001']);
  expect(await rooms.offers.findByCode(partnerPrincipal(partner.id), 'MINE-0001')).toEqual([]);
  await giveOutCodes(rooms.db, offer.id, 1);
  const other = await rooms.activePartner('claim-other');
  expect(await rooms.offers.findByCode(partnerPrincipal(other.id), 'MINE-0001')).toEqual([]);
  expect(await rooms.offers.findByCode(partnerPrincipal(partner.id), 'MINE-0001')).toHaveLength(1);
});

test('the table shows no code, and a sealed code copied to another row does not open', async () => {
  const { offer } = await withCodes('claim-sealed', ['SEAL-0001', 'SEAL-0002']);
  const rows = await rooms.db.query<{ sealed: Buffer }>('SELECT sealed FROM chung.codes WHERE offer_id = $1', [offer.id]);
  expect(rows.some((row) => row.sealed.includes('SEAL'))).toBe(false);
  await expect(rooms.db.query('UPDATE chung.codes SET sealed = $1', [rows[0]?.sealed])).rejects.toThrow('permission denied');
});
