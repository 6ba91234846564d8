// Offers written once for all their readers: the answer must be the one that the operation declares, for each reader their own.
import { listOffers, MemberOffer, OfferDraft, OfferId, Partner } from '@chung/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { draftOf } from '../../../../../test/harness/partner-rooms.ts';
import { newId } from '../../kernel/ids.ts';
import type { OfferForMember } from '../offers/index.ts';
import { createOfferPages } from './offer-pages.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const partner = Partner.parse({
  id: newId(),
  slug: 'shop',
  name: 'Cửa hàng "Nắng & Gió"',
  legalName: 'Công ty',
  taxId: '0100000000',
  contactEmail: 'a@example.vn',
  status: 'active',
  createdAt: new Date().toISOString(),
});
const words = { vi: 'Dành cho đoàn viên ở Hà Nội', en: 'For members in Hà Nội' };
const offer = (changes: Partial<OfferForMember> = {}): OfferForMember => ({
  listingId: newId(),
  offerId: newId<OfferId>(),
  partner,
  terms: OfferDraft.parse(draftOf({ title: { vi: 'Ưu đãi “một” \\ 50%\u2028', en: 'One' } })),
  soldOut: false,
  reasons: () => [{ fact: 'province', holds: true, text: words }],
  ...changes,
});
const textOf = (page: { bytes: string }) => Buffer.from(page.bytes, 'latin1').toString('utf8');
const read = (page: { bytes: string }) => listOffers.reply.parse(JSON.parse(textOf(page)));

test('a page is whole JSON with every declared field and no other', () => {
  const items = [offer(), offer({ soldOut: true })];
  const page = createOfferPages().ready({ items, nextCursor: 'nächste"' }, new Map());
  const body = JSON.parse(textOf(page));
  expect(body.nextCursor).toBe('nächste"');
  expect(Object.keys(body.items[0]).toSorted()).toEqual(Object.keys(MemberOffer.parse(body.items[0])).toSorted());
  expect(read(page).items.map(({ id, title, soldOut }) => [id, title.vi, soldOut])).toEqual(
    items.map(({ offerId, terms, soldOut }) => [offerId, terms.title.vi, soldOut]),
  );
  expect(textOf(page)).not.toMatch(/funding|stock|taxId|contactEmail|eligibility/);
});

test('an empty page is one too', () => {
  expect(read(createOfferPages().ready({ items: [], nextCursor: null }, new Map()))).toEqual({ items: [], nextCursor: null });
});

test('two readers of one offer get their own use and the stock of now', () => {
  const pages = createOfferPages();
  const shown = offer();
  const mine = read(pages.ready({ items: [shown], nextCursor: null }, new Map([[shown.offerId, 3]])));
  const theirs = read(pages.ready({ items: [{ ...shown, soldOut: true }], nextCursor: null }, new Map([[OfferId.parse(newId()), 9]])));
  expect([mine, theirs].map(({ items }) => [items[0]?.usedByMember, items[0]?.soldOut])).toEqual([
    [3, false],
    [0, true],
  ]);
});

test('an offer is written once for many readers, again when its partner’s name or the time makes it old', () => {
  const pages = createOfferPages();
  let written = 0;
  const reasons = () => {
    written++;
    return [{ fact: 'everyone' as const, holds: true, text: words }];
  };
  const shown = offer({ reasons });
  const show = (changes: Partial<OfferForMember> = {}) =>
    read(pages.ready({ items: [{ ...shown, ...changes }], nextCursor: null }, new Map()));
  for (let reader = 0; reader < 5; reader++) show();
  expect(written).toBe(1);
  expect(show({ partner: { ...partner, name: 'Tên mới' } }).items[0]?.partner.name).toBe('Tên mới');
  expect(written).toBe(2);
  vi.advanceTimersByTime(60_001);
  show({ partner: { ...partner, name: 'Tên mới' } });
  expect(written).toBe(3);
});

test('an offer that the operation would not allow is refused when it is written, not sent', () => {
  const broken = offer({ terms: { ...OfferDraft.parse(draftOf()), regularPriceMinor: -1 } });
  expect(() => createOfferPages().ready({ items: [broken], nextCursor: null }, new Map())).toThrow();
});
