import { Readable } from 'node:stream';
import { type AccountId, OfferDraft } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberFacts, openPartnerRooms, type PartnerRooms } from '../../../../test/harness/partner-rooms.ts';
import { newId } from '../kernel/ids.ts';
import { DEMO_OFFERS, DEMO_PARTNERS, type DemoOffer } from './offers.ts';

let rooms: PartnerRooms;
beforeAll(async () => {
  rooms = await openPartnerRooms();
});
afterAll(() => rooms.close());

/** The way of any offer: written, filled, checked, approved. */
async function publishDemo({ partner: slug, draft, codes }: DemoOffer) {
  const partner = (await rooms.partners.findBySlug(slug)) ?? (await rooms.activePartner(slug));
  const { id: offerId } = await rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId: partner.id, draft: OfferDraft.parse(draft) }));
  const report =
    codes &&
    (await rooms.offers.uploadCodes({ partnerId: partner.id, offerId, stream: Readable.from(codes().map((code) => `${code}\n`)) }));
  if (report) expect(report).toMatchObject({ duplicates: 0, rejected: 0 });
  return rooms.db.tx(async (tx) => {
    const { id: submissionId } = await rooms.reviews.submit(tx, { partnerId: partner.id, offerId, language: 'vi' });
    return rooms.reviews.decide(tx, { submissionId, decision: { decision: 'approve' }, accountId: newId<AccountId>() });
  });
}

test('every demo offer passes the checks and is approved; a verified member of Hà Nội sees them all', async () => {
  for (const offer of DEMO_OFFERS) expect(await publishDemo(offer)).toMatchObject({ state: 'approved' });
  const shown = await rooms.offers.findForMember({ facts: memberFacts(), partnerId: null, before: null, limit: 50 });
  expect(shown).toHaveLength(DEMO_OFFERS.length);
  const elsewhere = await rooms.offers.findForMember({
    facts: memberFacts({ provinceCode: '79' }),
    partnerId: null,
    before: null,
    limit: 50,
  });
  expect(elsewhere).toHaveLength(DEMO_OFFERS.length - 1);
});

test('the demo has every kind of benefit, both ways of fulfilment, every way to give out units and a code pool, from partners that it has', () => {
  const drafts = DEMO_OFFERS.map((offer) => offer.draft);
  expect(new Set(drafts.map((draft) => draft.benefit.kind)).size).toBe(6);
  expect(new Set(drafts.map((draft) => draft.fulfilment.mode)).size).toBe(2);
  const ways = drafts.map(({ allocation }) => (allocation.mode === 'lottery' ? 'lottery' : `waiting list ${allocation.waitingList}`));
  expect(new Set(ways)).toEqual(new Set(['lottery', 'waiting list on', 'waiting list off']));
  expect(DEMO_OFFERS.every((offer) => (offer.draft.codes === 'pool') === (offer.codes !== undefined))).toBe(true);
  expect(new Set(DEMO_OFFERS.map((offer) => offer.partner))).toEqual(new Set(DEMO_PARTNERS.map((partner) => partner.slug)));
  expect(new Set(drafts.map((draft) => draft.title.en)).size).toBe(drafts.length);
});

const amounts = (text: string) => [...text.matchAll(/\d{1,3}(?:[.,]\d{3})+(?= đ)/g)].map(([digits]) => Number(digits.replace(/[.,]/g, '')));

test.each(DEMO_OFFERS.map((offer) => [offer.draft.title.en, offer] as const))(
  '“%s” says the same amounts in both languages, and each is in its data or follows from it',
  (_title, { draft }) => {
    const { benefit, regularPriceMinor: price } = draft;
    const known = new Set([price, ...Object.values(benefit).filter((value) => typeof value === 'number')]);
    if (benefit.kind === 'percentage') known.add(price - (price * benefit.rateBasisPoints) / 10_000);
    if (benefit.kind === 'fixed_amount') known.add(price - benefit.discountMinor);
    for (const text of [draft.title, draft.summary, draft.terms]) {
      expect(amounts(text.vi).sort()).toEqual(amounts(text.en).sort());
      for (const amount of amounts(text.vi)) expect(known).toContain(amount);
      expect(text.vi).not.toBe(text.en);
    }
  },
);

test('the demo is open from today’s midnight in Vietnam and ends at a midnight', () => {
  const now = Date.now();
  for (const { window } of DEMO_OFFERS.map((offer) => offer.draft)) {
    expect(window.startsAt).toMatch(/T00:00:00\+07:00$/);
    expect(window.endsAt).toMatch(/T00:00:00\+07:00$/);
    expect(Date.parse(window.startsAt)).toBeLessThanOrEqual(now);
    // A day and a little: the test may run over midnight.
    expect(Date.parse(window.startsAt)).toBeGreaterThan(now - 25 * 3_600_000);
    expect(Date.parse(window.endsAt)).toBeGreaterThan(now + 24 * 3_600_000);
  }
});

test('a demo pool has its own codes at each call, more than units, and none that a cashier would misread', () => {
  for (const { draft, codes } of DEMO_OFFERS) {
    if (!codes) continue;
    const [first, second] = [codes(), codes()];
    expect(new Set([...first, ...second]).size).toBe(first.length + second.length);
    expect(first.length).toBeGreaterThan(draft.stock);
    // The part after the name: no I, L, O or U.
    for (const code of first) expect(code.split('-').slice(1).join('')).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
  }
});
