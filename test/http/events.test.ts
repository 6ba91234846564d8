// A partner's events as its backend reads them: every one once, in order, its own only, and nobody's data.
import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allPages, openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { hold } from '../harness/redemption-rooms.ts';
import type { WebSession } from '../harness/session.ts';
import { type Backend, backendOf, throughPages } from '../harness/tokens.ts';
import { Visitor } from '../harness/visitor.ts';

let http: RedemptionHttp;
beforeAll(async () => {
  http = await openRedemptionHttp();
}, 120_000);
afterAll(() => http?.close());

interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Reads on from a cursor until a page is empty. */
async function readFrom(session: WebSession, cursor: string | null, limit: number): Promise<{ events: Told[]; cursor: string }> {
  const events: Told[] = [];
  for (let at = cursor; ; ) {
    const { body } = await session.call(
      'GET',
      `/v1/partner/events?limit=${limit}${at === null ? '' : `&cursor=${encodeURIComponent(at)}`}`,
    );
    const items: unknown = body['items'];
    at = String(body['nextCursor']);
    if (!Array.isArray(items) || items.length === 0) return { events, cursor: at };
    events.push(...items);
  }
}

test('each event comes once and in order to a reader who pages while others write', async () => {
  const offerId = await http.offer({ ...hold(60), stock: 60, limits: { perMember: 60, perMemberPerDay: null } });
  let cursor: string | null = (await readFrom(http.portal, null, 100)).cursor;
  const told: Told[] = [];
  const made: string[] = [];
  let writing = true;
  const writers = [http.an, http.binh, http.an, http.binh].map(async (member, lane) => {
    for (let i = 0; i < 6; i++) {
      const id = await http.claimed(member, offerId);
      made.push(id);
      if (i % 3 === 0) await http.act(id, 'fulfil');
      else if (i % 3 === 1) await member.call('POST', `/v1/redemptions/${id}/cancel`, { body: {} });
      else await http.act(id, 'confirm');
      if (lane === 0 && i % 3 === 0) await http.act(id, 'reverse');
    }
  });
  const all = Promise.all(writers).finally(() => {
    writing = false;
  });
  while (writing) {
    const page = await readFrom(http.portal, cursor, 3);
    told.push(...page.events);
    cursor = page.cursor;
  }
  await all;
  const rest = async () => {
    const page = await readFrom(http.portal, cursor, 3);
    told.push(...page.events);
    cursor = page.cursor;
    return told.length;
  };
  const { rows } = await http.running.owner.query('SELECT id FROM chung.outbox WHERE partner_id = $1 AND shard_id = $2', [
    http.partnerId,
    offerId,
  ]);
  const mine = () => told.filter(({ data }) => data['offerId'] === offerId && data['redemptionId'] !== undefined);
  await expect.poll(async () => (await rest()) && mine().length, { timeout: 15_000 }).toBe(rows.length);
  expect(new Set(mine().map(({ id }) => id)).size).toBe(rows.length);
  for (const id of made) {
    const way = mine()
      .filter(({ data }) => data['redemptionId'] === id)
      .map(({ type }) => type.split('.')[1])
      .join(' ');
    expect(way).toMatch(/^reserved (released|redeemed( fulfilled)?( reversed)?)$/);
  }
  // A second reader gets the same in the same order.
  const again = (await readFrom(http.portal, null, 50)).events.filter(({ data }) => data['offerId'] === offerId && data['redemptionId']);
  expect(again.map(({ id }) => id)).toEqual(mine().map(({ id }) => id));
});

test('a cursor never ends: it waits for what comes', async () => {
  const { cursor } = await readFrom(http.portal, null, 100);
  expect((await readFrom(http.portal, cursor, 100)).events).toEqual([]);
  const id = await http.claimed(http.an, await http.offer());
  const later = async () => (await readFrom(http.portal, cursor, 100)).events.map(({ type, data }) => [type, data['redemptionId']]);
  await expect.poll(later, { timeout: 15_000 }).toContainEqual(['redemption.redeemed.v1', id]);
});

test('a reader without a cursor begins where it says: at what is to come, or at a moment', async () => {
  const startOf = async (from: string) =>
    String((await http.portal.call('GET', `/v1/partner/events?from=${encodeURIComponent(from)}`)).body['nextCursor']);
  const old = await http.claimed(http.an, await http.offer());
  const told = async (cursor: string | null) => (await readFrom(http.portal, cursor, 100)).events.map(({ data }) => data['redemptionId']);
  await expect.poll(() => told(null), { timeout: 15_000 }).toContain(old);
  const now = await startOf('now');
  const made = await http.claimed(http.binh, await http.offer());
  await expect.poll(() => told(now), { timeout: 15_000 }).toContain(made);
  expect(await told(now)).not.toContain(old);
  // Two hours ago by the platform's clock; what lies before is not read at all.
  await http.running.owner.query(
    `UPDATE chung.outbox SET occurred_at = now() - interval '2 hours' WHERE partner_id = $1 AND data ->> 'redemptionId' = $2`,
    [http.partnerId, old],
  );
  const page = await http.portal.call('GET', `/v1/partner/events?from=${encodeURIComponent('1970-01-01T00:00:00+07:00')}&limit=1`);
  expect(page.body['items']).toHaveLength(1);
  expect((await http.portal.call('GET', '/v1/partner/events?from=2999-01-01T00:00:00Z')).body['items']).toEqual([]);
  for (const wrong of ['yesterday', '2026-01-01', '']) {
    const reply = await http.portal.call('GET', `/v1/partner/events?from=${wrong}`);
    expect([wrong, reply.status, reply.body['code']]).toEqual([wrong, 400, 'invalid_request']);
  }
});

test('a partner reads its own events only', async () => {
  const id = await http.claimed(http.binh, await http.offer({}, { partnerId: http.otherPartnerId }));
  const seenBy = async (session: WebSession) => (await readFrom(session, null, 100)).events.some(({ data }) => data['redemptionId'] === id);
  await expect.poll(() => seenBy(http.otherPortal), { timeout: 15_000 }).toBe(true);
  expect(await seenBy(http.portal)).toBe(false);
});

test('events, lists and receipts hold nothing by which a member is known', async () => {
  const offerId = await http.offer({}, { codes: 1 });
  const id = await http.claimed(http.an, offerId);
  const { body } = await http.an.call('GET', `/v1/redemptions/${id}`);
  const { rows } = await http.running.owner.query(
    `SELECT member_id, data::text AS data FROM chung.redemptions r
    JOIN chung.outbox o ON o.shard_id = r.offer_id AND o.data ->> 'redemptionId' = r.id::text WHERE r.id = $1`,
    [id],
  );
  expect(rows).toHaveLength(1);
  for (const secret of [
    rows[0].member_id,
    String(body['code']),
    'Nguyễn Bảo An',
    'an.hanoi',
    '091234567',
    'DEMO-AN',
    'code',
    'phone',
    'name',
  ])
    expect(rows[0].data).not.toContain(secret);
});

test('one member is another person to each partner, and the same in events, lists and the app’s own token', async () => {
  const { demo, owner } = http.running;
  const [person] = demo.members;
  const [app] = demo.partners;
  if (!person || !app) throw new Error('the demo has people and partners');
  const here = await http.claimed(http.an, await http.offer());
  const there = await http.claimed(http.an, await http.offer({}, { partnerId: http.otherPartnerId }));
  const { rows } = await owner.query('SELECT id, member_ref FROM chung.redemptions WHERE id = ANY ($1)', [[here, there]]);
  const refOf = (id: string) => rows.find((row) => row.id === id).member_ref;
  expect(refOf(here)).not.toBe(refOf(there));
  const token = await tokenOf(app.client, person);
  expect(decodeJwt(token).sub).toBe(refOf(here));
  const me = await fetch(`${demo.issuer}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  expect(await me.json()).toMatchObject({ id: refOf(here) });
  // The platform's own app knows the member by a third id.
  const ours = await http.an.call('GET', '/v1/me');
  expect([refOf(here), refOf(there)]).not.toContain(ours.body['id']);
  const list = await allPages(http.portal, '/v1/partner/redemptions', { limit: 100 });
  expect(list.find(({ id }) => id === here)?.['memberRef']).toBe(refOf(here));
});

/** The member's token for a partner's app, by its pushed request and the member's consent. */
async function tokenOf(app: Backend & { redirect_uris: string[] }, person: { username: string; password: string }): Promise<string> {
  const { issuer, resource } = http.running.demo;
  const config = await backendOf(issuer, app);
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
  const expectedState = oauth.randomState();
  const url = await oauth.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: app.redirect_uris[0] ?? '',
    scope: 'openid redemptions:read',
    resource,
    state: expectedState,
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const back = await throughPages(new Visitor(), url.href, person);
  const tokens = await oauth.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState }, { resource });
  return tokens.access_token;
}
