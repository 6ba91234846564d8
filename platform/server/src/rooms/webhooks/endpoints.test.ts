// Endpoints of a room with a real database: whose they are, what a change leaves as it was, and what the clock does to keys.
import type { EventId, PartnerId, WebhookEndpoint, WebhookEndpointId } from '@chung/contracts';
import { WEBHOOK_ENDPOINTS_MAX, WEBHOOK_REPLAY_DAYS } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWebhookRoom, type WebhookRoom } from '../../../../../test/harness/webhook-room.ts';
import type { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { changeEndpoint, deleteByPartner, pauseByPartner, resumeByPartner } from './change-endpoint.ts';
import { createEndpoint } from './create-endpoint.ts';
import { listAttempts, listReplays } from './list-attempts.ts';
import { listEndpoints, listPublicKeys } from './read-endpoints.ts';
import { replayEvents } from './replay-events.ts';
import { revealSecret, rotateKey } from './rotate-key.ts';
import { sendTestEvent } from './send-test-event.ts';

let room: WebhookRoom;
beforeAll(async () => {
  room = await openWebhookRoom();
});
afterAll(() => room.close());

const URL_OF_TEST = 'http://localhost:1/chung';
const codeOf = (work: Promise<unknown>) => work.then(() => 'done').catch((error: DomainError) => error.code);
const rotated = (ref: { partnerId: PartnerId; id: WebhookEndpointId }, overlapHours: number, signing?: 'v1' | 'v1a') =>
  room.db.tx((tx) => rotateKey(room.ports, tx, { ref, overlapHours, signing }));

describe('an endpoint of another partner, and one that does not exist,', () => {
  const strangers = async () => {
    const mine = await room.endpoint(URL_OF_TEST);
    return [
      { partnerId: newId<PartnerId>(), id: mine.id },
      { partnerId: mine.partnerId, id: newId<WebhookEndpointId>() },
    ];
  };
  const eventId = newId<EventId>();
  const acts: Readonly<Record<string, (ref: { partnerId: PartnerId; id: WebhookEndpointId }) => Promise<unknown>>> = {
    read: (ref) => room.look(ref),
    change: (ref) => room.db.tx((tx) => changeEndpoint(room.ports, tx, { ref, body: { description: 'x' } })),
    pause: (ref) => room.db.tx((tx) => pauseByPartner(room.ports, tx, ref)),
    resume: (ref) => room.db.tx((tx) => resumeByPartner(room.ports, tx, { ref, skipFailing: false })),
    delete: (ref) => room.db.tx((tx) => deleteByPartner(tx, ref)),
    rotate: (ref) => rotated(ref, 1),
    reveal: (ref) => revealSecret(room.ports, room.db, ref),
    replay: (ref) => room.db.tx((tx) => replayEvents(room.ports, tx, { ref, body: { eventId } })),
    test: (ref) => sendTestEvent(room.ports, ref),
    attempts: (ref) => listAttempts(room.ports, ref, { limit: 5 }),
    replays: (ref) => listReplays(room.ports, ref, { limit: 5 }),
  };
  test.each(Object.keys(acts))('is not there to %s', async (act) => {
    const codes = await Promise.all((await strangers()).map((ref) => codeOf(acts[act]?.(ref) ?? Promise.resolve())));
    expect(codes).toEqual(['not_found', 'not_found']);
  });
});

describe('a change', () => {
  const withoutTimes = ({ updatedAt: _, ...rest }: WebhookEndpoint) => rest;

  test('of one thing leaves the others, the keys and the state as they were', async () => {
    const made = await room.endpoint(URL_OF_TEST, { eventTypes: ['offer.published.v1'] });
    const { partnerId: _, ...before } = made;
    const after = await room.db.tx((tx) => changeEndpoint(room.ports, tx, { ref: made, body: { description: 'Quầy mới' } }));
    expect(withoutTimes(after)).toEqual({ ...withoutTimes(before), description: 'Quầy mới' });
    const wider = await room.db.tx((tx) => changeEndpoint(room.ports, tx, { ref: made, body: { eventTypes: [] } }));
    expect(withoutTimes(wider)).toEqual({ ...withoutTimes(after), eventTypes: [] });
  });

  test('to an address that may not be called is refused, and the old one stays', async () => {
    const made = await room.endpoint(URL_OF_TEST);
    for (const url of ['http://example.vn/', 'https://10.0.0.1/', 'https://example.vn:25/', 'nonsense'])
      expect(await codeOf(room.db.tx((tx) => changeEndpoint(room.ports, tx, { ref: made, body: { url } })))).toBe('webhook_url_refused');
    expect((await room.look(made)).url).toBe(URL_OF_TEST);
  });

  test('writes an address as the parser understood it, so that what is shown is what is called', async () => {
    const made = await room.endpoint(URL_OF_TEST);
    const body = { url: 'HTTPS://Hook.Example.VN:443/a/../b' };
    const after = await room.db.tx((tx) => changeEndpoint(room.ports, tx, { ref: made, body }));
    expect(after.url).toBe('https://hook.example.vn/b');
  });
});

test('a pause and a resumption can be said twice, and mean what they meant the first time', async () => {
  const made = await room.endpoint(URL_OF_TEST);
  const pause = () => room.db.tx((tx) => pauseByPartner(room.ports, tx, made));
  const resume = () => room.db.tx((tx) => resumeByPartner(room.ports, tx, { ref: made, skipFailing: true }));
  for (const paused of [await pause(), await pause()]) expect([paused.state, paused.pauseReason]).toEqual(['paused', 'partner']);
  for (const going of [await resume(), await resume()]) expect([going.state, going.pauseReason]).toEqual(['active', null]);
});

test('the last endpoint that a partner may have is made once, however many ask for it at the same moment', async () => {
  const partnerId = newId<PartnerId>();
  for (let count = 1; count < WEBHOOK_ENDPOINTS_MAX; count++) await room.endpoint(URL_OF_TEST, { partnerId });
  const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(room.endpoint(URL_OF_TEST, { partnerId }))));
  expect(codes.toSorted()).toEqual(['done', ...Array.from({ length: 5 }, () => 'too_many_webhooks')]);
  expect((await listEndpoints(room.ports, partnerId, { limit: 100 })).items).toHaveLength(WEBHOOK_ENDPOINTS_MAX);
});

test('an endpoint that is refused leaves nothing: no row and no key', async () => {
  const body = { url: 'https://192.168.1.1/', description: '', eventTypes: [], signing: 'v1a' as const };
  const partnerId = newId<PartnerId>();
  expect(await codeOf(room.db.tx((tx) => createEndpoint(room.ports, tx, { partnerId, body })))).toBe('webhook_url_refused');
  const { rows } = await room.owner.query('SELECT 1 FROM chung.webhook_keys WHERE partner_id = $1', [partnerId]);
  expect([rows, (await listEndpoints(room.ports, partnerId, { limit: 1 })).items]).toEqual([[], []]);
});

test('a list shows each endpoint once, oldest first, whatever the size of its pages', async () => {
  const partnerId = newId<PartnerId>();
  const made: string[] = [];
  for (let count = 0; count < 5; count++) made.push((await room.endpoint(URL_OF_TEST, { partnerId })).id);
  for (const limit of [1, 2, 5]) {
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await listEndpoints(room.ports, partnerId, { limit, cursor: cursor ?? undefined });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(made);
  }
});

describe('a rotation', () => {
  const signingOf = (endpoint: WebhookEndpoint) => endpoint.keys.map(({ signing, retiresAt }) => [signing, retiresAt !== null]);

  test('keeps the way of signing unless another is asked for, and the old key until its overlap is over', async () => {
    const made = await room.endpoint(URL_OF_TEST, { signing: 'v1' });
    expect(signingOf(await rotated(made, 1))).toEqual([
      ['v1', false],
      ['v1', true],
    ]);
    expect(signingOf(await rotated(made, 2, 'v1a'))[0]).toEqual(['v1a', false]);
    room.advance(3 * 3_600);
    expect(signingOf(await room.look(made))).toEqual([['v1a', false]]);
  });

  test('keeps the way of signing also without an overlap, when no old key is left to tell it', async () => {
    const made = await room.endpoint(URL_OF_TEST, { signing: 'v1' });
    expect(signingOf(await rotated(made, 0))).toEqual([['v1', false]]);
  });

  test('does not let a key that was to retire live longer', async () => {
    const made = await room.endpoint(URL_OF_TEST);
    const [, first] = (await rotated(made, 1)).keys;
    const again = (await rotated(made, 72)).keys.find(({ id }) => id === first?.id);
    expect(again?.retiresAt).toBe(first?.retiresAt);
  });

  test('at the most live keys is refused and changes nothing; when one has retired it goes', async () => {
    const made = await room.endpoint(URL_OF_TEST);
    await rotated(made, 10);
    const full = await rotated(made, 10);
    expect(full.keys).toHaveLength(3);
    expect(await codeOf(rotated(made, 1))).toBe('conflict');
    expect((await room.look(made)).keys).toEqual(full.keys);
    room.advance(11 * 3_600);
    expect((await rotated(made, 0)).keys).toHaveLength(1);
  });

  test('of two at once makes two keys, one after the other', async () => {
    const made = await room.endpoint(URL_OF_TEST);
    await Promise.all([rotated(made, 5), rotated(made, 5)]);
    const { keys } = await room.look(made);
    expect(keys).toHaveLength(3);
    expect(keys.filter(({ retiresAt }) => retiresAt === null)).toHaveLength(1);
  });

  test('is followed by the published list, which holds public halves of live keys and nothing of a shared secret', async () => {
    const made = await room.endpoint(URL_OF_TEST);
    const shared = await rotated(made, 1, 'v1');
    const published = await listPublicKeys(room.ports, made.id);
    const known = shared.keys.flatMap(({ publicKey, retiresAt }) => (publicKey === null ? [] : [{ publicKey, retiresAt }]));
    expect(published.keys).toEqual(known);
    expect(known).toHaveLength(1);
    room.advance(2 * 3_600);
    expect(await listPublicKeys(room.ports, made.id)).toEqual({ keys: [] });
    expect(await codeOf(listPublicKeys(room.ports, newId<WebhookEndpointId>()))).toBe('not_found');
  });

  test('shows the new shared secret once again, though the one before was shown already', async () => {
    const made = await room.endpoint(URL_OF_TEST, { signing: 'v1' });
    const first = await revealSecret(room.ports, room.db, made);
    expect(await codeOf(revealSecret(room.ports, room.db, made))).toBe('wrong_state');
    await rotated(made, 1);
    const second = await revealSecret(room.ports, room.db, made);
    expect([first.secret, second.secret].every((secret) => secret.startsWith('whsec_'))).toBe(true);
    expect(second.secret).not.toBe(first.secret);
    expect(second.keyId).toBe((await room.look(made)).keys[0]?.id);
  });
});

describe('a replay', () => {
  const HOUR_MS = 3_600_000;
  const at = (offsetMs: number) => new Date(room.ports.now().getTime() + offsetMs).toISOString();
  const asked = (ref: { partnerId: PartnerId; id: WebhookEndpointId }, from: string, until: string) =>
    room.db.tx((tx) => replayEvents(room.ports, tx, { ref, body: { from, until } }));
  const oldest = -WEBHOOK_REPLAY_DAYS * 24 * HOUR_MS;

  test.each([
    ['no time at all', 0, 0, 'validation_failed'],
    ['a time that runs backwards', 0, -1, 'validation_failed'],
    ['a moment', -1, 0, 'done'],
    ['as long ago as there is', oldest + 2_000, 0, 'done'],
    ['longer ago than there is', oldest - 2_000, 0, 'validation_failed'],
  ])('of %s: %i to %i ms is %s', async (_, from, until, expected) => {
    const made = await room.endpoint(URL_OF_TEST);
    const [start, end] = [at(from), at(until)];
    expect(await codeOf(asked(made, start, end))).toBe(expected);
  });

  test('is one of three at a time, and each is listed, newest first', async () => {
    const made = await room.endpoint(URL_OF_TEST);
    const ids: string[] = [];
    for (let count = 0; count < 3; count++) ids.push((await asked(made, at(-HOUR_MS), at(0))).id);
    expect(await codeOf(asked(made, at(-HOUR_MS), at(0)))).toBe('conflict');
    const { items } = await listReplays(room.ports, made, { limit: 10 });
    expect(items.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test('of an event of another partner is as good as of none', async () => {
    const [mine, other] = [await room.endpoint(URL_OF_TEST), newId<PartnerId>()];
    const [eventId] = await room.events(other, 1);
    if (eventId === undefined) throw new Error('no event was made');
    expect(await codeOf(room.db.tx((tx) => replayEvents(room.ports, tx, { ref: mine, body: { eventId } })))).toBe('not_found');
  });
});
