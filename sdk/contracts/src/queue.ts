import { z } from 'zod';
import { Instant, OfferId } from './values.ts';

/**
 * A member's place in an offer's queue.
 *
 * `ENTERED` in a lottery that is not drawn yet · `WAITING` in line · `PROMISED` a unit is kept for this member until `promisedUntil` ·
 * `TAKEN` claimed · `LAPSED` not claimed in time · `SKIPPED` the turn came when the member's limit was reached · `LEFT` by the member ·
 * `CLOSED` the queue is over.
 */
export const QueueEntryState = z.enum(['ENTERED', 'WAITING', 'PROMISED', 'TAKEN', 'LAPSED', 'SKIPPED', 'LEFT', 'CLOSED']);
export type QueueEntryState = z.infer<typeof QueueEntryState>;

/** Places are counted up to here; what lies behind is told as one more. */
export const QUEUE_PLACE_MAX = 10_000;

export const QueueEntry = z.object({
  offerId: OfferId,
  state: QueueEntryState,
  joinedAt: Instant,
  /** 1 is the next; null unless WAITING. 10,001 stands for "more than 10,000". */
  place: z.int().min(1).nullable(),
  /** Until when the unit is kept; null unless PROMISED. */
  promisedUntil: Instant.nullable(),
  /** Opaque; stands for the member in the published list of a lottery. Null in a waiting list. */
  ticket: z.string().nullable(),
  /** Place in the draw, 1 is the first; null before the draw and in a waiting list. */
  rank: z.int().min(1).nullable(),
});
export type QueueEntry = z.infer<typeof QueueEntry>;

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * A lottery for anyone to check. `commitment` is there from publication; `digest` and `tickets` from the close; `seed` and `units` from
 * the draw. `verifyDraw` of `@chung/client/draw` recomputes it.
 */
export const Draw = z.object({
  offerId: OfferId,
  /** How to recompute it; another way of drawing gets another name. */
  algorithm: z.literal('chung-draw-v1'),
  state: z.enum(['OPEN', 'CLOSED', 'DRAWN']),
  /** SHA-256 of the seed, hex. */
  commitment: hex32,
  entriesFrom: Instant,
  entriesUntil: Instant,
  /** SHA-256 over all tickets in byte order, each followed by a line feed, hex. */
  digest: hex32.nullable(),
  /** How many tickets take part. */
  tickets: z.int().nullable(),
  /** 32 bytes, hex. */
  seed: hex32.nullable(),
  /** Units there were at the draw: ranks up to this number won. */
  units: z.int().nullable(),
  committedAt: Instant,
  closedAt: Instant.nullable(),
  drawnAt: Instant.nullable(),
});
export type Draw = z.infer<typeof Draw>;

/** One line of the published list, in byte order of the tickets. */
export const DrawTicket = z.object({ ticket: z.string(), rank: z.int().min(1).nullable() });
export type DrawTicket = z.infer<typeof DrawTicket>;
