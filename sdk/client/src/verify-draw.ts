import type { Draw, DrawTicket } from '@chung/contracts';

/**
 * What does not fit, in the order it is looked at.
 * - `not_drawn`: there is nothing to check yet.
 * - `commitment`: the seed is not the one that was promised before the first entry.
 * - `list`: the tickets are not in byte order, one comes twice, or there are more or fewer than were frozen.
 * - `digest`: the list is not the one that was frozen at the close.
 * - `ranks`: the published order is not the one that seed and list give.
 */
export type DrawProblem = 'not_drawn' | 'commitment' | 'list' | 'digest' | 'ranks';

export interface DrawCheck {
  /** True when nothing is wrong. */
  readonly verified: boolean;
  readonly problems: readonly DrawProblem[];
  /** The tickets as seed and list rank them, first place first; empty before the draw. */
  readonly ranking: readonly string[];
}

const ALGORITHM = 'chung-draw-v1';
/** Signatures under way at once: enough to keep the browser busy, few enough to keep it alive. */
const TOGETHER = 2_000;
const text = new TextEncoder();

/**
 * Recomputes a published lottery from nothing but what is published: `draws.get` and every page of `draws.tickets.list` (`checkDraw` reads them).
 * Runs in browsers and in Node, needs no account and asks nobody.
 *
 * It proves that the order follows from a seed chosen before the first entry and from a list that has not changed since the close. It
 * cannot prove that the platform, which knew the seed, entered no tickets of its own; see decision 0009.
 *
 * @example
 * const client = createClient({ baseUrl: 'https://chung.example' });
 * const draw = await client.call('draws.get', { params: { offerId } });
 * const { items } = await client.call('draws.tickets.list', { params: { offerId }, query: { limit: 5000 } });
 * const { verified, problems } = await verifyDraw(draw, items);
 */
export async function verifyDraw(draw: Draw, tickets: readonly DrawTicket[]): Promise<DrawCheck> {
  const { seed, digest } = draw;
  if (draw.algorithm !== ALGORITHM || seed === null || digest === null) return { verified: false, problems: ['not_drawn'], ranking: [] };
  const problems: DrawProblem[] = [];
  if (hexOf(await sha256(bytesOf(seed))) !== draw.commitment) problems.push('commitment');
  const names = tickets.map(({ ticket }) => ticket);
  const inOrder = names.every((name, index) => index === 0 || compareText(names[index - 1] ?? '', name) < 0);
  if (!inOrder || names.length !== draw.tickets) problems.push('list');
  const recomputed = hexOf(await sha256(text.encode(names.map((name) => `${name}\n`).join(''))));
  if (recomputed !== digest) problems.push('digest');
  // Ranked by the list as it is given: a changed ticket shows as a wrong digest and as a wrong order.
  const ranking = await rank(seed, recomputed, names);
  const published = new Map(tickets.map(({ ticket, rank }) => [ticket, rank]));
  if (ranking.some((ticket, index) => published.get(ticket) !== index + 1)) problems.push('ranks');
  return { verified: problems.length === 0, problems, ranking };
}

async function rank(seed: string, digest: string, tickets: readonly string[]): Promise<string[]> {
  const material = await sha256(text.encode(`${ALGORITHM}\n${seed}\n${digest}\n`));
  const key = await crypto.subtle.importKey('raw', material, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const scored: { ticket: string; score: string }[] = [];
  for (let from = 0; from < tickets.length; from += TOGETHER) {
    const signed = tickets.slice(from, from + TOGETHER).map(async (ticket) => ({
      ticket,
      score: hexOf(await crypto.subtle.sign('HMAC', key, text.encode(ticket))),
    }));
    scored.push(...(await Promise.all(signed)));
  }
  return scored.sort((a, b) => compareText(a.score, b.score) || compareText(a.ticket, b.ticket)).map(({ ticket }) => ticket);
}

const sha256 = (bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> => crypto.subtle.digest('SHA-256', bytes);

const hexOf = (bytes: ArrayBuffer): string => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Tickets and hex are ASCII, where the order of characters is the order of bytes. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
