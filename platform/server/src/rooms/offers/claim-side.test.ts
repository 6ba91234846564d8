import { Readable } from 'node:stream';
import type { OfferId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftOf, openPartnerRooms, type PartnerRooms, partnerPrincipal, publish } from '../../../../../test/harness/partner-rooms.ts';
import { newId } from '../../kernel/ids.ts';

let rooms: PartnerRooms;
beforeAll(async () => {
  rooms = await openPartnerRooms();
});
afterAll(() => rooms.close());

const units = async (offerId: OfferId) =>
  (await rooms.db.query('SELECT stock, held, redeemed FROM chung.offer_stock WHERE offer_id = $1', [offerId]))[0];

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

test('forty claims at once take exactly the stock, the others are told that it is sold out', async () => {
  const partner = await rooms.activePartner('claim-race');
  const { id } = await publish(rooms, partner.id, draftOf({ stock: 10 }));
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) => rooms.db.tx((tx) => rooms.offers.takeUnit(tx, id, index % 2 ? 'held' : 'redeemed'))),
  );
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused).toHaveLength(30);
  expect(refused.every((outcome) => outcome.reason.code === 'offer_sold_out')).toBe(true);
  expect(await rooms.offers.offerForClaim(id)).toMatchObject({ soldOut: true });
});

test('a held unit is redeemed or returned, and a returned one can be taken again', async () => {
  const partner = await rooms.activePartner('claim-hold');
  const { id } = await publish(rooms, partner.id, draftOf({ stock: 1 }));
  await rooms.db.tx((tx) => rooms.offers.takeUnit(tx, id, 'held'));
  await rooms.db.tx((tx) => rooms.offers.returnUnit(tx, id, 'held'));
  await rooms.db.tx((tx) => rooms.offers.takeUnit(tx, id, 'held'));
  await rooms.db.tx((tx) => rooms.offers.redeemHeldUnit(tx, id));
  expect(await units(id)).toEqual({ stock: 1, held: 0, redeemed: 1 });
  await expect(rooms.db.tx((tx) => rooms.offers.returnUnit(tx, id, 'held'))).rejects.toThrow('no held unit');
});

test('each claim takes the next code, and none after the last', async () => {
  const { partner, offer } = await withCodes('claim-codes', ['AAAA-1111', 'BBBB-2222', 'CCCC-3333']);
  const taken = await Promise.all(Array.from({ length: 4 }, () => rooms.db.tx((tx) => rooms.offers.takeCode(tx, offer.id))));
  expect(taken.map((code) => code?.position ?? null).sort()).toEqual([1n, 2n, 3n, null]);
  const codes = await Promise.all([1n, 2n, 3n].map((position) => rooms.offers.codeOf({ offerId: offer.id, position })));
  expect(new Set(codes)).toEqual(new Set(['AAAA-1111', 'BBBB-2222', 'CCCC-3333']));
  expect(await rooms.offers.findByCode(partnerPrincipal(partner.id), ` ${codes[1]?.toLowerCase()} `)).toEqual([
    { offerId: offer.id, position: 2n },
  ]);
});

test('a code found by its partner is not found by another partner, nor before it is given out', async () => {
  const { partner, offer } = await withCodes('claim-mine', ['MINE-0001']);
  expect(await rooms.offers.findByCode(partnerPrincipal(partner.id), 'MINE-0001')).toEqual([]);
  await rooms.db.tx((tx) => rooms.offers.takeCode(tx, offer.id));
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
