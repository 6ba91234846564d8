import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, UnreachableError } from '@chung/client';
import type { PartnerEvent } from '@chung/contracts';
import type { Account } from '../account/index.ts';
import { CliError } from '../commands/command.ts';

/** Where to begin: at a cursor (behind an event of its page, if one is named), at a moment, at what is to come, or at the oldest event kept. */
export type Start =
  | { readonly at: 'cursor'; readonly cursor: string; readonly afterEvent: string | null }
  | { readonly at: 'time'; readonly from: Date }
  | { readonly at: 'now' }
  | { readonly at: 'oldest' };

/** Where to go on once this event is done. */
export type Position = Extract<Start, { readonly at: 'cursor' }>;

export interface Placed {
  readonly event: PartnerEvent;
  readonly position: Position;
}

export interface Reading {
  readonly account: Account<'partner.events:read'>;
  readonly start: Start;
  readonly stop: AbortSignal;
}

/** A platform that cannot be reached for a while is told once, and once more when it is back. */
export interface FollowTold {
  lost(error: CliError): void;
  back(): void;
}

const PAGE = 100;
const PAUSE_MS = 1_500;
/** Pauses after one, two, … failures in a row. */
const LOST_PAUSES_MS = [2_000, 5_000, 10_000, 30_000] as const;
/** Order is by transaction: an event may stand among those of a minute later (see `partner.events.list`). */
const SPREAD_MS = 60_000;

interface Page {
  readonly placed: readonly Placed[];
  readonly next: string;
  /** Nothing stands behind it at present. */
  readonly isLast: boolean;
}

async function readPage({ account, start, stop }: Reading, cursor: string | null): Promise<Page> {
  // The very first page has no cursor that leads to it, only one that leads on; so it holds one event, and every event has a place.
  const limit = cursor === null ? 1 : PAGE;
  const query = cursor === null ? startQuery(start) : { cursor };
  const { items, nextCursor: next } = await account.client.partner.events.list({ limit, ...query }, { signal: stop });
  if (next === null) throw new Error('The list of events ended, which it never does.');
  const placed = items.map((event, index): Placed => {
    const isEnd = index === items.length - 1 || cursor === null;
    return { event, position: { at: 'cursor', cursor: isEnd ? next : cursor, afterEvent: isEnd ? null : event.id } };
  });
  return { placed: wanted(placed, start), next, isLast: items.length === 0 };
}

const cursorOf = (start: Start): string | null => (start.at === 'cursor' ? start.cursor : null);

function startQuery(start: Start): { from?: string } {
  switch (start.at) {
    case 'time':
      return { from: start.from.toISOString() };
    case 'now':
      return { from: 'now' };
    case 'oldest':
    case 'cursor':
      return {};
  }
}

function wanted(placed: readonly Placed[], start: Start): readonly Placed[] {
  if (start.at === 'time') return placed.filter(({ event }) => Date.parse(event.occurredAt) >= start.from.getTime());
  if (start.at !== 'cursor' || start.afterEvent === null) return placed;
  // Only the first page can hold it; in others it is not found, and nothing is left out.
  return placed.slice(placed.findIndex(({ event }) => event.id === start.afterEvent) + 1);
}

/** Events as they come, in order, until it is stopped. Rejects with a `CliError` when the platform refuses; a lost connection is waited out. */
export async function* follow(reading: Reading, told: FollowTold): AsyncGenerator<Placed, void, undefined> {
  let cursor = cursorOf(reading.start);
  let failures = 0;
  while (!reading.stop.aborted) {
    let page: Page;
    try {
      page = await readPage(reading, cursor);
    } catch (error) {
      if (reading.stop.aborted) return;
      const pauseMs = pauseAfter(error, reading, failures);
      if (failures === 0) told.lost(asCliError(error, reading));
      failures += 1;
      await pause(pauseMs, undefined, { signal: reading.stop }).catch(() => {});
      continue;
    }
    if (failures > 0) told.back();
    failures = 0;
    yield* page.placed;
    if (page.isLast) await pause(PAUSE_MS, undefined, { signal: reading.stop }).catch(() => {});
    cursor = page.next;
  }
}

/** Waiting helps where nobody answered, and where the platform says when to come back; for all else it throws. */
function pauseAfter(error: unknown, { account }: Reading, failures: number): number {
  const isPassing = error instanceof UnreachableError || (error instanceof ApiError && (error.status === 429 || error.status >= 500));
  if (!isPassing) throw account.told(error);
  const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
  return Math.max(asked, LOST_PAUSES_MS[failures] ?? LOST_PAUSES_MS.at(-1) ?? 0);
}

function asCliError(error: unknown, { account }: Reading): CliError {
  const told = account.told(error);
  if (told instanceof CliError) return told;
  throw told;
}

/** The events of a time that has passed, in order: `[from, until)`, or to the last there is; fewer when it is stopped. */
export async function* readUntil(reading: Reading, until: Date | null): AsyncGenerator<Placed, void, undefined> {
  for (let cursor = cursorOf(reading.start); ; ) {
    const page: Page | null = await reading.account
      .ask(() => readPage(reading, cursor))
      .catch((error: unknown) => {
        if (reading.stop.aborted) return null;
        throw error;
      });
    if (!page || page.isLast) return;
    for (const placed of page.placed) {
      const occurred = Date.parse(placed.event.occurredAt);
      if (until && occurred >= until.getTime() + SPREAD_MS) return;
      if (!until || occurred < until.getTime()) yield placed;
    }
    cursor = page.next;
  }
}

/** One event by its id, which tells its own time (UUIDv7, RFC 9562 §5.7); null when it is not there, or no longer. */
export async function findEvent(reading: Omit<Reading, 'start'>, eventId: string): Promise<Placed | null> {
  const made = Number.parseInt(eventId.replaceAll('-', '').slice(0, 12), 16);
  const start: Start = { at: 'time', from: new Date(made - SPREAD_MS) };
  for await (const placed of readUntil({ ...reading, start }, new Date(made + SPREAD_MS))) if (placed.event.id === eventId) return placed;
  return null;
}
