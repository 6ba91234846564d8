// A way to PostgreSQL that counts what the driver asks: statements executed, and round trips (each waits for an answer).
import { createServer, connect as open, type Socket } from 'node:net';

export interface CountingWire {
  /** The same database through this way. */
  readonly url: string;
  /** Since the last call. */
  take(): { statements: number; roundTrips: number };
  close(): Promise<void>;
}

const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;

/** Splits the client's bytes into messages (PostgreSQL protocol 3: a type, a length that counts itself, the content). */
export function messageReader(onMessage: (type: string) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  // The start-up message alone has no type.
  let started = false;
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const typeBytes = started ? TYPE_BYTES : 0;
      if (pending.length < typeBytes + LENGTH_BYTES) return;
      const whole = typeBytes + pending.readInt32BE(typeBytes);
      if (pending.length < whole) return;
      if (started) onMessage(String.fromCharCode(pending[0] ?? 0));
      started = true;
      pending = pending.subarray(whole);
    }
  };
}

export async function openCountingWire(databaseUrl: string): Promise<CountingWire> {
  const target = new URL(databaseUrl);
  let counted = { statements: 0, roundTrips: 0 };
  const count = (type: string) => {
    // A simple Query is both; of the extended protocol, Execute runs a statement and Sync waits.
    if (type === 'Q' || type === 'E') counted.statements++;
    if (type === 'Q' || type === 'S') counted.roundTrips++;
  };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = open(Number(target.port || 5432), target.hostname);
    const read = messageReader(count);
    for (const socket of [client, upstream]) {
      sockets.add(socket.on('error', () => socket.destroy()));
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', read).pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return {
    url: url.href,
    take: () => {
      const taken = counted;
      counted = { statements: 0, roundTrips: 0 };
      return taken;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
