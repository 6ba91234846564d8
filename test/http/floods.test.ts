// Floods: who sends too much is told when to come back, and the others do not notice.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { scopesOf } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { MemberPrincipal, PartnerPrincipal } from '../../platform/server/src/kernel/principal.ts';
import { createRateLimits } from '../../platform/server/src/kernel/rate-limit.ts';
import { type BareApp, handle, startBareApp } from '../harness/bare-app.ts';
import { openRedemptionHttp, type RedemptionHttp } from '../harness/redemption-http.ts';
import { backendToken } from '../harness/tokens.ts';

const p99 = (times: readonly number[]) => times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1] ?? 0;

describe('at the seam', () => {
  let app: BareApp;
  let release: () => void;
  let entered = 0;
  let isOpen: Promise<void>;
  beforeAll(async () => {
    const few = { read: 20, write: 20, bulk: 20, sensitive: 20 };
    app = await startBareApp({
      routes: [
        handle('provinces.list', async () => ({ items: [] })),
        handle('offers.list', async () => {
          entered++;
          await isOpen;
          return { items: [], nextCursor: null };
        }),
        handle('partner.offers.list', async () => ({ items: [], nextCursor: null })),
      ],
      seam: { rateLimits: createRateLimits({ person: few, organisation: few }, { person: 3, organisation: 5 }) },
    });
  });
  afterAll(() => app?.close());

  const member = (): MemberPrincipal => ({
    actor: 'member',
    memberId: newId<never>(),
    clientId: 'native',
    partnerId: null,
    grantId: newId<never>(),
    subject: 's',
    scopes: scopesOf('member'),
  });
  const partner = (partnerId: PartnerPrincipal['partnerId']): PartnerPrincipal => ({
    actor: 'partner',
    partnerId,
    clientId: newId(),
    accountId: null,
    scopes: scopesOf('partner'),
  });
  const proofBy = (x: string) =>
    `${Buffer.from(JSON.stringify({ typ: 'dpop+jwt', jwk: { kty: 'EC', x, y: 'y' } })).toString('base64url')}.e30.s`;
  const statuses = (replies: readonly { status: number }[]) => replies.map(({ status }) => status);

  test('one device signed in as many members is bounded as a device, and another device is served', async () => {
    isOpen = Promise.resolve();
    const list = (x: string) => app.call('GET', '/v1/offers', { as: member(), headers: { dpop: proofBy(x) } });
    const replies = [];
    for (let i = 0; i < 61; i++) replies.push(await list('stolen-phone'));
    expect(statuses(replies)).toEqual([...Array(60).fill(200), 429]);
    expect(Number(replies.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await list('own-phone')).status).toBe(200);
    // What is no proof is nobody's device: such a header comes with a web session, whose own budget counts.
    for (const dpop of ['x', '!.!.!', 'e30.e30.e30'])
      expect((await app.call('GET', '/v1/offers', { as: member(), headers: { dpop } })).status).toBe(200);
  });

  test('one partner behind many clients is bounded as a partner, and another partner is served', async () => {
    const [loud, other] = [newId<never>(), newId<never>()];
    const replies = [];
    for (let i = 0; i < 81; i++) replies.push(await app.call('GET', '/v1/partner/offers', { as: partner(loud) }));
    expect(statuses(replies)).toEqual([...Array(80).fill(200), 429]);
    expect((await app.call('GET', '/v1/partner/offers', { as: partner(other) })).status).toBe(200);
  });

  test('one member’s slow requests hold a few places and not the server: the next is refused at once, others run', async () => {
    isOpen = new Promise((resolve) => {
      release = resolve;
    });
    entered = 0;
    const loud = member();
    const held = Array.from({ length: 3 }, () => app.call('GET', '/v1/offers', { as: loud }));
    await expect.poll(() => entered).toBe(3);
    const next = await app.call('GET', '/v1/offers', { as: loud });
    expect([next.status, next.headers.get('retry-after')]).toEqual([429, '1']);
    const other = app.call('GET', '/v1/offers', { as: member() });
    await expect.poll(() => entered).toBe(4);
    release();
    expect(statuses(await Promise.all([...held, other]))).toEqual([200, 200, 200, 200]);
    isOpen = Promise.resolve();
    expect((await app.call('GET', '/v1/offers', { as: loud })).status, 'who is done makes room').toBe(200);
  });

  test('a request that was refused or cut off gives its place back', async () => {
    const loud = member();
    const cut = Array.from({ length: 12 }, () =>
      fetch(`${app.baseUrl}/v1/offers?limit=none`, { headers: { 'x-test-principal': JSON.stringify(loud) } }),
    );
    expect(statuses(await Promise.all(cut))).toEqual(Array(12).fill(400));
    expect((await app.call('GET', '/v1/offers', { as: loud })).status).toBe(200);
  });
});

describe('on the whole platform', () => {
  let http: RedemptionHttp;
  let token: string;
  beforeAll(async () => {
    // The budgets as they are shipped.
    http = await openRedemptionHttp({ settings: { CHUNG_RATE_FACTOR: '1' } });
    const [partner] = http.running.demo.partners;
    if (!partner) throw new Error('the demo has a partner');
    token = await backendToken(http.running.baseUrl, partner.client);
  }, 120_000);
  afterAll(() => http?.close());

  /** How long a member waits for a page of offers, again and again, until `until` is over. */
  async function watch(until: Promise<unknown>): Promise<{ times: number[]; refused: number }> {
    let isOver = false;
    void until.finally(() => {
      isOver = true;
    });
    const times: number[] = [];
    let refused = 0;
    while (!isOver || times.length < 20) {
      const started = performance.now();
      const { status } = await http.binh.call('GET', '/v1/offers?limit=20');
      times.push(performance.now() - started);
      if (status !== 200) refused++;
    }
    return { times, refused };
  }

  interface Load {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly total: number;
  }

  /** Sends from a process of its own, as a flood does: in ours it would hold up the very member that we watch. */
  async function flood(load: Load): Promise<Record<number, number>> {
    const sender = `
      const { url, method, headers, total } = JSON.parse(process.argv[1]);
      const seen = {};
      let left = total;
      const send = async () => {
        while (left-- > 0) {
          const own = method === 'GET' ? {} : { 'idempotency-key': crypto.randomUUID(), 'content-type': 'application/json' };
          const response = await fetch(url, { method, headers: { ...headers, ...own }, ...(method === 'GET' ? {} : { body: '{}' }) });
          await response.arrayBuffer();
          const told = response.status !== 429 || Number(response.headers.get('retry-after')) > 0;
          const name = told ? response.status : 'no Retry-After';
          seen[name] = (seen[name] ?? 0) + 1;
        }
      };
      await Promise.all(Array.from({ length: 150 }, send));
      console.log(JSON.stringify(seen));`;
    const { total, method, headers } = load;
    const order = JSON.stringify({ url: `${http.running.baseUrl}${load.path}`, method, headers, total });
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', sender, order]);
    return JSON.parse(stdout);
  }

  test('a partner’s backend that sends 150 requests at once is bounded, and a member’s pages stay quick', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const flooding = flood({ method: 'GET', path: '/v1/partner/redemptions?limit=100', headers, total: 1_800 });
    const { times, refused } = await watch(flooding);
    const seen = await flooding;
    expect([Object.keys(seen), refused]).toEqual([['200', '429'], 0]);
    expect(p99(times), JSON.stringify({ seen, times: times.length })).toBeLessThan(2_000);
  });

  test('a member who claims 900 times a minute is told to wait, and another member is served meanwhile', async () => {
    const offerId = await http.offer({ stock: 1_000, limits: { perMember: 1, perMemberPerDay: null } });
    const { visitor, csrfToken } = http.an;
    const headers = { cookie: visitor.cookieHeader, 'x-csrf-token': csrfToken, 'x-chung-app': 'member', origin: http.running.baseUrl };
    const flooding = flood({ method: 'POST', path: `/v1/offers/${offerId}/redemptions`, headers, total: 900 });
    const { times, refused } = await watch(flooding);
    const seen = await flooding;
    // One success by the limit of the offer; then refusals by it, and by the rate.
    expect([seen[201], refused, (seen[429] ?? 0) >= 300]).toEqual([1, 0, true]);
    expect(Object.keys(seen)).toEqual(['201', '409', '429']);
    expect(p99(times)).toBeLessThan(2_000);
    const { rows } = await http.running.owner.query('SELECT count(*)::int AS n FROM chung.redemptions WHERE offer_id = $1', [offerId]);
    expect(rows[0].n).toBe(1);
  });
});
