import { createHash, createHmac, type Hash, randomBytes } from 'node:crypto';

/**
 * The draw `chung-draw-v1`, in full:
 *
 *   commitment = SHA-256(seed), published before the first entry
 *   digest     = SHA-256(all tickets in byte order, each followed by a line feed), published at the close
 *   key        = SHA-256("chung-draw-v1" LF seed in hex LF digest in hex LF)
 *   rank       = place of HMAC-SHA256(key, ticket) among all, in byte order; equal ones by ticket
 *
 * The digest is part of the key, so that not one ticket can be added or taken away without a new order of all. `verifyDraw`
 * of the client says the same in other words; the tests hold the two against each other.
 */
export const DRAW_ALGORITHM = 'chung-draw-v1';

const SEED_BYTES = 32;
const TICKET_BYTES = 16;

export const newSeed = (): Buffer => randomBytes(SEED_BYTES);

/** Opaque and unguessable: the published list must not tell who entered, nor let anyone find out by trying. */
export const newTicket = (): string => randomBytes(TICKET_BYTES).toString('base64url');

export const commitmentOf = (seed: Uint8Array): Buffer => createHash('sha256').update(seed).digest();

/** Takes the tickets in byte order, part by part: a national list need not fit into memory. */
export function createDigest(): { add(tickets: readonly string[]): void; end(): Buffer } {
  const hash: Hash = createHash('sha256');
  return {
    add: (tickets) => {
      for (const ticket of tickets) hash.update(`${ticket}\n`, 'utf8');
    },
    end: () => hash.digest(),
  };
}

export function keyOf(seed: Buffer, digest: Buffer): Buffer {
  return createHash('sha256')
    .update(`${DRAW_ALGORITHM}\n${seed.toString('hex')}\n${digest.toString('hex')}\n`, 'utf8')
    .digest();
}

/**
 * The two padded keys of HMAC (RFC 2104), for a place that has SHA-256 but no HMAC: the database ranks by
 * `sha256(outer || sha256(inner || ticket))`, so that millions of tickets need not leave it.
 */
export function paddedKeys(key: Buffer): { inner: Buffer; outer: Buffer } {
  const block = Buffer.alloc(64);
  key.copy(block);
  const padded = (pad: number) => Buffer.from(block.map((byte) => byte ^ pad));
  return { inner: padded(0x36), outer: padded(0x5c) };
}

/** The order of a whole draw in memory; what the database does is held against it. */
export function rankTickets(seed: Buffer, tickets: readonly string[]): string[] {
  const digest = createDigest();
  digest.add(tickets.toSorted(byBytes));
  const key = keyOf(seed, digest.end());
  const scored = tickets.map((ticket) => ({ ticket, score: createHmac('sha256', key).update(ticket, 'utf8').digest() }));
  return scored.sort((a, b) => Buffer.compare(a.score, b.score) || byBytes(a.ticket, b.ticket)).map(({ ticket }) => ticket);
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
