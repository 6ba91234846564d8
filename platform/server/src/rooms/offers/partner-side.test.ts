import { Readable } from 'node:stream';
import type { OfferChange, OfferId, PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  draftOf,
  inDays,
  memberFacts,
  openPartnerRooms,
  type PartnerRooms,
  publish,
  takeUnits,
} from '../../../../../test/harness/partner-rooms.ts';

let rooms: PartnerRooms;
let mine: PartnerId;
beforeAll(async () => {
  rooms = await openPartnerRooms();
  mine = (await rooms.activePartner('mine')).id;
});
afterAll(() => rooms.close());

const create = (changes: Parameters<typeof draftOf>[0] = {}) =>
  rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId: mine, draft: draftOf(changes) }));
const change = (offerId: OfferId, change: OfferChange, partnerId = mine) =>
  rooms.db.tx((tx) => rooms.offers.change(tx, { partnerId, offerId, change }));
const upload = (offerId: OfferId, ...chunks: (string | Buffer)[]) =>
  rooms.offers.uploadCodes({ partnerId: mine, offerId, stream: Readable.from(chunks.map((chunk) => Buffer.from(chunk))) });
const title = { vi: 'Tên mới', en: 'New name' };

test('a partner that is not active cannot write or change an offer', async () => {
  const partner = await rooms.activePartner('suspended');
  await rooms.db.tx((tx) => rooms.partners.decide(tx, { partnerId: partner.id, decision: 'suspend', reason: '' }));
  const writing = rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId: partner.id, draft: draftOf() }));
  await expect(writing).rejects.toMatchObject({ code: 'partner_not_active' });
});

test('changed terms make a new version, and the old one stays as it was', async () => {
  const { id } = await create();
  expect(await change(id, { title })).toMatchObject({ state: 'draft', termsVersion: 2, terms: { title } });
  const [first] = await rooms.offers.atVersions([{ offerId: id, termsVersion: 1 }]);
  expect(first?.terms.title.vi).toBe('Giảm 20% gói dữ liệu tháng');
  await expect(rooms.db.query("UPDATE chung.offer_terms SET terms = '{}'")).rejects.toThrow('permission denied');
});

test('a change that changes nothing makes no version', async () => {
  const { id, terms } = await create();
  expect(await change(id, { title: terms.title })).toMatchObject({ termsVersion: 1 });
});

test('changes at once each get a version of their own, and none is lost', async () => {
  const { id } = await create();
  const prices = [91_000, 92_000, 93_000, 94_000, 95_000, 96_000];
  await Promise.all(prices.map((regularPriceMinor) => change(id, { regularPriceMinor })));
  const versions = await rooms.offers.atVersions([2, 3, 4, 5, 6, 7].map((termsVersion) => ({ offerId: id, termsVersion })));
  expect(versions.map((version) => version.terms.regularPriceMinor).sort()).toEqual(prices);
});

test('changing the terms of a published offer takes it out of the catalogue until it is reviewed again', async () => {
  const { id } = await publish(rooms, mine, draftOf());
  expect(await change(id, { title })).toMatchObject({ state: 'draft', termsVersion: 2 });
  const shown = await rooms.offers.findForMember({ facts: memberFacts(), partnerId: mine, before: null, limit: 100 });
  expect(shown.map((offer) => offer.offerId)).not.toContain(id);
});

test('the stock of a published offer changes without a review, but not below what is taken', async () => {
  const { id } = await publish(rooms, mine, draftOf({ stock: 3 }));
  await takeUnits(rooms.db, id, { held: 1, redeemed: 1 });
  await expect(change(id, { stock: 1 })).rejects.toMatchObject({ code: 'stock_below_redeemed' });
  expect(await change(id, { stock: 2 })).toMatchObject({ state: 'published', termsVersion: 1, units: { stock: 2, held: 1, redeemed: 1 } });
});

test('an offer in review cannot be changed', async () => {
  const { id } = await create();
  await rooms.db.tx((tx) => rooms.offers.submit(tx, { partnerId: mine, offerId: id }));
  await expect(change(id, { title })).rejects.toMatchObject({ code: 'wrong_state' });
});

test('a published offer whose window has passed reads as ended', async () => {
  const { id } = await publish(rooms, mine, draftOf({ window: { startsAt: inDays(-10), endsAt: inDays(-1) } }));
  expect(await rooms.offers.find({ partnerId: mine, offerId: id })).toMatchObject({ state: 'ended' });
  const ended = await rooms.offers.list(mine, { state: 'ended', limit: 10 });
  expect(ended.items.map((offer) => offer.id)).toEqual([id]);
});

test('another partner’s offer is not there: not to read, change, submit or fill', async () => {
  const { id } = await create({ codes: 'pool' });
  const { id: other } = await rooms.activePartner('other');
  expect(await rooms.offers.find({ partnerId: other, offerId: id })).toBeNull();
  await expect(change(id, { title }, other)).rejects.toMatchObject({ code: 'not_found' });
  await expect(rooms.db.tx((tx) => rooms.offers.submit(tx, { partnerId: other, offerId: id }))).rejects.toMatchObject({
    code: 'not_found',
  });
  const filling = rooms.offers.uploadCodes({ partnerId: other, offerId: id, stream: Readable.from([]) });
  await expect(filling).rejects.toMatchObject({ code: 'not_found' });
});

test('codes are added, duplicates and bad lines counted by line, and a repeat adds nothing', async () => {
  const { id } = await create({ codes: 'pool' });
  const file = `\uFEFFcode\r\nABCD-0001\r\nabcd-0001\n"ABCD-0002",note\n\nab\nmã sai\n${'X'.repeat(65)}`;
  expect(await upload(id, file)).toMatchObject({
    added: 2,
    duplicates: 1,
    rejected: 3,
    rejectedLines: [
      { line: 6, reason: 'too_short' },
      { line: 7, reason: 'characters_not_allowed' },
      { line: 8, reason: 'too_long' },
    ],
  });
  expect(await upload(id, 'ABCD-0001\n', 'ABCD-', '0003\n')).toMatchObject({ added: 1, duplicates: 1 });
  expect(await rooms.offers.find({ partnerId: mine, offerId: id })).toMatchObject({ codes: { total: 3, free: 3 } });
});

test('an upload of several batches is counted whole, and a line without end is cut, not kept', async () => {
  const { id } = await create({ codes: 'pool' });
  const codes = Array.from({ length: 4_500 }, (_, index) => `BULK-${index}\n`).join('');
  expect(await upload(id, codes, 'Z'.repeat(1_000_000), 'Z'.repeat(1_000_000))).toMatchObject({ added: 4_500, duplicates: 0, rejected: 1 });
});

test('a file in another encoding adds nothing', async () => {
  const { id } = await create({ codes: 'pool' });
  const report = await upload(id, Buffer.from('ABCD-0001\nABCD-0002\n', 'utf16le'));
  expect(report).toMatchObject({ added: 0 });
  expect(report.rejected).toBeGreaterThan(0);
});

test('an offer without a code pool takes no codes', async () => {
  const { id } = await create();
  await expect(upload(id, 'ABCD-0001')).rejects.toMatchObject({ code: 'wrong_state' });
});

test('the list pages through the partner’s own offers, newest first', async () => {
  const { id: owner } = await rooms.activePartner('pages');
  const ids: OfferId[] = [];
  for (let index = 0; index < 3; index++)
    ids.unshift((await rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId: owner, draft: draftOf() }))).id);
  const first = await rooms.offers.list(owner, { limit: 2 });
  const second = await rooms.offers.list(owner, { limit: 2, cursor: first.nextCursor ?? '' });
  expect([...first.items, ...second.items].map((offer) => offer.id)).toEqual(ids);
  expect(second.nextCursor).toBeNull();
});
