// `chung dev` without its page: the platform in a process of its own, an app of offers on it, and everything that the page can ask for.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Text } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readProject } from '../../sdk/cli/src/dev/project.ts';
import { type DevSession, startDev } from '../../sdk/cli/src/dev/session.ts';
import { type DevFaults, type DevState, NO_FAULTS } from '../../sdk/cli/src/dev/state.ts';

const DAY_S = 86_400;
const START_WITHIN_MS = 120_000;
const iso = (days: number) => new Date(Date.now() + days * DAY_S * 1000).toISOString();
const both = (vi: string, en: string) => `{ vi: '${vi}', en: '${en}' }`;

const configOf = (
  changed: { title?: string; benefit?: string; permissions?: string; fulfilment?: string } = {},
) => `import { defineApp } from '@chung/contracts';
export default defineApp({
  app_id: 'vn.example.gifts', name: ${both('Quà tặng', 'Gifts')}, description: ${both('Quà tặng đoàn viên', 'Gifts for members')},
  icons: [{ src: 'icon.svg', sizes: 'any' }], version: { code: 1, name: '1.0.0' }, platform_version: { min_code: 1 },
  req_permissions: [
    { name: 'member.profile:read', purpose: ${both('Chào bạn bằng tên', 'Greet you by name')} },
    { name: 'offers:read', purpose: ${both('Hiện ưu đãi', 'Show offers')} },
    { name: 'redemptions:claim', purpose: ${both('Nhận ưu đãi', 'Claim offers')}, optional: true },
    ${changed.permissions ?? ''}
  ],
  offers: [{ ref: 'welcome', draft: {
    title: ${both(changed.title ?? 'Giảm 20%', '20% off')}, summary: ${both('Giảm 20% cho đơn đầu tiên.', '20% off your first order.')},
    terms: ${both('Mỗi đoàn viên dùng một lần, cho đơn từ 100.000 đ.', 'Once a member, for orders from 100,000 đ.')},
    category: 'other', benefit: ${changed.benefit ?? `{ kind: 'percentage', rateBasisPoints: 2_000, maxDiscountMinor: 50_000 }`},
    regularPriceMinor: 250_000, currency: 'VND', funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
    stock: 1_000, limits: { perMember: 5, perMemberPerDay: null }, window: { startsAt: '${iso(-1)}', endsAt: '${iso(30)}' },
    fulfilment: ${changed.fulfilment ?? `{ mode: 'instant' }`}, codes: 'none', eligibility: { version: 1, all: [{ fact: 'verified' }] },
  } }],
  age_rating: 'all', data_retention: { kept: 'none' }, contact: { email: 'dev@example.vn' },
});
`;

let root: string;
let session: DevSession;
const told: (readonly Text[])[] = [];
beforeAll(async () => {
  // In the workspace, so that the packages are found as if they were installed.
  root = await mkdtemp(path.join(import.meta.dirname, '../../sdk/cli/src/.app-'));
  await mkdir(path.join(root, 'src'));
  await writeFile(path.join(root, 'package.json'), JSON.stringify({ name: 'gifts', private: true, type: 'module' }));
  await writeFile(path.join(root, 'chung.config.ts'), configOf());
  const { manifest } = readProject(root);
  if (!manifest) throw new Error('the manifest does not read');
  const quiet = () => {};
  const ports = { page: 0, platform: 0 };
  session = await startDev({
    root,
    manifest,
    node: process.versions.node,
    language: 'en',
    ports,
    onLine: quiet,
    onBuild: quiet,
    onProblems: (problems) => told.push(problems),
  });
}, START_WITHIN_MS);
afterAll(async () => {
  await session?.close();
  await rm(root, { recursive: true, force: true });
});

interface Answer {
  readonly value?: unknown;
  readonly problem?: { readonly vi: string; readonly en: string };
}

async function act(action: string, input: object = {}): Promise<Answer> {
  const response = await fetch(`${session.url}do/${action}`, {
    method: 'POST',
    headers: { 'x-chung-dev': '1' },
    body: JSON.stringify(input),
  });
  return (await response.json()) as Answer;
}

const call = async (operation: string, input: object = {}) => (await act('call', { operation, ...input })).value;
const faults = (change: Partial<DevFaults>) => act('faults', { ...NO_FAULTS, ...change });
const granted = () => session.state().scopes.flatMap(({ scope, granted: is }) => (is === 'granted' ? [scope] : []));
const offerId = () => session.state().offers[0]?.offerId ?? '';
const claim = (key: string) => call('offers.claim', { params: { offerId: offerId() }, body: {}, idempotencyKey: key });
/** Waits for what a changed file brings about. */
const until = (holds: (state: DevState) => unknown) => expect.poll(() => holds(session.state()), { timeout: 20_000 });

test('the app is there with its offer, and its member has not been asked yet', async () => {
  expect(session.state()).toMatchObject({
    ...{ consent: 'needed', member: 'an.hanoi', clockSeconds: 0, build: { status: 'none' }, backend: { status: 'none' } },
    offers: [{ ref: 'welcome', state: 'published', problems: [] }],
  });
  expect(await call('offers.list')).toMatchObject({ kind: 'problem', problem: { status: 401 } });
});

test('consent opens what is required, and of the optional what was ticked', async () => {
  await act('consent', { optional: [] });
  expect(session.state().consent).toBe('given');
  expect(granted()).toEqual(['member.profile:read', 'offers:read']);
  expect(await call('me.get')).toMatchObject({ kind: 'value', value: { profile: { displayName: 'Nguyễn Bảo An' } } });
  expect(await call('offers.list')).toMatchObject({ kind: 'value', value: { items: [{ title: { en: '20% off' } }] } });
  expect(await claim('first')).toMatchObject({ kind: 'problem', problem: { status: 403, code: 'insufficient_scope' } });
});

test('an optional scope is allowed later, used, and taken back as the member would', async () => {
  await act('allow', { scope: 'redemptions:claim' });
  expect(granted()).toContain('redemptions:claim');
  expect(await claim('second')).toMatchObject({ kind: 'value', value: { state: 'REDEEMED' } });
  await until(({ inbox }) => inbox.map(({ type }) => type)).toContain('redemption.redeemed.v1');
  expect(session.state().scopes.find(({ scope }) => scope === 'redemptions:claim')?.used).toBe(2);
  await act('deny', { scope: 'redemptions:claim' });
  expect(granted()).not.toContain('redemptions:claim');
  expect(await claim('third')).toMatchObject({ kind: 'problem', problem: { status: 403 } });
  await act('allow', { scope: 'redemptions:claim' });
});

test('a required scope that is taken back sends the member to the beginning', async () => {
  await act('deny', { scope: 'member.profile:read' });
  expect(session.state().consent).toBe('needed');
  await act('consent', { optional: ['redemptions:claim'] });
  expect(granted()).toEqual(['member.profile:read', 'offers:read', 'redemptions:claim']);
});

test('each fault is what it says, and ends when it is switched off', async () => {
  await faults({ network: 'unreachable' });
  expect(await call('offers.list')).toEqual({ kind: 'unreachable' });
  await faults({ token: 'expired' });
  expect(await call('offers.list')).toMatchObject({ kind: 'problem', problem: { status: 401 } });
  await faults({ rate: 'limited' });
  expect(await call('offers.list')).toMatchObject({
    kind: 'problem',
    problem: { status: 429, code: 'rate_limited' },
    retryAfterSeconds: 5,
  });
  await faults({ latencySeconds: 0.5 });
  const began = performance.now();
  await call('offers.list');
  expect(performance.now() - began).toBeGreaterThan(490);
  await act('noFaults');
  expect(await call('offers.list')).toMatchObject({ kind: 'value' });
});

test('a lost answer has taken effect: the same key brings it back, and nothing is claimed twice', async () => {
  await faults({ network: 'answers_lost' });
  expect(await claim('lost')).toEqual({ kind: 'unreachable' });
  await act('noFaults');
  const once = await claim('lost');
  expect(await claim('lost')).toEqual(once);
  expect(await call('offers.get', { params: { offerId: offerId() } })).toMatchObject({ value: { usedByMember: 2 } });
});

test('the clock closes the offer’s window and opens it again, and nobody is signed out', async () => {
  const titles = async () => ((await call('offers.list')) as { value: { items: unknown[] } }).value.items.length;
  await act('clock', { seconds: 40 * DAY_S });
  expect(session.state().clockSeconds).toBe(40 * DAY_S);
  await expect.poll(titles, { timeout: 10_000 }).toBe(0);
  expect(await claim('too-late')).toMatchObject({ kind: 'problem', problem: { status: 409 } });
  await act('clock', { seconds: 0 });
  await expect.poll(titles, { timeout: 10_000 }).toBe(1);
});

test('an event is sent again under its own id', async () => {
  const event = session.state().inbox.find(({ type }) => type === 'redemption.redeemed.v1');
  expect(await act('replay', { eventId: event?.id ?? '' })).not.toHaveProperty('problem');
  await until(({ inbox }) => inbox.find(({ id }) => id === event?.id)?.arrivals).toBe(2);
});

test('another member is asked for their own consent, and the first keeps theirs', async () => {
  await act('member', { username: 'binh.hcm' });
  expect(session.state()).toMatchObject({ member: 'binh.hcm', consent: 'needed' });
  expect(await call('offers.list')).toMatchObject({ kind: 'problem', problem: { status: 401 } });
  await act('member', { username: 'an.hanoi' });
  expect(session.state().consent).toBe('given');
});

test('a changed manifest is applied; a broken one is told and the last good one runs on', async () => {
  await writeFile(path.join(root, 'chung.config.ts'), configOf({ title: 'Giảm 20% hôm nay' }));
  await until(({ offers }) => offers[0]?.title.vi).toBe('Giảm 20% hôm nay');
  await writeFile(path.join(root, 'chung.config.ts'), configOf({ permissions: `{ name: 'no.such:scope' },` }));
  await until(({ app }) => app.problems.length).toBeGreaterThan(0);
  expect(session.state().app.problems[0]?.en).toContain('chung.config.ts');
  expect(await call('offers.list')).toMatchObject({ kind: 'value' });
  await writeFile(
    path.join(root, 'chung.config.ts'),
    configOf({ benefit: `{ kind: 'percentage', rateBasisPoints: 9_000, maxDiscountMinor: null }` }),
  );
  await until(({ offers }) => offers[0]?.problems.length).toBeGreaterThan(0);
  await writeFile(path.join(root, 'chung.config.ts'), configOf());
  await until(({ offers, app }) => [offers[0]?.state, offers[0]?.problems, app.problems]).toEqual(['published', [], []]);
  // The terminal hears it too: well, broken, refused, well again.
  const firstWords = () => told.map(([first]) => first?.en.split(/[:. ]/)[0]);
  await expect.poll(firstWords, { timeout: 10_000 }).toEqual([undefined, 'chung', 'welcome', undefined]);
});

test('a held unit is confirmed as the cashier would', async () => {
  await writeFile(path.join(root, 'chung.config.ts'), configOf({ fulfilment: `{ mode: 'partner_confirmed', holdMinutes: 30 }` }));
  await until(async () => JSON.stringify((await call('offers.get', { params: { offerId: offerId() } })) ?? '')).toContain(
    'partner_confirmed',
  );
  const held = (await claim('held')) as { value: { id: string; state: string } };
  expect(held.value.state).toBe('RESERVED');
  await act('confirm', { redemptionId: held.value.id });
  await until(({ inbox }) => inbox.filter(({ body }) => body.includes(held.value.id)).map(({ type }) => type)).toContain(
    'redemption.redeemed.v1',
  );
});

test.each([
  ['call', { operation: 7 }],
  ['member', { username: 'nobody' }],
  ['allow', { scope: 'admin.apps:kill.' }],
  ['clock', { seconds: 1e12 }],
  ['faults', { network: 'gone' }],
  ['replay', { eventId: 'evt' }],
])('%s with %j is a sentence, and nothing changes', async (action, input) => {
  const before = session.state();
  const { problem } = await act(action, input);
  expect(problem).toEqual({ vi: expect.any(String), en: expect.any(String) });
  expect(session.state()).toEqual(before);
});

test.each(['admin.audit.list', 'no.such', 'offers', '__proto__', 'constructor', 'has', 'offers.list.all'])(
  'no call reaches “%s”',
  async (operation) => {
    const answer = await act('call', { operation });
    expect(answer.value ?? answer.problem).not.toMatchObject({ kind: 'value' });
  },
);
