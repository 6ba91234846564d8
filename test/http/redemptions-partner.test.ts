// What a partner can do with the redemptions of its offers, status by status.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { allPages, openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { hold } from '../harness/redemption-rooms.ts';
import type { WebSession } from '../harness/session.ts';

let http: RedemptionHttp;
beforeAll(async () => {
  http = await openRedemptionHttp();
}, 120_000);
afterAll(() => http?.close());

const problem = (status: number, code: string) => ({ status, body: { code, status } });
const many = { stock: 40, limits: { perMember: 40, perMemberPerDay: null } };
const lookUp = (presented: string, session: WebSession = http.portal) =>
  session.call('POST', '/v1/partner/redemptions/lookup', { body: { presented } });
const presentationOf = async (id: string, member: WebSession = http.an) =>
  String((await member.call('GET', `/v1/redemptions/${id}/receipt`)).body['presentation']);
const codeOf = async (id: string) => String((await http.an.call('GET', `/v1/redemptions/${id}`)).body['code']);
const stateOf = async (id: string) => (await http.an.call('GET', `/v1/redemptions/${id}`)).body['state'];

describe('GET /v1/partner/redemptions', () => {
  test('200: each of the offer once, newest first, though more are claimed while pages are read', async () => {
    const offerId = await http.offer(many);
    const made: string[] = [];
    for (let i = 0; i < 6; i++) made.unshift(await http.claimed(i % 2 ? http.an : http.binh, offerId));
    const seen = await allPages(http.portal, `/v1/partner/redemptions?offerId=${offerId}`, {
      limit: 2,
      between: () => Promise.all([http.claimed(http.an, offerId), http.claimed(http.binh, offerId)]),
    });
    expect(seen.map(({ id }) => id)).toEqual(made);
  });

  test('200: by state and offer together; another partner sees none of them', async () => {
    const offerId = await http.offer({ ...many, ...hold(60) });
    const [waiting, confirmed, lapsed] = [
      await http.claimed(http.an, offerId),
      await http.claimed(http.an, offerId),
      await http.claimed(http.an, offerId),
    ];
    await http.act(confirmed, 'confirm');
    await http.lapse(lapsed);
    const idsOf = async (state: string, session = http.portal) =>
      (await allPages(session, `/v1/partner/redemptions?offerId=${offerId}&state=${state}`, { limit: 100 })).map(({ id }) => id);
    expect(await idsOf('RESERVED')).toEqual([waiting]);
    expect(await idsOf('REDEEMED')).toEqual([confirmed]);
    expect(await idsOf('EXPIRED')).toEqual([lapsed]);
    expect(await idsOf('RESERVED', http.otherPortal)).toEqual([]);
  });

  test('200: the member is a pairwise id, the code its last characters, and nothing else of either is there', async () => {
    const offerId = await http.offer({}, { codes: 1 });
    const id = await http.claimed(http.an, offerId);
    const code = await codeOf(id);
    const { body } = await http.portal.call('GET', `/v1/partner/redemptions?offerId=${offerId}`);
    expect(body['items']).toMatchObject([{ id, codeHint: `…${code.slice(-4)}` }]);
    const text = JSON.stringify(body);
    const { rows } = await http.running.owner.query('SELECT member_id FROM chung.redemptions WHERE id = $1', [id]);
    for (const secret of [code, rows[0].member_id, 'Nguyễn Bảo An', '0912345670', 'an.hanoi']) expect(text).not.toContain(secret);
  });
});

describe('POST /v1/partner/redemptions/lookup', () => {
  test('200 by QR and by code, also typed in lower case with spaces around; it uses nothing up', async () => {
    const id = await http.claimed(http.an, await http.offer(hold(60), { codes: 1 }));
    const [qr, code] = [await presentationOf(id), await codeOf(id)];
    for (const presented of [qr, qr, code, ` ${code.toLowerCase()} `])
      expect(await lookUp(presented)).toMatchObject({ status: 200, body: { id, state: 'RESERVED' } });
  });

  test('200: a void code tells what became of its redemption', async () => {
    const id = await http.claimed(http.an, await http.offer(hold(60), { codes: 1 }));
    const code = await codeOf(id);
    await http.an.call('POST', `/v1/redemptions/${id}/cancel`, { body: {} });
    expect(await lookUp(code)).toMatchObject({ status: 200, body: { id, state: 'RELEASED' } });
  });

  test('404: a code nobody has, one not given out yet, and QR and code of another partner’s offer', async () => {
    const offerId = await http.offer({}, { codes: 2 });
    const id = await http.claimed(http.an, offerId);
    const given = await codeOf(id);
    const free = given.endsWith('000000-ABCD') ? given.replace('000000', '000001') : given.replace('000001', '000000');
    const [qr, wrong] = [await presentationOf(id), problem(404, 'not_found')];
    for (const presented of ['NOBODY-HAS-THIS', free, 'không phải mã']) expect(await lookUp(presented), presented).toMatchObject(wrong);
    for (const presented of [qr, given]) expect(await lookUp(presented, http.otherPortal)).toMatchObject(wrong);
  });

  test('422: a QR that is forged; 409: one that was confirmed; 422 too short and too long', async () => {
    const id = await http.claimed(http.an, await http.offer(hold(60)));
    const qr = await presentationOf(id);
    const [header, payload] = qr.split('.');
    expect(await lookUp(`${header}.${payload}.AAAA`)).toMatchObject(problem(422, 'receipt_invalid'));
    expect((await http.act(id, 'confirm', { presented: qr })).status).toBe(200);
    expect(await lookUp(qr)).toMatchObject(problem(409, 'receipt_already_used'));
    for (const presented of ['abc', 'x'.repeat(4_097)]) expect(await lookUp(presented)).toMatchObject(problem(422, 'validation_failed'));
  });
});

describe('POST /v1/partner/redemptions/{redemptionId}/confirm', () => {
  test('200: redeemed, once; the same key answers the same, also at once; another key finds the wrong state', async () => {
    const id = await http.claimed(http.an, await http.offer(hold(60)));
    const headers = { 'idempotency-key': newId<string>() };
    const confirm = () => http.portal.call('POST', `/v1/partner/redemptions/${id}/confirm`, { body: {}, headers });
    const replies = await Promise.all([confirm(), confirm(), confirm()]);
    for (const reply of replies) expect([reply.status, reply.body]).toEqual([200, replies[0]?.body]);
    expect(replies[0]?.body).toMatchObject({ id, state: 'REDEEMED', expiresAt: null });
    expect(await http.act(id, 'confirm')).toMatchObject(problem(409, 'wrong_state'));
    expect((await http.act(id, 'confirm')).body['detail']).toContain('REDEEMED');
  });

  test('422: with a QR of another redemption, of a receipt, or an empty one; the hold stays', async () => {
    const offerId = await http.offer({ ...many, ...hold(60) });
    const [id, other] = [await http.claimed(http.an, offerId), await http.claimed(http.an, offerId)];
    const receipt = String((await http.an.call('GET', `/v1/redemptions/${id}/receipt`)).body['receipt']);
    for (const presented of [await presentationOf(other), receipt, ''])
      expect(await http.act(id, 'confirm', { presented })).toMatchObject(problem(422, 'receipt_invalid'));
    expect(await stateOf(id)).toBe('RESERVED');
    expect((await http.act(other, 'confirm', { presented: await presentationOf(other) })).status).toBe(200);
  });

  test('409: a lapsed hold; its QR is not used up by the refusal', async () => {
    const id = await http.claimed(http.an, await http.offer(hold(60)));
    const presented = await presentationOf(id);
    await http.lapse(id);
    expect(await http.act(id, 'confirm', { presented })).toMatchObject(problem(409, 'reservation_expired'));
    const { rows } = await http.running.owner.query('SELECT 1 FROM chung.presentations WHERE redemption_id = $1', [id]);
    expect(rows).toEqual([]);
  });

  test('422: a key of another confirmation; 404: another partner’s redemption', async () => {
    const offerId = await http.offer({ ...many, ...hold(60) });
    const [one, two] = [await http.claimed(http.an, offerId), await http.claimed(http.an, offerId)];
    const headers = { 'idempotency-key': newId<string>() };
    const confirm = (id: string, session = http.portal) =>
      session.call('POST', `/v1/partner/redemptions/${id}/confirm`, { body: {}, headers });
    await confirm(one);
    expect(await confirm(two)).toMatchObject(problem(422, 'idempotency_key_reused'));
    expect(await confirm(two, http.otherPortal)).toMatchObject(problem(404, 'not_found'));
    expect(await stateOf(two)).toBe('RESERVED');
  });
});

describe('POST /v1/partner/redemptions/{redemptionId}/fulfil', () => {
  test('200 from redeemed and straight from a hold; 409 twice, when released, and when lapsed', async () => {
    const offerId = await http.offer({ ...many, ...hold(60) });
    const claimed = () => http.claimed(http.an, offerId);
    const [straight, stepwise, released, lapsed] = [await claimed(), await claimed(), await claimed(), await claimed()];
    expect((await http.act(straight, 'fulfil')).body).toMatchObject({ state: 'FULFILLED' });
    await http.act(stepwise, 'confirm');
    expect((await http.act(stepwise, 'fulfil')).body).toMatchObject({ state: 'FULFILLED' });
    expect(await http.act(stepwise, 'fulfil')).toMatchObject(problem(409, 'wrong_state'));
    await http.an.call('POST', `/v1/redemptions/${released}/cancel`, { body: {} });
    expect(await http.act(released, 'fulfil')).toMatchObject(problem(409, 'wrong_state'));
    await http.lapse(lapsed);
    expect(await http.act(lapsed, 'fulfil')).toMatchObject(problem(409, 'reservation_expired'));
  });
});

describe('POST /v1/partner/redemptions/{redemptionId}/reverse', () => {
  test('200 once: the member loses code and use, may claim again, and the reason is told in the event', async () => {
    const offerId = await http.offer({}, { codes: 2 });
    const id = await http.claimed(http.an, offerId);
    expect((await http.act(id, 'reverse')).body).toMatchObject({ id, state: 'REVERSED' });
    expect(await http.act(id, 'reverse')).toMatchObject(problem(409, 'wrong_state'));
    expect((await http.an.call('GET', `/v1/redemptions/${id}`)).body).toMatchObject({ state: 'REVERSED', code: null });
    const again = await http.claim(http.an, offerId);
    expect(again.status).toBe(201);
    const { rows } = await http.running.owner.query(
      `SELECT data ->> 'reason' AS reason FROM chung.outbox WHERE type = 'redemption.reversed.v1' AND data ->> 'redemptionId' = $1`,
      [id],
    );
    expect(rows).toEqual([{ reason: 'Giao nhầm gói' }]);
  });

  test('409: a hold is cancelled or lapses, it is not reversed; 422: without a reason', async () => {
    const id = await http.claimed(http.an, await http.offer(hold(60)));
    expect(await http.act(id, 'reverse')).toMatchObject(problem(409, 'wrong_state'));
    await http.lapse(id);
    expect(await http.act(id, 'reverse')).toMatchObject(problem(409, 'wrong_state'));
    for (const reason of ['', '  x ', 'r'.repeat(501)]) {
      const reply = await http.act(id, 'reverse', { reason });
      expect(reply).toMatchObject({ ...problem(422, 'validation_failed'), body: { fields: [{ path: 'body.reason' }] } });
    }
  });
});
