import { EVENT_TYPES, type PartnerEvent } from '@chung/contracts';
import { expect, test } from 'vitest';
import { wantedEvents } from './event-types.ts';
import { endOf, startOf, timeOf } from './start.ts';
import { targetOf } from './target.ts';

const now = new Date('2026-11-28T10:00:00Z');
const last = () => ({ at: 'cursor' as const, cursor: 'a.b', afterEvent: 'id' });

test.each([
  [null, { at: 'now' }],
  ['now', { at: 'now' }],
  ['oldest', { at: 'oldest' }],
  ['last', { at: 'cursor', cursor: 'a.b', afterEvent: 'id' }],
  ['2h', { at: 'time', from: new Date('2026-11-28T08:00:00Z') }],
  ['2026-11-28T08:00:00+07:00', { at: 'time', from: new Date('2026-11-28T01:00:00Z') }],
  ['WyI3Il0.c2ln', { at: 'cursor', cursor: 'WyI3Il0.c2ln', afterEvent: null }],
])('--from %s begins at %j', (text, start) => {
  expect(startOf(text, { now, last })).toEqual(start);
});

test('without a last run, `last` begins at what is to come', () => {
  expect(startOf('last', { now, last: () => null })).toEqual({ at: 'now' });
});

test.each(['yesterday', '2026-11-28', '2026-11-28T08:00:00', '2026-13-40T08:00:00Z', '12', '2w', ''])('“%s” is no moment', (text) => {
  expect(timeOf(text, now)).toBeNull();
  expect(() => endOf(text, now)).toThrow('is no moment');
  expect(() => startOf(text, { now, last })).toThrow('is no place to begin');
});

test.each([
  ['3000', 'http://localhost:3000/'],
  ['http://localhost:3000/webhooks', 'http://localhost:3000/webhooks'],
  ['http://api.localhost:3000/', 'http://api.localhost:3000/'],
  ['http://127.0.0.1:3000/x', 'http://127.0.0.1:3000/x'],
  ['http://[::1]:3000/x', 'http://[::1]:3000/x'],
  ['http://192.168.1.7/x', 'http://192.168.1.7/x'],
  ['https://[fd00::1]/x', 'https://[fd00::1]/x'],
])('%s is on this machine or in its network', async (text, url) => {
  expect(await targetOf(text, 'refused')).toEqual({ url });
});

test.each(['https://8.8.8.8/x', 'http://127.0.0.1.nip.example/', 'http://[2001:db8::1]/', 'http://0x08080808/', 'http://172.32.0.1/'])(
  '%s is not, and needs to be allowed',
  async (text) => {
    await expect(targetOf(text, 'refused')).rejects.toMatchObject({ exitCode: 2, next: { en: expect.stringContaining('--allow-remote') } });
  },
);

test('an address elsewhere is allowed by https alone, and one with a password never', async () => {
  expect(await targetOf('https://8.8.8.8/x', 'allowed')).toEqual({ url: 'https://8.8.8.8/x' });
  await expect(targetOf('http://8.8.8.8/x', 'allowed')).rejects.toThrow('it must be https');
  await expect(targetOf('http://a:b@localhost/x', 'allowed')).rejects.toThrow('is no http address');
});

test('types are wanted by name or by kind; without any, all are', () => {
  const events = Object.keys(EVENT_TYPES).map((type) => ({ type }) as PartnerEvent);
  const wanted = (...lists: string[]) => events.filter(wantedEvents(lists)).map(({ type }) => type);
  expect(wanted()).toEqual(Object.keys(EVENT_TYPES));
  expect(wanted('offer.*, partner.approved.v1')).toEqual([
    'offer.submitted.v1',
    'offer.published.v1',
    'offer.refused.v1',
    'partner.approved.v1',
  ]);
  expect(wanted('redemption.redeemed.v1', 'consent.*')).toEqual(['redemption.redeemed.v1', 'consent.granted.v1', 'consent.withdrawn.v1']);
  for (const unknown of ['redemption.redeemed', 'stolen.*', 'webhook.test.v1'])
    expect(() => wanted(unknown)).toThrow('There are no events');
});
