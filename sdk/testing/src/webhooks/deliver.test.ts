// Webhooks as the fake platform sends them, verified by what partners verify with.
import { verifyWebhook } from '@chung/webhooks';
import { describe, expect, test } from 'vitest';
import { connectFakePartner, createFakePlatform, OTHER_PARTNER } from '../index.ts';

interface Received {
  readonly id: string;
  readonly type: string;
  readonly headers: Headers;
  readonly body: string;
}

function started(answer: (received: Received) => Response = () => new Response(null, { status: 204 })) {
  const received: Received[] = [];
  const state = { answer };
  const platform = createFakePlatform({
    startAt: '2026-11-22T13:00:00Z',
    receiver: async (request) => {
      const body = await request.text();
      const one = { id: request.headers.get('webhook-id') ?? '', type: JSON.parse(body).type, headers: request.headers, body };
      received.push(one);
      return state.answer(one);
    },
  });
  const { webhooks } = connectFakePartner(platform, { scopes: ['partner.webhooks:write'] }).partner;
  const create = (body: { eventTypes?: ('redemption.reversed.v1' | 'redemption.redeemed.v1')[]; signing?: 'v1' | 'v1a' } = {}) =>
    webhooks.create({ url: 'https://partner.test/webhooks', ...body });
  const claim = () => platform.store.claim(platform.members.lan, platform.addOffer());
  const verified = ({ body, headers }: Received, key: string) => verifyWebhook(body, headers, { keys: key, now: platform.clock.now() });
  const answerWith = (next: typeof answer) => {
    state.answer = next;
  };
  return { platform, webhooks, create, claim, received, verified, answerWith };
}

function nth(received: readonly Received[], index: number): Received {
  const one = received[index];
  if (!one) throw new Error(`only ${received.length} were received`);
  return one;
}

const status = (code: number, headers: Record<string, string> = {}) => new Response('sự cố', { status: code, headers });

describe('deliveries', () => {
  test('bring what happened since the endpoint was made, in order and once, signed by its key', async () => {
    const { platform, create, claim, received, verified, webhooks } = started();
    claim();
    const endpoint = await create();
    const claims = [claim(), claim()];
    platform.store.claim(platform.members.minh, platform.addOffer({}, OTHER_PARTNER));
    expect(received).toEqual([]);
    await platform.deliver();
    await platform.deliver();
    expect(received).toHaveLength(2);
    for (const [index, one] of received.entries())
      expect(await verified(one, endpoint.keys[0]?.publicKey ?? '')).toMatchObject({ data: { redemptionId: claims[index]?.id } });
    const { items } = await webhooks.attempts.list({ endpointId: endpoint.id });
    expect(items.map(({ cause, delivered, status: seen }) => [cause, delivered, seen])).toEqual([
      ['event', true, 204],
      ['event', true, 204],
    ]);
  });

  test('bring only what was asked for, and pass by the rest', async () => {
    const { platform, create, claim, received } = started();
    await create({ eventTypes: ['redemption.reversed.v1'] });
    const redemption = claim();
    platform.store.move(redemption, 'REVERSED', { reason: 'trả hàng' });
    await platform.deliver();
    expect(received.map(({ type }) => type)).toEqual(['redemption.reversed.v1']);
  });

  test('wait behind an event that is refused, which is tried again by the table, and no sooner', async () => {
    const { platform, create, claim, received, answerWith, webhooks } = started(() => status(500));
    const { id: endpointId } = await create();
    claim();
    claim();
    await platform.deliver();
    await platform.deliver();
    expect(received).toHaveLength(1);
    expect(await webhooks.get({ endpointId })).toMatchObject({
      failing: { attempts: 1, nextTryAt: '2026-11-22T13:00:05.000Z', lastError: 'HTTP 500' },
    });
    platform.clock.advance(5);
    await platform.deliver();
    expect(received).toHaveLength(2);
    answerWith(() => status(200));
    platform.clock.advance(29);
    await platform.deliver();
    expect(received).toHaveLength(2);
    platform.clock.advance(1);
    await platform.deliver();
    expect(received.map(({ id }) => id)).toEqual([...new Array(3).fill(received[0]?.id), received[3]?.id]);
    expect(await webhooks.get({ endpointId })).toMatchObject({ failing: null });
    const { items } = await webhooks.attempts.list({ endpointId, outcome: 'failed' });
    expect(items).toMatchObject([{ attempt: 2, responseExcerpt: 'sự cố' }, { attempt: 1 }]);
  });

  test('end after twelve tries: the endpoint rests, the partner is told, and goes on where it stood or behind it', async () => {
    const { platform, create, claim, received, answerWith, webhooks } = started(() => status(503, { 'retry-after': '7200' }));
    const { id: endpointId } = await create();
    claim();
    const second = claim();
    for (let i = 0; i < 20; i++) {
      await platform.deliver();
      platform.clock.advance(120_000);
    }
    expect(received).toHaveLength(12);
    expect(await webhooks.get({ endpointId })).toMatchObject({
      state: 'paused',
      pauseReason: 'failing',
      failing: { attempts: 12, nextTryAt: null },
    });
    expect(platform.store.events.at(-1)).toMatchObject({ type: 'webhook.endpoint_paused.v1', data: { endpointId, reason: 'failing' } });
    answerWith(() => status(200));
    await webhooks.resume({ endpointId, skipFailing: true });
    await platform.deliver();
    expect(received.slice(12).map(({ type }) => type)).toEqual(['redemption.redeemed.v1', 'webhook.endpoint_paused.v1']);
    expect(JSON.parse(received[12]?.body ?? '').data.redemptionId).toBe(second.id);
  });

  test('end at once where the address is gone, and nothing follows a redirect', async () => {
    const gone = started(() => status(410));
    const { id: endpointId } = await gone.create();
    gone.claim();
    await gone.platform.deliver();
    expect(await gone.webhooks.get({ endpointId })).toMatchObject({ state: 'paused', pauseReason: 'gone' });
    const moved = started(() => status(302, { location: 'https://elsewhere.example' }));
    await moved.create();
    moved.claim();
    await moved.platform.deliver();
    expect(moved.received).toHaveLength(1);
  });

  test('reach nobody without a receiver, and a code says so', async () => {
    const platform = createFakePlatform();
    const { webhooks } = connectFakePartner(platform, { scopes: ['partner.webhooks:write'] }).partner;
    const { id: endpointId } = await webhooks.create({ url: 'https://partner.test/webhooks' });
    expect(await webhooks.test({ endpointId })).toMatchObject({
      cause: 'test',
      delivered: false,
      status: null,
      error: 'ENOTFOUND',
      nextTryAt: null,
    });
  });

  test('come twice where the switches say so', async () => {
    const { platform, create, claim, received } = started();
    await create();
    claim();
    await platform.switches.during({ deliveries: 'duplicated' }, () => platform.deliver());
    expect(received).toHaveLength(2);
    expect(received[0]?.id).toBe(received[1]?.id);
  });
});

describe('keys', () => {
  test('sign side by side during a rotation, and the old one ends with its time', async () => {
    const { platform, create, claim, received, verified, webhooks } = started();
    const { id: endpointId, keys } = await create();
    const old = keys[0]?.publicKey ?? '';
    const rotated = await webhooks.keys.rotate({ endpointId, overlapHours: 1 });
    const fresh = rotated.keys[0]?.publicKey ?? '';
    claim();
    await platform.deliver();
    for (const key of [old, fresh]) expect(await verified(nth(received, 0), key)).toMatchObject({ type: 'redemption.redeemed.v1' });
    platform.clock.advance(3_600);
    claim();
    await platform.deliver();
    expect((await verified(nth(received, 1), fresh)).type).toBe('redemption.redeemed.v1');
    await expect(verified(nth(received, 1), old)).rejects.toThrow();
  });

  test('that are shared are shown once, and sign', async () => {
    const { create, received, verified, webhooks } = started();
    const { id: endpointId } = await create({ signing: 'v1' });
    const { secret } = await webhooks.secret.reveal({ endpointId });
    await webhooks.test({ endpointId });
    expect((await verified(nth(received, 0), secret)).type).toBe('webhook.test.v1');
    await expect(webhooks.secret.reveal({ endpointId })).rejects.toMatchObject({ code: 'wrong_state' });
  });
});

describe('a replay', () => {
  test('sends again what was passed, under the same ids and in order, and counts', async () => {
    const { platform, create, claim, received, webhooks } = started();
    const { id: endpointId } = await create();
    for (let i = 0; i < 3; i++) claim();
    await platform.deliver();
    const ids = received.map(({ id }) => id);
    await webhooks.replays.create({ endpointId, from: '2026-11-22T12:00:00Z', until: '2026-11-22T14:00:00Z' });
    const [, middle] = platform.store.events;
    if (!middle) throw new Error('three events are there');
    await webhooks.replays.create({ endpointId, eventId: middle.id });
    await platform.deliver();
    expect(received.slice(3).map(({ id }) => id)).toEqual([...ids, middle.id]);
    const { items } = await webhooks.replays.list({ endpointId });
    expect(items.map(({ state, delivered }) => [state, delivered])).toEqual([
      ['done', 1],
      ['done', 3],
    ]);
  });

  test('is tried again by itself, and holds up nothing', async () => {
    const { platform, create, claim, received, answerWith, webhooks } = started();
    const { id: endpointId } = await create();
    claim();
    await platform.deliver();
    await webhooks.replays.create({ endpointId, from: '2026-11-22T12:00:00Z', until: '2026-11-22T14:00:00Z' });
    answerWith(() => status(500));
    await platform.deliver();
    answerWith(() => status(200));
    claim();
    await platform.deliver();
    expect(received).toHaveLength(3);
    expect((await webhooks.replays.list({ endpointId })).items).toMatchObject([{ state: 'running', delivered: 0 }]);
    platform.clock.advance(5);
    await platform.deliver();
    expect((await webhooks.replays.list({ endpointId })).items).toMatchObject([{ state: 'done', delivered: 1 }]);
  });
});
