import type { Draw, DrawTicket, OfferId } from '@chung/contracts';
import type { Client } from './types.ts';
import { type DrawCheck, verifyDraw } from './verify-draw.ts';

export { type DrawCheck, type DrawProblem, verifyDraw } from './verify-draw.ts';

/** What `checkDraw` needs of a client; both entry points of this package give one. */
type Caller = Pick<Client, 'call'>;

const TICKETS_A_PAGE = 5_000;

/**
 * Reads a lottery with its whole list of tickets and recomputes it. Before the close there is no list, and the problem is `not_drawn`.
 * Throws as the client does when the platform cannot be reached or there is no such draw.
 *
 * @example
 * const client = createClient({ baseUrl: 'https://chung.example' });
 * const { verified, problems, draw } = await checkDraw(client, offerId);
 */
export async function checkDraw(client: Caller, offerId: OfferId): Promise<DrawCheck & { readonly draw: Draw }> {
  const draw = await client.call('draws.get', { params: { offerId } });
  const tickets: DrawTicket[] = [];
  for (let cursor: string | null | undefined; draw.state === 'DRAWN' && cursor !== null; ) {
    const query = { limit: TICKETS_A_PAGE, ...(cursor !== undefined && { cursor }) };
    const page = await client.call('draws.tickets.list', { params: { offerId }, query });
    tickets.push(...page.items);
    cursor = page.nextCursor;
  }
  return { ...(await verifyDraw(draw, tickets)), draw };
}
