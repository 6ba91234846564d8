// Walking a partner's events: where it begins, that each comes once, and that it can be gone on with from any of them.
import { ApiError, UnreachableError } from '@chung/client';
import { EventId, type PartnerEvent } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import type { Account } from '../account/index.ts';
import { CliError } from '../commands/command.ts';
import { findEvent, follow, type Placed, type Position, readUntil, type Start } from './reading.ts';

type Asked = { readonly cursor?: string | undefined; readonly from?: string | undefined; readonly limit?: number | undefined };
const BEGIN = Date.UTC(2026, 10, 28);

/** The n-th event, a minute each; its id tells its time as a UUIDv7 does. */
function eventAt(n: number): PartnerEvent {
  const at = BEGIN + n * 60_000;
  const time = at.toString(16).padStart(12, '0');
  const id = EventId.parse(`${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(n).padStart(12, '0')}`);
  return { id, type: 'redemption.redeemed.v1', occurredAt: new Date(at).toISOString(), data: { n } };
}

/** A list as the platform keeps it, whose cursors are the number of events before. `fails` answers an error for a call, by its number. */
function listOf(events: PartnerEvent[], fails: (call: number) => unknown = () => null) {
  const asked: Asked[] = [];
  const list = async (query: Asked) => {
    asked.push(query);
    const error = fails(asked.length);
    if (error) throw error;
    const from =
      query.from === 'now'
        ? events.length
        : events.findIndex(({ occurredAt }) => query.from && Date.parse(occurredAt) >= Date.parse(query.from) - 60_000);
    const start = query.cursor === undefined ? (query.from === undefined ? 0 : from < 0 ? events.length : from) : Number(query.cursor);
    const items = events.slice(start, start + (query.limit ?? 20));
    return { items, nextCursor: String(start + items.length) };
  };
  const told = (error: unknown) =>
    error instanceof Error
      ? new CliError({ text: { vi: error.message, en: error.message }, next: { vi: '', en: '' }, exitCode: 3, cause: error })
      : error;
  const client = { partner: { events: { list } } };
  const ask = (call: (chung: typeof client) => Promise<unknown>) =>
    call(client).catch((error: unknown) => {
      throw told(error);
    });
  // Of an account only this is used here; the whole one is tested against the platform.
  return { asked, account: { issuer: 'https://chung.example', client, ask, told } as unknown as Account<'partner.events:read'> };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => eventAt(n));
const numbers = (placed: readonly Placed[]) => placed.map(({ event }) => event.data['n']);
const never = () => new AbortController().signal;

/** Follows until so many have come. */
async function followed(
  account: Account<'partner.events:read'>,
  start: Start,
  count: number,
  told = { lost: () => {}, back: () => {} },
): Promise<Placed[]> {
  const stop = new AbortController();
  const got: Placed[] = [];
  for await (const placed of follow({ account, start, stop: stop.signal }, told)) {
    got.push(placed);
    if (got.length === count) stop.abort();
  }
  return got;
}

describe('following', () => {
  test('gives each once and in order, over pages', async () => {
    const { account, asked } = listOf(many(230));
    expect(numbers(await followed(account, { at: 'oldest' }, 230))).toEqual(many(230).map((_, n) => n));
    expect(asked.map(({ limit }) => limit)).toEqual([1, 100, 100, 100]);
  });

  test('can be gone on with from every single event, with nothing lost and nothing twice', async () => {
    const events = many(120);
    const all = await followed(listOf(events).account, { at: 'oldest' }, 120);
    for (const at of [0, 1, 2, 57, 99, 100, 101, 118]) {
      const position: Position | undefined = all[at]?.position;
      if (!position) throw new Error('each has its place');
      expect(numbers(await followed(listOf(events).account, position, 120 - at - 1))).toEqual(
        many(120)
          .map((_, n) => n)
          .slice(at + 1),
      );
    }
  });

  test('goes on at the beginning of the page when the event it stopped at is no longer there', async () => {
    const { account } = listOf(many(5));
    expect(numbers(await followed(account, { at: 'cursor', cursor: '2', afterEvent: eventAt(9).id }, 3))).toEqual([2, 3, 4]);
  });

  test('begins at what is to come', async () => {
    const events = many(3);
    const { account } = listOf(events);
    const got = followed(account, { at: 'now' }, 2);
    setTimeout(() => events.push(eventAt(3), eventAt(4)), 100);
    expect(numbers(await got)).toEqual([3, 4]);
  });

  test('begins at a moment, and not at those of the minute before that the platform gives too', async () => {
    const from = new Date(BEGIN + 3 * 60_000);
    expect(numbers(await followed(listOf(many(6)).account, { at: 'time', from }, 3))).toEqual([3, 4, 5]);
  });

  test('waits out a lost connection, a platform in trouble and one that asks for patience, telling it once', async () => {
    const troubles = [new UnreachableError(null), new ApiError({ status: 503, code: 'unavailable' })];
    const told: string[] = [];
    const { account, asked } = listOf(many(2), (call) => troubles[call - 1] ?? null);
    const got = await followed(account, { at: 'oldest' }, 2, { lost: () => void told.push('lost'), back: () => void told.push('back') });
    expect([numbers(got), told, asked.length]).toEqual([[0, 1], ['lost', 'back'], 4]);
  }, 20_000);

  test.each([401, 403, 404, 422])('ends at a refusal by %i', async (status) => {
    const { account } = listOf(many(2), () => new ApiError({ status, code: 'x', title: 'No' }));
    await expect(followed(account, { at: 'oldest' }, 2)).rejects.toThrow('No');
  });

  test('ends without a word when it is stopped while it waits', async () => {
    const stop = new AbortController();
    const { account } = listOf([]);
    setTimeout(() => stop.abort(), 50);
    for await (const _ of follow({ account, start: { at: 'now' }, stop: stop.signal }, { lost: () => {}, back: () => {} }))
      throw new Error('nothing comes');
    expect(stop.signal.aborted).toBe(true);
  });
});

describe('reading what has passed', () => {
  const read = async (events: PartnerEvent[], start: Start, until: Date | null) => {
    const got: Placed[] = [];
    for await (const placed of readUntil({ account: listOf(events).account, start, stop: never() }, until)) got.push(placed);
    return numbers(got);
  };

  test('ends with the last there is, or before a moment', async () => {
    expect(await read(many(205), { at: 'oldest' }, null)).toHaveLength(205);
    expect(await read(many(9), { at: 'time', from: new Date(BEGIN + 60_000) }, new Date(BEGIN + 3 * 60_000))).toEqual([1, 2]);
    expect(await read([], { at: 'oldest' }, null)).toEqual([]);
  });

  test('does not miss an event that stands behind one of a little later', async () => {
    // By transaction, not by time.
    expect(await read([eventAt(0), eventAt(2), eventAt(1)], { at: 'oldest' }, new Date(BEGIN + 90_000))).toEqual([0, 1]);
  });

  test('finds one by its id without reading all that came before', async () => {
    const { account, asked } = listOf(many(500));
    expect((await findEvent({ account, stop: never() }, eventAt(400).id))?.event.data).toEqual({ n: 400 });
    expect(asked.length).toBeLessThan(4);
    expect(await findEvent({ account, stop: never() }, eventAt(4_000).id)).toBeNull();
    expect(await findEvent({ account, stop: never() }, eventAt(400).id.replace(/.$/, 'f'))).toBeNull();
  });
});
