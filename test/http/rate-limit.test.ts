// Rate limits at the seam: whose budget is spent, in which order, and what cannot get around them.
import { scopesOf } from '@chung/contracts';
import { afterEach, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { Principal } from '../../platform/server/src/kernel/principal.ts';
import { createRateLimits } from '../../platform/server/src/kernel/rate-limit.ts';
import { type BareApp, type BareOptions, handle, startBareApp } from '../harness/bare-app.ts';

const few = { read: 3, write: 3, bulk: 1, sensitive: 2 };
let app: BareApp;
afterEach(() => app.close());

async function start(options: BareOptions = {}) {
  app = await startBareApp({
    ...options,
    routes: [
      handle('provinces.list', async () => ({ items: [] })),
      handle('partner.redemptions.lookup', () => Promise.reject(new Error('reached'))),
    ],
    seam: { rateLimits: createRateLimits({ person: few, organisation: { ...few, read: 4 } }) },
  });
}

const partner = (): Principal => ({
  actor: 'partner',
  partnerId: newId<never>(),
  clientId: 'app',
  accountId: null,
  scopes: scopesOf('partner'),
});
const provinces = (headers: Record<string, string> = {}) => app.call('GET', '/v1/provinces', { headers });
const codes = (replies: readonly { status: number; code: string }[]) => replies.map(({ status, code }) => (code === '' ? status : code));

test('a refusal says how long to wait, in whole seconds of the window', async () => {
  await start();
  const replies = [await provinces(), await provinces(), await provinces(), await provinces()];
  expect(codes(replies)).toEqual([200, 200, 200, 'rate_limited']);
  expect(replies.map(({ headers }) => headers.get('ratelimit')?.split(';')[1])).toEqual(['r=2', 'r=1', 'r=0', undefined]);
  const wait = Number(replies[3]?.headers.get('retry-after'));
  expect(Number.isInteger(wait) && wait > 0 && wait <= 60).toBe(true);
});

test('each partner spends its own budget, each class its own, and a stranger’s refusals spend nobody’s', async () => {
  await start();
  const [one, other] = [partner(), partner()];
  const lookUp = (as?: Principal) => app.call('POST', '/v1/partner/redemptions/lookup', { ...(as && { as }), body: { presented: 'ABCD' } });
  expect(codes([await lookUp(), await lookUp(), await lookUp()])).toEqual(['unauthenticated', 'unauthenticated', 'unauthenticated']);
  expect(codes([await lookUp(one), await lookUp(one), await lookUp(one)])).toEqual(['internal', 'internal', 'rate_limited']);
  expect(codes([await lookUp(other)])).toEqual(['internal']);
  expect(codes([await app.call('GET', '/v1/partner/profile', { as: one })])).toEqual(['internal']);
});

test('a guess costs as much as a hit: what does not parse spends the budget too, and is not read once it is spent', async () => {
  await start();
  const as = partner();
  const guess = (body: string) =>
    app.call('POST', '/v1/partner/redemptions/lookup', { as, body, headers: { 'content-type': 'application/json' } });
  expect(codes([await guess('{'), await guess('{"presented":"A"}'), await guess('{')])).toEqual([
    'invalid_request',
    'validation_failed',
    'rate_limited',
  ]);
});

test('without a trusted proxy nobody gets a new budget by naming another address', async () => {
  await start();
  const replies = [];
  for (let i = 0; i < 5; i++) replies.push(await provinces({ 'x-forwarded-for': `203.0.113.${i}` }));
  expect(codes(replies).slice(3)).toEqual(['rate_limited', 'rate_limited']);
});

test('behind a trusted proxy each caller has a budget, and only the address that the proxy itself wrote counts', async () => {
  await start({ trustedProxies: ['127.0.0.1'] });
  const replies = [];
  for (let i = 0; i < 4; i++) replies.push(await provinces({ 'x-forwarded-for': `198.51.100.${i}, 203.0.113.7` }));
  expect(codes(replies)).toEqual([200, 200, 200, 'rate_limited']);
  expect(codes([await provinces({ 'x-forwarded-for': '203.0.113.8' })])).toEqual([200]);
});

test('parallel requests pass no more than the budget', async () => {
  await start();
  const replies = await Promise.all(Array.from({ length: 12 }, () => provinces()));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(3);
});
