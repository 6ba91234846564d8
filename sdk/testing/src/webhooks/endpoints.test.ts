// Endpoints, their keys and replays at their limits, through the client that partners use.
import { WEBHOOK_ENDPOINTS_MAX, WEBHOOK_REPLAY_DAYS } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { RETRY_DELAYS_SECONDS } from '../../../../platform/server/src/rooms/webhooks/schedule.ts';
import { connectFakePartner, createFakePlatform } from '../index.ts';

const NOW = '2026-11-22T13:00:00.000Z';
const url = 'https://partner.test/webhooks';
const DAY_SECONDS = 86_400;

function started(answer: () => Response = () => new Response(null, { status: 204 })) {
  const heard: string[] = [];
  const platform = createFakePlatform({
    startAt: NOW,
    receiver: ({ headers }) => {
      heard.push(headers.get('webhook-signature') ?? '');
      return answer();
    },
  });
  const { webhooks } = connectFakePartner(platform, { scopes: ['partner.webhooks:write'] }).partner;
  const claim = () => platform.store.claim(platform.members.lan, platform.addOffer());
  return { platform, webhooks, heard, claim };
}
const later = (seconds: number) => new Date(Date.parse(NOW) + seconds * 1000).toISOString();

describe('endpoints', () => {
  test('are as many as the contract says, and one that is deleted makes room', async () => {
    const { webhooks } = started();
    const made = [];
    for (let i = 0; i < WEBHOOK_ENDPOINTS_MAX; i++) made.push(await webhooks.create({ url }));
    await expect(webhooks.create({ url })).rejects.toMatchObject({ code: 'too_many_webhooks' });
    await webhooks.delete({ endpointId: made[0]?.id as never });
    expect(await webhooks.create({ url })).toMatchObject({ state: 'active' });
  });

  test('keep their address, and every other setting, when a change is refused', async () => {
    const { webhooks } = started();
    const { id: endpointId } = await webhooks.create({ url, description: 'Chính' });
    await expect(webhooks.change({ endpointId, description: 'Khác', url: 'https://10.0.0.1/' })).rejects.toMatchObject({
      code: 'webhook_url_refused',
    });
    expect(await webhooks.get({ endpointId })).toMatchObject({ url, description: 'Chính' });
    expect(await webhooks.change({ endpointId, description: '' })).toMatchObject({ url, description: '' });
  });

  test('that rest miss nothing: what happened meanwhile is sent when they go on', async () => {
    const { platform, webhooks, heard, claim } = started();
    const { id: endpointId } = await webhooks.create({ url });
    await webhooks.pause({ endpointId });
    claim();
    await platform.deliver();
    expect(heard).toEqual([]);
    await webhooks.resume({ endpointId });
    await platform.deliver();
    expect(heard).toHaveLength(1);
  });
});

describe('keys', () => {
  test('are three at once at most; when an old one has retired there is room again', async () => {
    const { platform, webhooks, heard, claim } = started();
    const { id: endpointId } = await webhooks.create({ url });
    await webhooks.keys.rotate({ endpointId, overlapHours: 2 });
    await webhooks.keys.rotate({ endpointId, overlapHours: 5 });
    await expect(webhooks.keys.rotate({ endpointId, overlapHours: 1 })).rejects.toMatchObject({ code: 'conflict' });
    claim();
    await platform.deliver();
    expect(heard[0]?.split(' ')).toHaveLength(3);
    // The first was to retire after two hours, which the second rotation did not put off.
    platform.clock.advance(2 * 3_600);
    expect(await webhooks.keys.rotate({ endpointId, overlapHours: 1 })).toMatchObject({ keys: [{}, {}, {}] });
  });

  test('are of the manner of those before them unless another is asked for, and without an overlap replaced at once', async () => {
    const { webhooks } = started();
    const { id: endpointId } = await webhooks.create({ url, signing: 'v1' });
    for (const overlapHours of [24, 0]) {
      const [same] = (await webhooks.keys.rotate({ endpointId, overlapHours })).keys;
      expect([same?.signing, same?.publicKey]).toEqual(['v1', null]);
    }
    const [open, ...others] = (await webhooks.keys.rotate({ endpointId, overlapHours: 0, signing: 'v1a' })).keys;
    expect([open?.signing, open?.publicKey?.startsWith('whpk_'), others]).toEqual(['v1a', true, []]);
  });

  test('that are shared are never in what is read, and a new one is shown once more', async () => {
    const { webhooks } = started();
    const { id: endpointId } = await webhooks.create({ url, signing: 'v1' });
    const { secret } = await webhooks.secret.reveal({ endpointId });
    await webhooks.keys.rotate({ endpointId });
    const again = await webhooks.secret.reveal({ endpointId });
    expect(again.secret).not.toBe(secret);
    for (const read of [await webhooks.get({ endpointId }), await webhooks.list()])
      for (const hidden of [secret, again.secret]) expect(JSON.stringify(read)).not.toContain(hidden);
  });
});

describe('tries', () => {
  test('come again after the platform’s times, to the second', async () => {
    const { platform, webhooks, heard, claim } = started(() => new Response(null, { status: 500 }));
    await webhooks.create({ url });
    claim();
    await platform.deliver();
    for (const [index, seconds] of RETRY_DELAYS_SECONDS.entries()) {
      platform.clock.advance(seconds - 1);
      await platform.deliver();
      expect(heard).toHaveLength(index + 1);
      platform.clock.advance(1);
      await platform.deliver();
      expect(heard).toHaveLength(index + 2);
    }
  });

  test.each([
    [503, '60', 60],
    [429, '60', 60],
    [503, '3', 5],
    [503, String(10 * DAY_SECONDS), DAY_SECONDS],
    [500, '60', 5],
    [503, 'soon', 5],
    [503, '-60', 5],
    [503, '1e3', 5],
    [503, '0x100', 5],
    [503, '9999999999', 5],
    [503, 'Sun, 22 Nov 2026 13:02:00 GMT', 120],
    [503, 'Sun, 22 Nov 2026 12:00:00 GMT', 5],
    [429, 'Mon, 30 Nov 2026 13:00:00 GMT', DAY_SECONDS],
    [503, '2026-11-22T13:02:00Z', 5],
  ])('answered %i with “retry-after: %s” come after %i seconds', async (status, retryAfter, seconds) => {
    const { platform, webhooks, claim } = started(() => new Response(null, { status, headers: { 'retry-after': retryAfter } }));
    const { id: endpointId } = await webhooks.create({ url });
    claim();
    await platform.deliver();
    expect(await webhooks.get({ endpointId })).toMatchObject({ failing: { nextTryAt: later(seconds) } });
  });

  test('keep five hundred signs of an answer, without what is no text', async () => {
    const { webhooks } = started(() => new Response(`a\u0000b\n${'x'.repeat(600)}`, { status: 400 }));
    const { id: endpointId } = await webhooks.create({ url });
    const { responseExcerpt } = await webhooks.test({ endpointId });
    expect(responseExcerpt).toBe(`a b\n${'x'.repeat(496)}`);
  });
});

describe('replays', () => {
  test('reach back as many days as the contract says, and no further', async () => {
    const { platform, webhooks, claim } = started();
    const { id: endpointId } = await webhooks.create({ url });
    claim();
    await platform.deliver();
    const [event] = platform.store.events;
    if (!event) throw new Error('a claim writes an event');
    platform.clock.advance(WEBHOOK_REPLAY_DAYS * DAY_SECONDS);
    expect(await webhooks.replays.create({ endpointId, eventId: event.id })).toMatchObject({ state: 'running', eventId: event.id });
    platform.clock.advance(1);
    await expect(webhooks.replays.create({ endpointId, eventId: event.id })).rejects.toMatchObject({ code: 'not_found' });
    const period = { endpointId, from: NOW, until: later(60) };
    await expect(webhooks.replays.create(period)).rejects.toMatchObject({ code: 'validation_failed', fields: [{ path: 'from' }] });
  });

  test('of a period hold what happened in it, its end not among them, and only what has had its turn', async () => {
    const { platform, webhooks, heard, claim } = started();
    const { id: endpointId } = await webhooks.create({ url });
    for (let i = 0; i < 3; i++) {
      claim();
      platform.clock.advance(60);
    }
    await platform.deliver();
    claim();
    await webhooks.replays.create({ endpointId, from: NOW, until: later(120) });
    await webhooks.replays.create({ endpointId, from: later(120), until: later(10_000) });
    await platform.deliver();
    expect((await webhooks.replays.list({ endpointId })).items.map(({ delivered }) => delivered)).toEqual([1, 2]);
    expect(heard).toHaveLength(3 + 1 + 3);
  });
});
