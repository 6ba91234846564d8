// Waiting lists and lotteries over HTTP: a test for each status that their operations answer.
import { Draw, QueueEntry } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { checkDraw } from '../../sdk/client/src/draw.ts';
import { createClient } from '../../sdk/client/src/index.ts';
import { inDays } from '../harness/partner-rooms.ts';
import { byLottery, withList } from '../harness/queue-stage.ts';
import { openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import type { WebSession } from '../harness/session.ts';
import { nativeToken } from '../harness/tokens.ts';

let http: RedemptionHttp;
beforeAll(async () => {
  http = await openRedemptionHttp();
}, 120_000);
afterAll(() => http?.close());

const join = (member: WebSession, offerId: string) => member.call('POST', `/v1/offers/${offerId}/queue`, { body: {} });
const mine = (member: WebSession, offerId: string) => member.call('GET', `/v1/offers/${offerId}/queue`);
const leave = (member: WebSession, offerId: string) => member.call('DELETE', `/v1/offers/${offerId}/queue`);
const openly = async (address: string) => {
  const response = await fetch(`${http.running.baseUrl}${address}`);
  return { status: response.status, body: await response.json() };
};
const statusAndCode = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body['code']];

/** An offer of one unit which An holds. */
async function soldOut(): Promise<{ offerId: string; held: string }> {
  const offerId = await http.offer(withList({ stock: 1 }));
  return { offerId, held: await http.claimed(http.an, offerId) };
}

/** The jobs that the worker would run, and time that has passed. */
const runJobs = async () => {
  for (const name of ['lapsePromises', 'drawLotteries']) await http.running.platform.jobs[name]?.();
};
const endEntries = (offerId: string) =>
  http.running.owner.query(`UPDATE chung.lotteries SET entries_until = now() - interval '1 second' WHERE offer_id = $1`, [offerId]);

describe('joining, looking and leaving', () => {
  test('200 with the place, and the same again for a repeat', async () => {
    const { offerId } = await soldOut();
    const first = await join(http.binh, offerId);
    expect(first.status).toBe(200);
    expect(QueueEntry.parse(first.body)).toMatchObject({ state: 'WAITING', place: 1, ticket: null, rank: null, promisedUntil: null });
    expect((await join(http.binh, offerId)).body).toEqual(first.body);
    expect((await mine(http.binh, offerId)).body).toEqual(first.body);
  });

  test('the unit that comes back is kept for who waits, and claimed by them', async () => {
    const { offerId, held } = await soldOut();
    await join(http.binh, offerId);
    expect((await http.an.call('POST', `/v1/redemptions/${held}/cancel`, { body: {} })).status).toBe(200);
    const { body } = await mine(http.binh, offerId);
    expect(body).toMatchObject({ state: 'PROMISED', place: null });
    expect(Date.parse(String(body['promisedUntil']))).toBeGreaterThan(Date.now());
    expect(statusAndCode(await http.claim(http.an, offerId))).toEqual([409, 'offer_sold_out']);
    expect((await http.an.call('GET', `/v1/offers/${offerId}`)).body).toMatchObject({ soldOut: true });
    const seen = await http.portal.call('GET', `/v1/partner/offers/${offerId}`);
    expect(seen.body['counts']).toMatchObject({ stock: 1, available: 0, held: 0, redeemed: 0 });
    expect((await http.claim(http.binh, offerId)).status).toBe(201);
    expect((await mine(http.binh, offerId)).body).toMatchObject({ state: 'TAKEN' });
  });

  test('204 for leaving, also twice; 404 for who never joined; 409 once claimed', async () => {
    const { offerId, held } = await soldOut();
    expect(statusAndCode(await leave(http.binh, offerId))).toEqual([404, 'not_found']);
    await join(http.binh, offerId);
    expect([(await leave(http.binh, offerId)).status, (await leave(http.binh, offerId)).status]).toEqual([204, 204]);
    expect((await mine(http.binh, offerId)).body).toMatchObject({ state: 'LEFT' });
    await join(http.binh, offerId);
    await http.an.call('POST', `/v1/redemptions/${held}/cancel`, { body: {} });
    await http.claimed(http.binh, offerId);
    expect(statusAndCode(await leave(http.binh, offerId))).toEqual([409, 'wrong_state']);
  });

  test('404 for an offer that is not there, or not published', async () => {
    for (const call of [join, mine, leave]) expect(statusAndCode(await call(http.an, newId()))).toEqual([404, 'not_found']);
    const { id } = await http.running.platform.db.tx((tx) =>
      http.running.platform.offers.create(tx, {
        partnerId: http.partnerId,
        draft: { ...draft(), title: { vi: 'Bản nháp', en: 'A draft' } },
      }),
    );
    expect(statusAndCode(await join(http.an, id))).toEqual([404, 'not_found']);
  });

  test('403 with the reasons for who the offer is not for', async () => {
    const offerId = await http.offer(withList({ stock: 1, eligibility: { version: 1, all: [{ fact: 'province', in: ['79'] }] } }));
    const { status, body } = await join(http.an, offerId);
    expect([status, body['code']]).toEqual([403, 'not_eligible']);
    expect(body['reasons']).toMatchObject([{ fact: 'province' }]);
  });

  test.each<[string, Parameters<RedemptionHttp['offer']>[0], string]>([
    ['units are left', withList({ stock: 5 }), 'offer_not_sold_out'],
    ['there is no list', { stock: 5 }, 'queue_closed'],
    ['the offer is not open yet', withList({ window: { startsAt: inDays(1), endsAt: inDays(2) } }), 'offer_not_open'],
  ])('409 when %s', async (_, changes, code) => {
    expect(statusAndCode(await join(http.an, await http.offer(changes)))).toEqual([409, code]);
  });

  test('409 for who has had all they may', async () => {
    const { offerId } = await soldOut();
    expect(statusAndCode(await join(http.an, offerId))).toEqual([409, 'limit_reached']);
  });

  test('422 for a body with anything in it', async () => {
    const { offerId } = await soldOut();
    const { status } = await http.binh.call('POST', `/v1/offers/${offerId}/queue`, { body: { place: 1 } });
    expect(status).toBe(422);
  });

  test('an app needs the scope of claims to join, and another partner’s app sees no such offer', async () => {
    const { offerId } = await soldOut();
    const { demo } = http.running;
    const [an] = demo.members;
    if (!an) throw new Error('the demo has members');
    const app = { issuer: demo.issuer, clientId: demo.nativeClient.client_id, redirectUri: demo.nativeClient.redirect_uri };
    const narrow = await nativeToken({ ...app, ...an, scope: 'openid offers:read' });
    expect((await narrow.call('POST', `/v1/offers/${offerId}/queue`, {})).status).toBe(403);
  });
});

function draft() {
  const stored = withList({ stock: 1 });
  return {
    ...stored,
    title: { vi: 'Ưu đãi', en: 'Offer' },
    summary: { vi: 'Ưu đãi', en: 'Offer' },
    terms: { vi: 'Điều khoản', en: 'Terms' },
    category: 'other' as const,
    benefit: { kind: 'fixed_amount' as const, discountMinor: 10_000 },
    regularPriceMinor: 50_000,
    currency: 'VND' as const,
    funding: [{ by: 'partner' as const, shareBasisPoints: 10_000 }],
    stock: 1,
    limits: { perMember: 1, perMemberPerDay: null },
    window: { startsAt: inDays(-1), endsAt: inDays(1) },
    fulfilment: { mode: 'instant' as const },
    codes: 'none' as const,
    eligibility: { version: 1 as const, all: [] },
    allocation: { mode: 'first_come' as const, waitingList: 'on' as const, acceptMinutes: 30 },
  };
}

describe('a lottery', () => {
  test('is open to anyone’s eyes from the first day, without an account', async () => {
    const offerId = await http.offer(byLottery({ stock: 1 }));
    const { status, body } = await openly(`/v1/draws/${offerId}`);
    expect(status).toBe(200);
    expect(Draw.parse(body)).toMatchObject({ offerId, state: 'OPEN', seed: null });
    expect(statusAndCode(await openly(`/v1/draws/${offerId}/tickets`))).toEqual([409, 'wrong_state']);
  });

  test('404 for an offer without one, 400 for a cursor of another draw', async () => {
    const { offerId } = await soldOut();
    for (const address of [`/v1/draws/${offerId}`, `/v1/draws/${newId()}/tickets`])
      expect(statusAndCode(await openly(address))).toEqual([404, 'not_found']);
    const [one, other] = [await drawnBy([http.an, http.binh]), await drawnBy([http.an])];
    const { body } = await openly(`/v1/draws/${one}/tickets?limit=1`);
    expect(statusAndCode(await openly(`/v1/draws/${other}/tickets?cursor=${encodeURIComponent(body.nextCursor)}`))).toEqual([
      400,
      'invalid_cursor',
    ]);
  });

  /** A lottery of one unit that these members entered, drawn. */
  async function drawnBy(members: readonly WebSession[]): Promise<string> {
    const offerId = await http.offer(byLottery({ stock: 1 }));
    for (const member of members) expect((await join(member, offerId)).body).toMatchObject({ state: 'ENTERED', rank: null });
    await endEntries(offerId);
    await runJobs();
    return offerId;
  }

  test('is entered, drawn, claimed by who won and by nobody else, and verified by a stranger with the client alone', async () => {
    const offerId = await drawnBy([http.an, http.binh]);
    const entries = await Promise.all([http.an, http.binh].map(async (member) => ({ member, entry: (await mine(member, offerId)).body })));
    const won = entries.find(({ entry }) => entry['rank'] === 1);
    const reserve = entries.find(({ entry }) => entry['rank'] === 2);
    if (!won || !reserve) throw new Error('both were ranked');
    expect([won.entry['state'], reserve.entry['state'], reserve.entry['place']]).toEqual(['PROMISED', 'WAITING', 1]);
    expect(statusAndCode(await http.claim(reserve.member, offerId))).toEqual([409, 'offer_by_lottery']);
    expect((await http.claim(won.member, offerId)).status).toBe(201);

    const client = createClient({ baseUrl: http.running.baseUrl });
    const check = await checkDraw(client, Draw.parse((await openly(`/v1/draws/${offerId}`)).body).offerId);
    expect(check).toMatchObject({ verified: true, problems: [] });
    expect(check.ranking[0]).toBe(won.entry['ticket']);
  });

  test('tells nothing of who entered: a ticket is in no answer but its member’s own', async () => {
    const offerId = await drawnBy([http.an, http.binh]);
    const { body } = await openly(`/v1/draws/${offerId}/tickets`);
    for (const item of body.items) expect(Object.keys(item).sort()).toEqual(['rank', 'ticket']);
    expect(JSON.stringify((await mine(http.an, offerId)).body)).not.toContain((await mine(http.binh, offerId)).body['ticket']);
  });

  test('409 for entering once it is drawn', async () => {
    const offerId = await drawnBy([http.an]);
    expect(statusAndCode(await join(http.binh, offerId))).toEqual([409, 'queue_closed']);
  });
});

describe('a reversal in parts', () => {
  const partly = (id: string, partBasisPoints: unknown) => http.act(id, 'reverse', { reason: 'Giao thiếu', partBasisPoints });

  test('200 with how much so far, for partner and member; the whole ends it', async () => {
    const offerId = await http.offer({ stock: 5 });
    const id = await http.claimed(http.an, offerId);
    expect((await partly(id, 2_500)).body).toMatchObject({ state: 'PARTLY_REVERSED', reversedBasisPoints: 2_500 });
    expect((await partly(id, 2_500)).body).toMatchObject({ state: 'PARTLY_REVERSED', reversedBasisPoints: 5_000 });
    expect((await http.an.call('GET', `/v1/redemptions/${id}`)).body).toMatchObject({
      state: 'PARTLY_REVERSED',
      reversedBasisPoints: 5_000,
    });
    const whole = await http.act(id, 'reverse');
    expect(whole.body['state']).toBe('REVERSED');
    expect(whole.body).not.toHaveProperty('reversedBasisPoints');
  });

  test('422 for a part that is none, or more than is left', async () => {
    const id = await http.claimed(http.binh, await http.offer({ stock: 5 }));
    for (const part of [0, -1, 10_000, 1.5, '2500', null]) expect((await partly(id, part)).status).toBe(422);
    await partly(id, 6_000);
    expect(statusAndCode(await partly(id, 4_000))).toEqual([422, 'part_too_large']);
  });

  test('the same key takes the part back once', async () => {
    const id = await http.claimed(http.an, await http.offer({ stock: 5 }));
    const twice = () =>
      http.portal.call('POST', `/v1/partner/redemptions/${id}/reverse`, {
        body: { reason: 'Giao thiếu', partBasisPoints: 1_000 },
        headers: { 'idempotency-key': `part-${id}` },
      });
    const [first, second] = [await twice(), await twice()];
    expect(second.body).toEqual(first.body);
    expect(second.body['reversedBasisPoints']).toBe(1_000);
  });
});
