import type { Db } from '../../../kernel/db.ts';
import type { Position } from '../endpoint.ts';
import type { Lane } from './lane.ts';
import { readPages } from './relay-store.ts';

/** A page is small: a lane that is far behind asks often, and memory stays bounded with thousands of lanes. */
const PAGE = 100;
/** The most wishes of one statement. */
const WISHES_MAX = 500;

/**
 * Reads on for every hungry lane. Lanes of a partner that stand at the same place share one page, which is the common case: all
 * endpoints of a partner are up to date together. Answers whether anything came.
 */
export async function readEvents(db: Db, hungry: readonly { lane: Lane; from: Position }[], horizon: string): Promise<boolean> {
  const places = Map.groupBy(hungry, ({ lane, from }) => {
    const { end } = lane.stream;
    return `${lane.endpoint.partnerId} ${from.txid} ${from.id} ${end ? `${end.txid} ${end.id}` : ''}`;
  });
  const groups = [...places.values()];
  let found = false;
  for (let at = 0; at < groups.length; at += WISHES_MAX) {
    const part = groups.slice(at, at + WISHES_MAX);
    const wishes = part.flatMap(([first]) =>
      first ? [{ partnerId: first.lane.endpoint.partnerId, after: first.from, end: first.lane.stream.end }] : [],
    );
    const pages = await readPages(db, { wishes, horizon, limit: PAGE });
    for (const [index, group] of part.entries()) {
      const events = pages[index] ?? [];
      found ||= events.length > 0;
      for (const { lane, from } of group) lane.feed(events, { from, complete: lane.stream.end !== null && events.length < PAGE });
    }
  }
  return found;
}
