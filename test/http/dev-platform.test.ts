// The platform of `chung dev` as a process of its own: it starts empty-handed, takes an app, moves in time, and ends with whoever started it.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AppliedApp, type DevMessage, type DevRequest } from '@chung/cli/dev-protocol';
import { connectPartner } from '@chung/client/partner';
import { Manifest, type ManifestInput } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';

const DAY_S = 86_400;
const START_WITHIN_MS = 90_000;

type Ask = DevRequest extends infer One ? (One extends DevRequest ? Omit<One, 'id'> : never) : never;

let folder: string;
let child: ChildProcess;
let ready: Extract<DevMessage, { kind: 'ready' }>;
const waiting = new Map<number, (message: DevMessage) => void>();

function ask(request: Ask): Promise<DevMessage> {
  const id = waiting.size + 1;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    child.send({ id, ...request });
  });
}

const apply = async (manifest: Manifest) => {
  const said = await ask({ ask: 'apply', manifest });
  if (said.kind !== 'done') throw new Error(JSON.stringify(said));
  return AppliedApp.parse(said.value);
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-dev-'));
  const settings = { dataDirectory: path.join(folder, 'data'), port: 0, webhookHosts: ['127.0.0.1'] };
  child = fork(path.resolve(import.meta.dirname, '../../platform/server/src/dev/main.ts'), [JSON.stringify(settings)], {
    execArgv: ['--conditions=chung-source'],
  });
  ready = await new Promise((resolve, reject) => {
    child.on('message', (message: DevMessage) => {
      if (message.kind === 'ready') resolve(message);
      if (message.kind === 'failed') reject(new Error(message.reason));
      if (message.kind === 'done' || message.kind === 'refused') waiting.get(message.id)?.(message);
    });
  });
}, START_WITHIN_MS);
afterAll(async () => {
  const gone = new Promise((resolve) => child?.once('exit', resolve));
  child?.disconnect();
  await gone;
  await rm(folder, { recursive: true, force: true });
});

type Draft = NonNullable<ManifestInput['offers']>[number]['draft'];

const draft = (changed: Partial<Draft> = {}): Draft => ({
  title: { vi: 'Giảm 20% cho lần đầu', en: '20% off the first time' },
  summary: { vi: 'Giảm 20% cho đơn đầu tiên.', en: '20% off your first order.' },
  terms: { vi: 'Mỗi đoàn viên dùng một lần, cho đơn từ 100.000 đ.', en: 'Once a member, for orders from 100,000 đ.' },
  category: 'other',
  benefit: { kind: 'percentage', rateBasisPoints: 2_000, maxDiscountMinor: 50_000 },
  regularPriceMinor: 250_000,
  currency: 'VND',
  funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
  stock: 50,
  limits: { perMember: 1, perMemberPerDay: null },
  window: { startsAt: new Date(Date.now() - 60_000).toISOString(), endsAt: new Date(Date.now() + 30 * DAY_S * 1000).toISOString() },
  fulfilment: { mode: 'instant' },
  codes: 'none',
  eligibility: { version: 1, all: [{ fact: 'verified' }] },
  ...changed,
});

const manifest = (changed: object = {}): Manifest =>
  Manifest.parse({
    app_id: 'vn.example.gifts',
    name: { vi: 'Quà tặng', en: 'Gifts' },
    description: { vi: 'Quà tặng cho đoàn viên', en: 'Gifts for members' },
    icons: [{ src: 'icon.svg', sizes: 'any' }],
    version: { code: 1, name: '1.0.0' },
    platform_version: { min_code: 1 },
    req_permissions: [
      { name: 'offers:read', purpose: { vi: 'Xem ưu đãi', en: 'See offers' } },
      { name: 'redemptions:claim', purpose: { vi: 'Nhận ưu đãi', en: 'Claim offers' }, optional: true },
      { name: 'partner.offers:read', purpose: { vi: 'Đọc ưu đãi', en: 'Read offers' } },
    ],
    offers: [{ ref: 'welcome', draft: draft() }],
    age_rating: 'all',
    data_retention: { kept: 'none' },
    contact: { email: 'dev@example.vn' },
    ...changed,
  });

const consoleOf = ({ console: own }: AppliedApp) => connectPartner({ issuer: ready.baseUrl, ...own, scopes: ['partner.offers:read'] });

test('an app is put on the platform with its clients and its offers, and applied again it stays one', { timeout: 60_000 }, async () => {
  const first = await apply(manifest());
  expect(first.miniApp).toMatchObject({ clientId: 'vn.example.gifts', scopes: ['openid', 'offers:read', 'redemptions:claim'] });
  expect(first.miniApp.optional).toEqual(['redemptions:claim']);
  expect(first.backend.scopes).toEqual(['partner.offers:read']);
  expect(first.offers).toMatchObject([{ ref: 'welcome', state: 'published', problems: [] }]);
  const again = await apply(manifest());
  expect(again).toEqual(first);
  const { items } = await (await consoleOf(again)).partner.offers.list();
  expect(items.map(({ id, state }) => [id, state])).toEqual([[first.offers[0]?.offerId, 'published']]);
});

test('a changed offer stays the same offer with new terms; one that the review refuses is told with its reasons', async () => {
  const first = await apply(manifest());
  const changed = await apply(manifest({ offers: [{ ref: 'welcome', draft: draft({ title: { vi: 'Giảm 25%', en: '25% off' } }) }] }));
  expect(changed.offers[0]).toMatchObject({ offerId: first.offers[0]?.offerId, state: 'published' });
  const tooMuch = draft({ benefit: { kind: 'percentage', rateBasisPoints: 9_000, maxDiscountMinor: null } });
  const refused = await apply(manifest({ offers: [{ ref: 'half', draft: tooMuch }] }));
  expect(refused.offers[0]?.state).toBe('draft');
  expect(refused.offers[0]?.problems.length).toBeGreaterThan(0);
});

test('an offer with a pool has codes to give out', async () => {
  const { offers, console: own } = await apply(manifest({ offers: [{ ref: 'codes', draft: draft({ codes: 'pool' }) }] }));
  expect(offers[0]).toMatchObject({ state: 'published', problems: [] });
  const chung = await consoleOf({ ...(await apply(manifest())), console: own });
  expect((await chung.partner.offers.get({ offerId: String(offers[0]?.offerId) })).counts.codes?.free).toBe(50);
});

test('its clock moves and comes back, and tokens go on being worth something', async () => {
  const chung = await consoleOf(await apply(manifest()));
  const moved = await ask({ ask: 'move', seconds: 40 * DAY_S });
  expect(moved).toMatchObject({ kind: 'done' });
  const { now } = moved.kind === 'done' ? (moved.value as { now: string }) : { now: '' };
  expect(Math.abs(Date.parse(now) - Date.now() - 40 * DAY_S * 1000)).toBeLessThan(10_000);
  expect((await chung.partner.offers.list()).items.length).toBeGreaterThan(0);
  expect(await ask({ ask: 'move', seconds: 0 })).toMatchObject({ kind: 'done' });
});

test('what cannot be done is one sentence in both languages', async () => {
  const refused = await ask({ ask: 'withdraw', username: 'nobody', clientId: 'vn.example.gifts', scope: 'offers:read' });
  expect(refused).toMatchObject({ kind: 'refused', problem: { vi: expect.any(String), en: expect.any(String) } });
});
