// What a partner can ask of the webhooks, at the bounds and one beyond.
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { EVENT_TYPES } from './events.ts';
import {
  changeWebhook,
  createWebhook,
  listWebhookAttempts,
  listWebhookPublicKeys,
  replayWebhook,
  resumeWebhook,
  revealWebhookSecret,
  rotateWebhookKey,
  WebhookEndpoint,
  type WebhookEndpointId,
  type WebhookReplayId,
  webhookOperations,
} from './webhook-operations.ts';

const ID = '01936b5e-7c00-7000-8000-000000000001';
const URL_OF_HOOK = 'https://hooks.example.vn/chung';
const takes = (schema: z.ZodType) => (value: unknown) => schema.safeParse(value).success;

describe('an endpoint', () => {
  const created = takes(createWebhook.body);

  test('that says only its address hears every type and is signed by a key whose secret half it never sees', () => {
    expect(createWebhook.body.parse({ url: URL_OF_HOOK })).toEqual({ url: URL_OF_HOOK, description: '', eventTypes: [], signing: 'v1a' });
  });

  test('can subscribe to every type that occurs, and not to the one that is only ever asked for', () => {
    for (const type of Object.keys(EVENT_TYPES))
      expect([type, created({ url: URL_OF_HOOK, eventTypes: [type] })]).toEqual([type, type !== 'webhook.test.v1']);
    expect(created({ url: URL_OF_HOOK, eventTypes: ['redemption.*'] })).toBe(false);
    expect(created({ url: URL_OF_HOOK, eventTypes: ['constructor'] })).toBe(false);
  });

  test.each([
    ['no address', {}],
    ['an address too short for one', { url: 'http://a' }],
    ['an address of 2,001 signs', { url: `https://${'a'.repeat(1_993)}` }],
    ['a description of 201 signs', { url: URL_OF_HOOK, description: 'x'.repeat(201) }],
    ['51 types', { url: URL_OF_HOOK, eventTypes: Array.from({ length: 51 }, () => 'redemption.redeemed.v1') }],
    ['a way of signing that there is not', { url: URL_OF_HOOK, signing: 'none' }],
    ['a secret of its own', { url: URL_OF_HOOK, secret: 'whsec_x' }],
    ['a state', { url: URL_OF_HOOK, state: 'paused' }],
  ])('with %s is refused', (_what, body) => expect(created(body)).toBe(false));

  test('is changed only in what the change names: no default overwrites what is there', () => {
    expect(changeWebhook.body.parse({})).toEqual({});
    expect(changeWebhook.body.parse({ eventTypes: [] })).toEqual({ eventTypes: [] });
    // Keys change by a rotation, where both sign for a while.
    expect(takes(changeWebhook.body)({ signing: 'v1' })).toBe(false);
  });

  test('goes on with the event that failed, unless it is told to leave it out', () => {
    expect(resumeWebhook.body.parse({})).toEqual({ skipFailing: false });
    expect(takes(resumeWebhook.body)({ skipFailing: 'yes' })).toBe(false);
  });

  test('shows public keys and no secret, whatever the server would hand it', () => {
    const key = { id: 'k', signing: 'v1', publicKey: null, createdAt: '2026-11-22T10:00:00Z', retiresAt: null, secret: 'whsec_x' };
    const endpoint = {
      ...{
        id: ID,
        url: URL_OF_HOOK,
        description: '',
        eventTypes: [],
        state: 'active',
        pauseReason: null,
        failing: null,
        secret: 'whsec_y',
      },
      ...{ keys: [key], createdAt: '2026-11-22T10:00:00Z', updatedAt: '2026-11-22T10:00:00Z' },
    };
    expect(JSON.stringify(WebhookEndpoint.parse(endpoint))).not.toContain('whsec_');
    const published = listWebhookPublicKeys.reply.parse({ keys: [{ publicKey: 'whpk_x', retiresAt: null, secret: 'whsk_x' }] });
    expect(published).toEqual({ keys: [{ publicKey: 'whpk_x', retiresAt: null }] });
  });
});

describe('a rotation', () => {
  const rotated = takes(rotateWebhookKey.body);

  test('lets both keys sign for a day unless told, for a week at most, or for no time at all', () => {
    expect(rotateWebhookKey.body.parse({})).toEqual({ overlapHours: 24 });
    expect([-1, 0, 168, 169, 0.5, '24'].map((overlapHours) => rotated({ overlapHours }))).toEqual([false, true, true, false, false, false]);
  });

  test('may change the way of signing, also to the same', () => {
    expect(['v1', 'v1a', 'v2'].map((signing) => rotated({ signing }))).toEqual([true, true, false]);
  });
});

describe('a replay', () => {
  const replayed = takes(replayWebhook.body);
  const [from, until] = ['2026-11-22T00:00:00+07:00', '2026-11-23T00:00:00+07:00'];

  test('is of one event or of a span of time, never of both and never of everything', () => {
    expect([replayed({ eventId: ID }), replayed({ from, until })]).toEqual([true, true]);
    expect([{}, { eventId: ID, from, until }, { from }, { until }, { eventId: ID, until }].map(replayed)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
  });

  test.each(['2026-11-22', '2026-11-22T00:00:00', 'yesterday', 1_763_800_000])('does not begin at %s', (start) => {
    expect(replayed({ from: start, until })).toBe(false);
  });
});

test('tries are filtered by how they ended and by their event, and by nothing else', () => {
  const listed = takes(listWebhookAttempts.query);
  expect([{}, { outcome: 'failed' }, { eventId: ID, outcome: 'delivered', limit: '100' }].map(listed)).toEqual([true, true, true]);
  expect([{ outcome: 'pending' }, { eventId: 'x' }, { limit: '101' }, { status: '500' }].map(listed)).toEqual([false, false, false, false]);
});

test('a secret is shown under the strictest rate and leaves nothing that could be shown again', () => {
  expect([revealWebhookSecret.rate, revealWebhookSecret.idempotency, revealWebhookSecret.method]).toEqual(['sensitive', 'none', 'POST']);
});

test('everything but the public keys needs the one scope of webhooks, under the partner’s own addresses', () => {
  for (const { id, actor, scope, path } of webhookOperations) {
    const isOpen = id === 'webhooks.keys.list';
    expect([id, actor, scope]).toEqual([id, isOpen ? 'public' : 'partner', isOpen ? null : 'partner.webhooks:write']);
    expect(path.startsWith('/v1/partner/webhooks')).toBe(!isOpen);
  }
});

test('an endpoint’s id cannot stand for a replay’s', () => {
  expectTypeOf<WebhookEndpointId>().not.toEqualTypeOf<WebhookReplayId>();
});
