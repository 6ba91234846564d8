import { type EventId, type PartnerId, WebhookEndpoint, type WebhookEndpointId } from '@chung/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import {
  type EndpointRecord,
  FIRST_ID,
  isBehind,
  type KeyRecord,
  LAST_ID,
  type Position,
  sealContext,
  shownEndpoint,
  wantsType,
} from './endpoint.ts';

const position: fc.Arbitrary<Position> = fc.record({
  txid: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
  id: fc.uuid({ version: 7 }),
});

const created = new Date('2026-01-02T03:04:05.678Z');
const later = new Date('2026-02-03T04:05:06.789Z');

const record = (changes: Partial<EndpointRecord> = {}): EndpointRecord => ({
  partnerId: newId<PartnerId>(),
  id: newId<WebhookEndpointId>(),
  url: 'https://example.vn/chung',
  description: 'Quầy Hà Nội',
  eventTypes: ['redemption.redeemed.v1'],
  state: 'active',
  pauseReason: null,
  cursor: { txid: '731731', id: FIRST_ID },
  failing: null,
  attempts: 0,
  nextTryAt: null,
  lastError: '',
  createdAt: created,
  updatedAt: later,
  ...changes,
});
const key = (changes: Partial<KeyRecord> = {}): KeyRecord => ({
  id: newId(),
  signing: 'v1a',
  publicKey: 'whpk_abc',
  sealed: Buffer.from('SEALED-BYTES'),
  createdAt: created,
  retiresAt: null,
  ...changes,
});

test('of two places one is behind the other, unless they are one', () => {
  fc.assert(
    fc.property(position, position, (a, b) => {
      const same = a.txid === b.txid && a.id === b.id;
      expect([isBehind(a, b), isBehind(b, a)].filter(Boolean)).toHaveLength(same ? 0 : 1);
      expect(isBehind(a, a)).toBe(false);
    }),
  );
});

test('places are in one order: sorted by it, none is behind the one before', () => {
  fc.assert(
    fc.property(fc.array(position, { maxLength: 12 }), (places) => {
      const sorted = places.toSorted((a, b) => (isBehind(a, b) ? -1 : isBehind(b, a) ? 1 : 0));
      for (const [index, place] of sorted.entries())
        for (const before of sorted.slice(0, index)) expect(isBehind(place, before)).toBe(false);
    }),
  );
});

test('transactions count as numbers: the tenth is not behind the ninth, and 2^53 is not the end', () => {
  const at = (txid: string): Position => ({ txid, id: FIRST_ID });
  expect(isBehind(at('9'), at('10'))).toBe(true);
  expect(isBehind(at('10'), at('9'))).toBe(false);
  expect(isBehind(at('9007199254740992'), at('9007199254740993'))).toBe(true);
});

test('the first and the last id of a transaction enclose every event of it', () => {
  fc.assert(
    fc.property(fc.uuid({ version: 7 }), (id) => {
      expect(isBehind({ txid: '5', id: FIRST_ID }, { txid: '5', id })).toBe(true);
      expect(isBehind({ txid: '5', id }, { txid: '5', id: LAST_ID })).toBe(true);
    }),
  );
});

test('an endpoint without a list wants every type, one with a list those alone, to the letter', () => {
  expect(wantsType({ eventTypes: [] }, 'anything.new.v9')).toBe(true);
  const some = { eventTypes: ['offer.published.v1', 'partner.approved.v1'] };
  expect(['offer.published.v1', 'partner.approved.v1'].map((type) => wantsType(some, type))).toEqual([true, true]);
  expect(['offer.published.v2', 'offer.published', 'offer.refused.v1', ''].filter((type) => wantsType(some, type))).toEqual([]);
});

test('what a partner is shown is what the contract declares, with neither the place in the outbox nor a sealed key', () => {
  const shown = shownEndpoint(record(), [key(), key({ signing: 'v1', publicKey: null, retiresAt: later })]);
  expect(WebhookEndpoint.parse(shown)).toEqual(shown);
  expect(shown).toMatchObject({ failing: null, createdAt: created.toISOString(), updatedAt: later.toISOString() });
  expect(shown.keys.map(({ signing, publicKey, retiresAt }) => [signing, publicKey, retiresAt])).toEqual([
    ['v1a', 'whpk_abc', null],
    ['v1', null, later.toISOString()],
  ]);
  const text = JSON.stringify(shown);
  for (const secret of ['731731', 'SEALED', Buffer.from('SEALED-BYTES').toString('base64'), 'cursor', 'partnerId'])
    expect(text).not.toContain(secret);
});

test('a failing endpoint shows which event holds it up, since when, how often and when it is tried next', () => {
  const eventId = newId<EventId>();
  const failing = { at: { txid: '8', id: eventId }, since: created };
  const resting = record({ failing, attempts: 12, lastError: 'ECONNREFUSED', state: 'paused', pauseReason: 'failing' });
  expect(shownEndpoint(resting, []).failing).toEqual({
    eventId,
    attempts: 12,
    since: created.toISOString(),
    nextTryAt: null,
    lastError: 'ECONNREFUSED',
  });
  expect(shownEndpoint({ ...resting, nextTryAt: later }, []).failing?.nextTryAt).toBe(later.toISOString());
});

test('what is shown is a copy: whoever changes it changes no record', () => {
  const one = record();
  shownEndpoint(one, []).eventTypes.push('webhook.test.v1');
  expect(one.eventTypes).toEqual(['redemption.redeemed.v1']);
});

test('the seal of a key is bound to that key alone', () => {
  expect(sealContext('a')).not.toBe(sealContext('b'));
});
