// What the page of `chung dev` may ask for: each action with its limits, and what a wrong one leaves as it was.
import { SCOPE_NAMES, type Scope } from '@chung/contracts';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ActionsSettings, actionsOf, type Switches } from './actions.ts';
import { type DevFaults, NO_FAULTS } from './state.ts';

const CLOCK_MOST = 10 * 365 * 86_400;
const OPTIONAL: readonly Scope[] = ['redemptions:claim', 'member.age:read'];

let switches: Switches;
let done: unknown[];
let granted: Set<Scope>;
let changes: number;
let actions: ReturnType<typeof actionsOf>;
beforeEach(() => {
  switches = { member: 'an.hanoi', language: 'vi', faults: NO_FAULTS, clockSeconds: 0 };
  done = [];
  changes = 0;
  granted = new Set(['offers:read']);
  const people: ActionsSettings['people'] = {
    agree: async (optional) => void done.push(['agree', [...optional]]),
    reopen: async () => void done.push(['reopen', switches.member]),
    granted: () => granted,
  };
  // Of the platform, what actions ask of it; the whole one is tried by `test/http/dev-session.test.ts`.
  const platform = {
    members: [{ username: 'an.hanoi' }, { username: 'binh.hcm' }],
    withdraw: async (what: object) => void done.push(['withdraw', what]),
    move: async ({ seconds }: { seconds: number }) => {
      if (seconds === 13) throw new Error('the clock stands still');
      return { now: '2026-11-28T10:00:00Z' };
    },
  };
  actions = actionsOf({
    ...{ switches, people, platform: platform as unknown as ActionsSettings['platform'] },
    calls: { lines: [], used: () => 0, make: async (call) => ({ kind: 'value', value: call }) },
    endpoint: { publicKey: 'whpk_x', replay: async (id) => void done.push(['replay', id]) },
    ...{ clientId: () => 'mini-app-1', optional: () => OPTIONAL },
    confirm: async (id) => void done.push(['confirm', id]),
    onChange: () => {
      changes += 1;
    },
  });
});

const act = async (name: string, input: unknown = {}): Promise<unknown> =>
  actions[name]?.(input) ?? Promise.reject(new Error(`no ${name}`));

describe('faults', () => {
  test.each<Partial<DevFaults>>([
    { token: 'expired' },
    { latencySeconds: 0 },
    { latencySeconds: 30 },
    { latencySeconds: 0.05 },
    { network: 'answers_lost' },
    { rate: 'limited' },
    { deliveries: 'reordered' },
  ])('%j is switched on, told once, and off again with all others', async (change) => {
    await act('faults', { ...NO_FAULTS, ...change });
    expect([switches.faults, changes]).toEqual([{ ...NO_FAULTS, ...change }, 1]);
    await act('noFaults');
    expect([switches.faults, changes]).toEqual([NO_FAULTS, 2]);
  });

  test.each<object>([
    { latencySeconds: 30.001 },
    { latencySeconds: -0.001 },
    { latencySeconds: Number.NaN },
    { latencySeconds: Number.POSITIVE_INFINITY },
    { latencySeconds: '5' },
    { network: 'slow' },
    { token: null },
    { rate: true },
    { deliveries: undefined },
    { disk: 'full' },
  ])('%j is refused, and what was on stays on', async (change) => {
    const before: DevFaults = { ...NO_FAULTS, rate: 'limited' };
    await act('faults', before);
    await expect(act('faults', { ...NO_FAULTS, ...change })).rejects.toMatchObject({ name: 'ZodError' });
    expect([switches.faults, changes]).toEqual([before, 1]);
  });
});

describe('the clock', () => {
  test.each([0, 1.5, -86_400, CLOCK_MOST, -CLOCK_MOST])('goes to %d seconds from now, and says where it stands', async (seconds) => {
    expect(await act('clock', { seconds })).toEqual({ now: '2026-11-28T10:00:00Z' });
    expect([switches.clockSeconds, changes]).toEqual([seconds, 1]);
  });

  test.each([CLOCK_MOST + 1, -CLOCK_MOST - 1, '1', null])('does not go to %j', async (seconds) => {
    await expect(act('clock', { seconds })).rejects.toMatchObject({ name: 'ZodError' });
    expect([switches.clockSeconds, changes]).toEqual([0, 0]);
  });

  test('is not said to have moved where the platform has not moved it', async () => {
    await act('clock', { seconds: 7 });
    await expect(act('clock', { seconds: 13 })).rejects.toThrow('the clock stands still');
    expect([switches.clockSeconds, changes]).toEqual([7, 1]);
  });
});

describe('members', () => {
  test('another one signs in after they are in front of the phone, not before', async () => {
    await act('member', { username: 'binh.hcm' });
    expect(done).toEqual([['reopen', 'binh.hcm']]);
  });

  test.each([{ username: 'nobody' }, { username: '' }, {}, { username: 'an.hanoi', admin: true }, null, 'an.hanoi'])(
    '%j is no member: the one who is there stays',
    async (input) => {
      await expect(act('member', input)).rejects.toMatchObject({ name: 'ZodError' });
      expect([switches.member, done]).toEqual(['an.hanoi', []]);
    },
  );

  test('one language at a time, of the two that there are', async () => {
    await act('language', { language: 'en' });
    expect([switches.language, changes]).toEqual(['en', 1]);
    for (const language of ['fr', '', null]) await expect(act('language', { language })).rejects.toMatchObject({ name: 'ZodError' });
    expect([switches.language, changes]).toEqual(['en', 1]);
  });
});

describe('what a member allows', () => {
  test('is exactly what was ticked', async () => {
    await act('consent', { optional: ['redemptions:claim'] });
    await act('consent', { optional: [] });
    expect(done).toEqual([
      ['agree', ['redemptions:claim']],
      ['agree', []],
    ]);
  });

  test('one more comes to the optional ones that they allow already, and not to those that they do not', async () => {
    granted = new Set(['offers:read', 'member.age:read']);
    await act('allow', { scope: 'redemptions:claim' });
    expect(done).toEqual([['agree', ['member.age:read', 'redemptions:claim']]]);
  });

  test('is taken back from this app by this member, and then they sign in anew', async () => {
    switches.member = 'binh.hcm';
    await act('deny', { scope: 'offers:read' });
    expect(done).toEqual([
      ['withdraw', { username: 'binh.hcm', clientId: 'mini-app-1', scope: 'offers:read' }],
      ['reopen', 'binh.hcm'],
    ]);
  });

  test.each([
    ['allow', { scope: 'no.such:scope' }],
    ['allow', {}],
    ['deny', { scope: ['offers:read'] }],
    ['deny', { scope: 'offers:read', username: 'binh.hcm' }],
    ['consent', { optional: 'redemptions:claim' }],
    ['consent', { optional: ['no.such:scope'] }],
    ['consent', {}],
  ])('%s of %j is asked of nobody', async (name, input) => {
    await expect(act(name, input)).rejects.toMatchObject({ name: 'ZodError' });
    expect(done).toEqual([]);
  });

  test('any scope of the platform can be named, since a manifest may gain it while it is edited', async () => {
    for (const scope of SCOPE_NAMES) await act('allow', { scope });
    expect(done).toHaveLength(SCOPE_NAMES.length);
  });
});

describe('a call', () => {
  test('goes on as the bridge has put it, with nothing where it had nothing', async () => {
    expect(await act('call', { operation: 'offers.list', unknown: 1 })).toEqual({
      kind: 'value',
      value: { operation: 'offers.list', params: {}, query: {} },
    });
    const whole = { operation: 'offers.claim', params: { offerId: 'o' }, query: { limit: 1 }, body: {}, idempotencyKey: 'k' };
    expect(await act('call', whole)).toEqual({ kind: 'value', value: whole });
  });

  test.each([
    {},
    { operation: 'x'.repeat(129) },
    { operation: 'offers.list', params: [] },
    { operation: 'offers.list', body: 'text' },
    { operation: 'offers.list', idempotencyKey: 'k'.repeat(201) },
  ])('%j is none', async (input) => {
    await expect(act('call', input)).rejects.toMatchObject({ name: 'ZodError' });
  });
});

test('an event is sent again and a redemption confirmed by the id alone', async () => {
  await act('replay', { eventId: 'e' });
  await act('confirm', { redemptionId: 'r' });
  for (const [name, input] of [
    ['replay', {}],
    ['replay', { eventId: 'e', url: 'https://evil.example' }],
    ['confirm', { redemptionId: 7 }],
  ] as const)
    await expect(act(name, input)).rejects.toMatchObject({ name: 'ZodError' });
  expect(done).toEqual([
    ['replay', 'e'],
    ['confirm', 'r'],
  ]);
});
