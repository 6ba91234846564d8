import type { AccountId, OfferDraft, PartnerId, SubmissionId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftOf, memberFacts, openPartnerRooms, type PartnerRooms } from '../../../../../test/harness/partner-rooms.ts';
import { newId } from '../../kernel/ids.ts';

let rooms: PartnerRooms;
let partnerId: PartnerId;
beforeAll(async () => {
  rooms = await openPartnerRooms();
  partnerId = (await rooms.activePartner('reviewed')).id;
});
afterAll(() => rooms.close());

const accountId = newId<AccountId>();
const create = (changes: Partial<OfferDraft> = {}) => rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId, draft: draftOf(changes) }));
async function submit(changes: Partial<OfferDraft> = {}) {
  const { id: offerId } = await create(changes);
  return rooms.db.tx((tx) => rooms.reviews.submit(tx, { partnerId, offerId, language: 'vi' }));
}
const approve = (submissionId: SubmissionId) =>
  rooms.db.tx((tx) => rooms.reviews.decide(tx, { submissionId, decision: { decision: 'approve' }, accountId }));
const refuse = (submissionId: SubmissionId, rule = 'REV-201', note = '') =>
  rooms.db.tx((tx) => rooms.reviews.decide(tx, { submissionId, decision: { decision: 'refuse', reasons: [{ rule, note }] }, accountId }));
const eventsOf = async (submissionId: SubmissionId) =>
  (
    await rooms.db.query<{ type: string }>(`SELECT type FROM chung.outbox WHERE data ->> 'submissionId' = $1 ORDER BY txid`, [submissionId])
  ).map((row) => row.type);
const stateOf = async (offerId: OfferDraftId) => (await rooms.offers.find({ partnerId, offerId }))?.state;
type OfferDraftId = Awaited<ReturnType<typeof create>>['id'];

test('an offer that breaks rules is not submitted, and every broken rule is named', async () => {
  const { id: offerId } = await create({
    benefit: { kind: 'fixed_amount', discountMinor: 60_000 },
    limits: { perMember: 99, perMemberPerDay: null },
  });
  const submitting = rooms.db.tx((tx) => rooms.reviews.submit(tx, { partnerId, offerId, language: 'vi' }));
  await expect(submitting).rejects.toMatchObject({
    code: 'checks_failed',
    extras: { fields: [{ code: 'OFR-101', path: 'benefit', message: expect.stringContaining('50%') }, { code: 'OFR-108' }] },
  });
  expect(await stateOf(offerId)).toBe('draft');
});

test('warnings do not stop a submission; the reviewer reads them', async () => {
  const submission = await submit({
    funding: [
      { by: 'partner', shareBasisPoints: 5_000 },
      { by: 'platform', shareBasisPoints: 5_000 },
    ],
  });
  expect(submission).toMatchObject({ state: 'waiting', termsVersion: 1, findings: [{ rule: 'OFR-109', severity: 'warning' }] });
});

test('an offer waits once: a second submission is refused', async () => {
  const { offerId } = await submit();
  const again = rooms.db.tx((tx) => rooms.reviews.submit(tx, { partnerId, offerId, language: 'en' }));
  await expect(again).rejects.toMatchObject({ code: 'wrong_state' });
});

test('approval publishes the offer, lists it, and tells the partner once', async () => {
  const { id, offerId } = await submit();
  const decided = await approve(id);
  expect(decided).toMatchObject({ state: 'approved', queuePosition: null, offer: { state: 'published' }, partner: { slug: 'reviewed' } });
  expect(decided.decision).toMatchObject({ decision: 'approve', decidedBy: 'Trần Văn Duyệt' });
  const shown = await rooms.offers.findForMember({ facts: memberFacts(), partnerId: null, before: null, limit: 100 });
  expect(shown.map((offer) => offer.offerId)).toContain(offerId);
  expect(await eventsOf(id)).toEqual(['offer.submitted.v1', 'offer.published.v1']);
});

test('of two decisions at once one holds and the other is told', async () => {
  const { id } = await submit();
  const outcomes = await Promise.allSettled([approve(id), refuse(id), approve(id)]);
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'wrong_state' });
  expect(await eventsOf(id)).toHaveLength(2);
});

test('a refusal gives the rule’s words with the note, and a change lets the offer be submitted again', async () => {
  const { id, offerId } = await submit();
  await refuse(id, 'REV-203', 'Thiếu bảng giá.');
  const refused = await rooms.offers.find({ partnerId, offerId });
  expect(refused).toMatchObject({ state: 'refused', lastDecision: { decision: 'refused', reasons: [{ rule: 'REV-203' }] } });
  expect(refused?.lastDecision?.reasons[0]?.text.vi).toContain('Thiếu bảng giá.');
  await rooms.db.tx((tx) => rooms.offers.change(tx, { partnerId, offerId, change: { regularPriceMinor: 120_000 } }));
  const again = await rooms.db.tx((tx) => rooms.reviews.submit(tx, { partnerId, offerId, language: 'vi' }));
  expect(again.termsVersion).toBe(2);
  expect((await approve(again.id)).offer.regularPriceMinor).toBe(120_000);
  expect((await rooms.reviews.find(id)).offer.regularPriceMinor).toBe(100_000);
});

test('a closed submission cannot decide again, also when the same terms wait a second time', async () => {
  const { id, offerId } = await submit();
  await refuse(id);
  // The stock alone makes no new version, so both submissions are about version 1.
  await rooms.db.tx((tx) => rooms.offers.change(tx, { partnerId, offerId, change: { stock: 20 } }));
  const again = await rooms.db.tx((tx) => rooms.reviews.submit(tx, { partnerId, offerId, language: 'vi' }));
  expect(again.termsVersion).toBe(1);
  await expect(approve(id)).rejects.toMatchObject({ code: 'wrong_state' });
  expect(await stateOf(offerId)).toBe('submitted');
});

test('a rule that is not in the library is refused by its place, and nothing is decided', async () => {
  const { id } = await submit();
  await expect(refuse(id, 'OFR-999')).rejects.toMatchObject({
    code: 'validation_failed',
    extras: { fields: [{ path: 'reasons.0.rule' }] },
  });
  expect(await rooms.reviews.find(id)).toMatchObject({ state: 'waiting', decision: null });
});

test('nothing of a suspended partner is published', async () => {
  const { id: suspended } = await rooms.activePartner('suspended');
  const { id: offerId } = await rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId: suspended, draft: draftOf() }));
  const { id } = await rooms.db.tx((tx) => rooms.reviews.submit(tx, { partnerId: suspended, offerId, language: 'vi' }));
  await rooms.db.tx((tx) => rooms.partners.decide(tx, { partnerId: suspended, decision: 'suspend', reason: '' }));
  await expect(approve(id)).rejects.toMatchObject({ code: 'partner_not_active' });
  expect(await rooms.reviews.find(id)).toMatchObject({ state: 'waiting' });
});

test('the queue is served oldest first, with places and waiting times, and pages without repeating', async () => {
  const { id: first } = await submit();
  const { id: second } = await submit();
  const all = (await rooms.reviews.list({ state: 'waiting', limit: 100 })).items;
  expect(all.map((item) => item.queuePosition)).toEqual(all.map((_, index) => index + 1));
  expect(all.slice(-2).map((item) => item.id)).toEqual([first, second]);
  expect(all.every((item) => item.waitingSeconds >= 0)).toBe(true);
  const page = await rooms.reviews.list({ state: 'waiting', limit: all.length - 1 });
  const rest = await rooms.reviews.list({ state: 'waiting', limit: 5, cursor: page.nextCursor ?? '' });
  expect(rest.items.map((item) => item.id)).toEqual([second]);
});

test('a submission that is not there is not_found', async () => {
  await expect(rooms.reviews.find(newId<SubmissionId>())).rejects.toMatchObject({ code: 'not_found' });
  await expect(approve(newId<SubmissionId>())).rejects.toMatchObject({ code: 'not_found' });
});
