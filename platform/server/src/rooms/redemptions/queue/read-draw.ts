import type { Draw, DrawTicket, OfferId } from '@chung/contracts';
import { DomainError } from '../../../kernel/errors.ts';
import { type Page, pageFrom } from '../../../kernel/page.ts';
import { DRAW_ALGORITHM } from './draw.ts';
import { findLottery, type LotteryRow, ticketsAfter } from './lottery-store.ts';
import type { QueuePorts } from './queue-ports.ts';

async function lotteryOf({ db }: Pick<QueuePorts, 'db'>, offerId: OfferId): Promise<LotteryRow> {
  const lottery = await findLottery(db, offerId);
  if (!lottery) throw new DomainError('not_found');
  return lottery;
}

/** What anyone may know of a lottery, at each time: never the seed before the draw has used it. */
export async function readDraw(ports: Pick<QueuePorts, 'db'>, offerId: OfferId): Promise<Draw> {
  const lottery = await lotteryOf(ports, offerId);
  return {
    offerId,
    algorithm: DRAW_ALGORITHM,
    state: lottery.state,
    commitment: lottery.commitment.toString('hex'),
    entriesFrom: lottery.entriesFrom.toISOString(),
    entriesUntil: lottery.entriesUntil.toISOString(),
    digest: lottery.digest?.toString('hex') ?? null,
    tickets: lottery.tickets,
    seed: lottery.seed?.toString('hex') ?? null,
    units: lottery.units,
    committedAt: lottery.committedAt.toISOString(),
    closedAt: lottery.closedAt?.toISOString() ?? null,
    drawnAt: lottery.drawnAt?.toISOString() ?? null,
  };
}

/** The frozen list. Before the close there is none: a list that still grows could be paged to watch who enters when. */
export async function listDrawTickets(
  ports: Pick<QueuePorts, 'db' | 'cursors'>,
  offerId: OfferId,
  query: { cursor?: string | undefined; limit: number },
): Promise<Page<DrawTicket>> {
  const lottery = await lotteryOf(ports, offerId);
  if (lottery.state === 'OPEN') throw new DomainError('wrong_state');
  const cursors = ports.cursors.ofList(`draws.tickets/${offerId}`);
  const after = cursors.decode(query.cursor)?.[0] ?? '';
  const tickets = await ticketsAfter(ports.db, { offerId, after, limit: query.limit + 1 });
  return pageFrom(tickets, { limit: query.limit, cursors, position: ({ ticket }) => [ticket], item: (ticket) => ticket });
}
