import { type EventId, type PartnerId, WebhookAttempt, type WebhookEndpointId } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { attemptOf, payloadOf, shownAttempt } from './delivery.ts';

const at = new Date('2026-03-04T05:06:07.089Z');

describe('the body of a delivery', () => {
  test('is JSON with type, time, data and id, whatever the data holds', () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ unit: 'grapheme' }), (data, type) => {
        const id = newId<EventId>();
        expect(JSON.parse(payloadOf({ id, txid: '1', type, occurredAt: at, data }))).toEqual({
          type,
          timestamp: at.toISOString(),
          data: JSON.parse(data),
          id,
        });
      }),
    );
  });

  test('keeps the bytes of the data: what is signed is what was written down', () => {
    const data = '{ "b" : 1.50, "a":"\\u0110o\u00e0n" , "big":12345678901234567890 }';
    expect(payloadOf({ id: newId<EventId>(), txid: '1', type: 'x.v1', occurredAt: at, data })).toContain(`"data":${data},`);
  });

  test('does not tell the place in the outbox, which changes when a database is moved', () => {
    expect(payloadOf({ id: newId<EventId>(), txid: '987654321', type: 'x.v1', occurredAt: at, data: '{}' })).not.toContain('987654321');
  });
});

const about = {
  partnerId: newId<PartnerId>(),
  endpointId: newId<WebhookEndpointId>(),
  id: newId(),
  eventId: newId<EventId>(),
  eventType: 'offer.published.v1',
  cause: 'event',
  attempt: 1,
  nextTryAt: null,
  at,
} as const;
const answer = (status: number | null, error: string | null = null) => ({
  status,
  error,
  latencyMs: 12,
  excerpt: status === null ? null : 'ok',
  retryAfterSeconds: null,
});

describe('a line of the log', () => {
  test.each([
    [200, true, null],
    [202, true, null],
    [204, true, null],
    [299, true, null],
    [300, false, 'REDIRECT_NOT_FOLLOWED'],
    [301, false, 'REDIRECT_NOT_FOLLOWED'],
    [308, false, 'REDIRECT_NOT_FOLLOWED'],
    [399, false, 'REDIRECT_NOT_FOLLOWED'],
    [400, false, null],
    [410, false, null],
    [429, false, null],
    [500, false, null],
    [599, false, null],
  ])('of an answer with %i says delivered: %s, and %s', (status, delivered, error) => {
    expect(attemptOf(about, answer(status))).toMatchObject({ delivered, status, error, latencyMs: 12 });
  });

  test('of no answer says why, and an error of the connection is not covered by a word of ours', () => {
    expect(attemptOf(about, answer(null, 'ECONNREFUSED'))).toMatchObject({ delivered: false, status: null, error: 'ECONNREFUSED' });
    expect(attemptOf(about, answer(302, 'BODY_TOO_LONG')).error).toBe('BODY_TOO_LONG');
  });

  test('is shown as the contract declares it, and without whose it is', () => {
    const shown = shownAttempt(attemptOf({ ...about, nextTryAt: new Date(at.getTime() + 5_000) }, answer(503)));
    expect(WebhookAttempt.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({ nextTryAt: '2026-03-04T05:06:12.089Z', at: at.toISOString(), responseExcerpt: 'ok' });
    expect(Object.keys(shown)).not.toContain('partnerId');
  });
});
