import type { OfferDraft, PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { openPartnerHttp, type PartnerHttp } from '../harness/partner-http.ts';
import { draftOf } from '../harness/partner-rooms.ts';

let http: PartnerHttp;
let partnerId: PartnerId;
beforeAll(async () => {
  http = await openPartnerHttp();
  partnerId = (await http.rooms.activePartner('reviewed')).id;
});
afterAll(() => http.close());

async function submit(changes: Partial<OfferDraft> = {}, headers?: Record<string, string>) {
  const { id } = await http.rooms.db.tx((tx) => http.rooms.offers.create(tx, { partnerId, draft: draftOf(changes) }));
  return http.partner(partnerId).call('POST', `/v1/partner/offers/${id}/submit`, { body: {}, ...(headers && { headers }) });
}
const decide = (id: unknown, body: object) => http.admin.call('POST', `/v1/admin/submissions/${id}/decision`, { body });
const tooMuch: Partial<OfferDraft> = { benefit: { kind: 'percentage', rateBasisPoints: 9_000, maxDiscountMinor: null } };

test('201: a submission waits with its place in the queue', async () => {
  expect(await submit()).toMatchObject({ status: 201, body: { state: 'waiting', queuePosition: expect.any(Number), findings: [] } });
});

test('422: what breaks a rule is told with the rule’s number, in the caller’s language', async () => {
  const vietnamese = await submit(tooMuch);
  expect(vietnamese).toMatchObject({ status: 422, body: { code: 'checks_failed', fields: [{ path: 'benefit', code: 'OFR-101' }] } });
  expect(JSON.stringify(vietnamese.body['reasons'])).toContain('Mức giảm');
  const english = await submit(tooMuch, { 'accept-language': 'en' });
  expect(JSON.stringify(english.body['reasons'])).toContain('The discount');
});

test('404: another partner’s offer; 409: an offer that waits already', async () => {
  const { body } = await submit();
  const again = `/v1/partner/offers/${body['offerId']}/submit`;
  const { id: stranger } = await http.rooms.activePartner('stranger');
  expect(await http.partner(stranger).call('POST', again, { body: {} })).toMatchObject({ status: 404 });
  expect(await http.partner(partnerId).call('POST', again, { body: {} })).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
});

test('200: an approval is made once; 409: the second decision', async () => {
  const { body } = await submit();
  expect(await decide(body['id'], { decision: 'approve' })).toMatchObject({
    status: 200,
    body: { state: 'approved', offer: { state: 'published' }, decision: { decision: 'approve', decidedBy: 'Trần Văn Duyệt' } },
  });
  const refusal = { decision: 'refuse', reasons: [{ rule: 'REV-201' }] };
  expect(await decide(body['id'], refusal)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
});

test('200: a refusal needs a rule that is in the library', async () => {
  const { body } = await submit();
  expect(await decide(body['id'], { decision: 'refuse', reasons: [] })).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  const unknown = await decide(body['id'], { decision: 'refuse', reasons: [{ rule: 'XYZ-1' }] });
  expect(unknown).toMatchObject({ status: 422, body: { code: 'validation_failed', fields: [{ path: 'reasons.0.rule' }] } });
  const refused = await decide(body['id'], { decision: 'refuse', reasons: [{ rule: 'REV-203', note: 'Thiếu bảng giá.' }] });
  expect(refused).toMatchObject({
    status: 200,
    body: { state: 'refused', decision: { reasons: [{ rule: 'REV-203', note: 'Thiếu bảng giá.' }] } },
  });
});

test('200: queue, one submission and the rule library; 404: one that is not there', async () => {
  const { body } = await submit();
  const queue = await http.admin.call('GET', '/v1/admin/submissions?limit=100');
  expect((queue.body['items'] as { id: string }[]).map((item) => item.id)).toContain(body['id']);
  expect(await http.admin.call('GET', `/v1/admin/submissions/${body['id']}`)).toMatchObject({
    status: 200,
    body: { partner: { slug: 'reviewed' } },
  });
  expect(await http.admin.call('GET', `/v1/admin/submissions/${newId<string>()}`)).toMatchObject({ status: 404 });
  const rules = (await http.admin.call('GET', '/v1/admin/review-rules')).body['items'] as {
    rule: string;
    text: { vi: string; en: string };
  }[];
  expect(rules.find((rule) => rule.rule === 'OFR-101')?.text.vi).toContain('50%');
});
