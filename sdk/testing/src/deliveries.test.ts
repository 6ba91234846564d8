// What is signed here must be taken by `@chung/webhooks` as the platform's own, and by nobody's key but its own.
import { EVENT_TYPES, type EventType } from '@chung/contracts';
import { memorySeen, once, verifyWebhook } from '@chung/webhooks';
import { describe, expect, test } from 'vitest';
import { createFakePlatform, deliveriesOf, movableClock, requestOf, sampleEvent, signedDelivery, webhookSigner } from './index.ts';

const TYPES = Object.keys(EVENT_TYPES).filter((name): name is EventType => Object.hasOwn(EVENT_TYPES, name));

describe.each(['v1a', 'v1'] as const)('signed by %s', (version) => {
  test.each(TYPES)('%s verifies and parses', async (type) => {
    const signer = await webhookSigner(version);
    const event = sampleEvent(type);
    const request = requestOf(await signedDelivery(event, signer));
    expect(await verifyWebhook(await request.text(), request.headers, signer.key)).toMatchObject({ id: event.id, type, data: event.data });
  });

  test('not by another key, nor with another body, nor at another time', async () => {
    const [signer, other] = await Promise.all([webhookSigner(version), webhookSigner(version)]);
    const { headers, body } = await signedDelivery(sampleEvent('webhook.test.v1'), signer);
    await expect(verifyWebhook(body, headers, other.key)).rejects.toMatchObject({ code: 'no_matching_signature' });
    await expect(verifyWebhook(`${body} `, headers, signer.key)).rejects.toMatchObject({ code: 'no_matching_signature' });
    const late = await signedDelivery(sampleEvent('webhook.test.v1'), signer, { at: new Date(Date.now() - 301_000) });
    await expect(verifyWebhook(late.body, late.headers, signer.key)).rejects.toMatchObject({ code: 'too_old' });
    const rotated = await signedDelivery(sampleEvent('webhook.test.v1'), [other, signer]);
    expect(await verifyWebhook(rotated.body, rotated.headers, signer.key)).toMatchObject({ type: 'webhook.test.v1' });
  });
});

test('a sample takes values, and none that the contract would not', () => {
  expect(sampleEvent('redemption.redeemed.v1', { memberRef: 'ref-minh' }).data['memberRef']).toBe('ref-minh');
  expect(() => sampleEvent('redemption.redeemed.v1', { feeMinor: -1 })).toThrow();
  // @ts-expect-error no such field
  sampleEvent('consent.withdrawn.v1', { colour: 'red' });
});

test('the platform’s events come in order, doubled or reversed, as the switches say', async () => {
  const platform = createFakePlatform({ startAt: '2026-11-22T13:00:00Z' });
  const signer = await webhookSigner();
  const { lan, minh } = platform.members;
  const claimed = [lan, minh].map((member) => platform.store.claim(member, platform.offers.instant));
  for (const one of claimed) platform.store.move(one, 'FULFILLED');
  const ids = platform.store.events.map(({ id }) => id);
  const idsNow = async () => (await deliveriesOf(platform, signer)).map(({ id }) => id);
  expect(await idsNow()).toEqual(ids);
  expect(await platform.switches.during({ deliveries: 'reordered' }, idsNow)).toEqual(ids.toReversed());
  const doubled = await platform.switches.during({ deliveries: 'duplicated' }, () => deliveriesOf(platform, signer));
  const seen = memorySeen();
  const outcomes = [];
  for (const { body, headers } of doubled) {
    const event = await verifyWebhook(body, headers, { keys: signer.key, now: platform.clock.now() });
    outcomes.push(await once(event, seen, () => {}));
  }
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(ids.length);
});

test('a clock stands, moves and runs', () => {
  const clock = movableClock('2026-11-22T13:00:00Z');
  clock.advance(90);
  expect(clock.now().toISOString()).toBe('2026-11-22T13:01:30.000Z');
  clock.run();
  clock.advance(10);
  expect(clock.now().getTime()).toBeGreaterThanOrEqual(Date.parse('2026-11-22T13:01:40.000Z'));
  clock.stopAt('2030-01-01T00:00:00Z');
  expect(clock.now().getUTCFullYear()).toBe(2030);
  expect(Math.abs(movableClock().now().getTime() - Date.now())).toBeLessThan(1_000);
});
