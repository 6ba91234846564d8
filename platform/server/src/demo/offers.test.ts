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

test('the demo has every kind of benefit, both ways of fulfilment and a code pool, from partners that it has', () => {
  const drafts = DEMO_OFFERS.map((offer) => offer.draft);
  expect(new Set(drafts.map((draft) => draft.benefit.kind)).size).toBe(6);
  expect(new Set(drafts.map((draft) => draft.fulfilment.mode)).size).toBe(2);
  expect(DEMO_OFFERS.every((offer) => (offer.draft.codes === 'pool') === (offer.codes !== undefined))).toBe(true);
  expect(new Set(DEMO_OFFERS.map((offer) => offer.partner))).toEqual(new Set(DEMO_PARTNERS.map((partner) => partner.slug)));
  expect(new Set(drafts.map((draft) => draft.title.en)).size).toBe(drafts.length);
});
