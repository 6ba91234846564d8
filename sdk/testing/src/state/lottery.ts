import { verifyDraw } from '@chung/client/draw';
import type { Draw } from '@chung/contracts';
import { promote } from './queue.ts';
import type { FakeEntry, FakeLottery, FakeOffer } from './records.ts';
import type { Store } from './state.ts';
import { unitsOf } from './units.ts';

const SEED_BYTES = 32;
const TICKET_BYTES = 16;

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export const newTicket = (): string =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(TICKET_BYTES))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Terms with a lottery were published. The first seed is kept for ever; only the times may change, and only while entries are open. */
export function openLottery(store: Store, offer: FakeOffer): void {
  const { allocation } = offer.terms;
  if (allocation.mode !== 'lottery') return;
  const { entriesFrom, entriesUntil } = allocation;
  const known = store.lotteries.get(offer.id);
  if (known) {
    if (known.state === 'OPEN') Object.assign(known, { entriesFrom, entriesUntil });
    return;
  }
  store.lotteries.set(offer.id, {
    offer,
    seed: hexOf(crypto.getRandomValues(new Uint8Array(SEED_BYTES))),
    committedAt: store.now().toISOString(),
    entriesFrom,
    entriesUntil,
    state: 'OPEN',
    digest: null,
    tickets: null,
    units: null,
    closedAt: null,
    drawnAt: null,
  });
}

/** Whoever takes part: before the draw everyone who is in, afterwards everyone who was ranked; by their tickets. */
export const participantsOf = (store: Store, offer: FakeOffer): (FakeEntry & { ticket: string })[] =>
  store
    .entriesOf(offer)
    .filter((entry): entry is FakeEntry & { ticket: string } => entry.ticket !== null && (entry.state === 'ENTERED' || entry.rank !== null))
    .toSorted((a, b) => (a.ticket < b.ticket ? -1 : 1));

/** Closes a lottery whose entries are over and draws it, as at that moment. What can be recomputed is computed by what recomputes it. */
export async function drawLottery(store: Store, lottery: FakeLottery): Promise<void> {
  const { offer, seed } = lottery;
  const taking = participantsOf(store, offer);
  const digest = await sha256(new TextEncoder().encode(taking.map(({ ticket }) => `${ticket}\n`).join('')));
  const tickets = taking.length;
  const drawn: Draw = { ...(await publicDraw(lottery)), digest, seed, tickets };
  const { ranking } = await verifyDraw(
    drawn,
    taking.map(({ ticket }) => ({ ticket, rank: null })),
  );
  const at = new Date(lottery.entriesUntil);
  store.asAt(at, () => {
    for (const entry of taking) Object.assign(entry, { state: 'WAITING', rank: ranking.indexOf(entry.ticket) + 1 });
    const moment = at.toISOString();
    const { available: units } = unitsOf(store, offer);
    Object.assign(lottery, { state: 'DRAWN', digest, tickets, units, closedAt: moment, drawnAt: moment });
    promote(store, offer);
  });
}

/** What anyone may know of a lottery at each time; never the seed before the draw has used it. */
export async function publicDraw({ offer, seed, ...lottery }: FakeLottery): Promise<Draw> {
  return {
    offerId: offer.id,
    algorithm: 'chung-draw-v1',
    ...lottery,
    commitment: await sha256(bytesOf(seed)),
    seed: lottery.state === 'DRAWN' ? seed : null,
  };
}
