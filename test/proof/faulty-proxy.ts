// A network that misbehaves: it loses requests and answers, sends requests twice, holds them back so that later ones overtake
// them, and lets some arrive long after their sender has given up and asked again.
import { createServer, connect as dial, type Socket } from 'node:net';
import type { Random } from './random.ts';

export type Fault = 'lost request' | 'lost answer' | 'cut at once' | 'sent twice' | 'delayed' | 'late ghost';

export interface FaultyProxy {
  readonly port: number;
  /** How often each fault was made. */
  readonly made: Readonly<Record<Fault, number>>;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

interface Options {
  readonly targets: readonly number[];
  readonly random: Random;
  /** Of a thousand requests; the rest pass as they are. */
  readonly perThousand?: number;
}

const KINDS: readonly Fault[] = ['lost request', 'lost answer', 'cut at once', 'sent twice', 'delayed', 'late ghost'];
const LONGEST_DELAY_MS = 300;
const LONGEST_GHOST_MS = 1_500;
const ANSWER_WITHIN_MS = 20_000;

/** Works for requests that come one at a time on a connection, as its clients send them. */
export async function startFaultyProxy({ targets, random, perThousand = 250 }: Options): Promise<FaultyProxy> {
  const made: Record<Fault, number> = {
    'lost request': 0,
    'lost answer': 0,
    'cut at once': 0,
    'sent twice': 0,
    delayed: 0,
    'late ghost': 0,
  };
  const clients = new Set<Socket>();
  const underWay = new Set<Promise<unknown>>();
  const forward = (request: Buffer): Promise<Buffer | null> => {
    const work = exchange(random.pick(targets), request);
    underWay.add(work);
    void work.then(() => underWay.delete(work));
    return work;
  };
  const later = (most: number, request: Buffer): Promise<Buffer | null> => {
    const work = new Promise<Buffer | null>((resolve) => setTimeout(() => resolve(forward(request)), 5 + random.below(most)));
    underWay.add(work);
    void work.then(() => underWay.delete(work));
    return work;
  };

  const pass = async (client: Socket, request: Buffer): Promise<void> => {
    const fault = random.chance(perThousand) ? random.pick(KINDS) : null;
    if (fault) made[fault] += 1;
    const reply = (answer: Buffer | null) => void (answer ? client.write(answer) : client.destroy());
    switch (fault) {
      case 'lost request':
        return void client.destroy();
      case 'cut at once':
        void forward(request);
        return void client.destroy();
      case 'late ghost':
        void later(LONGEST_GHOST_MS, request);
        return void client.destroy();
      case 'lost answer':
        await forward(request);
        return void client.destroy();
      case 'sent twice':
        void forward(request);
        return reply(await forward(request));
      case 'delayed':
        return reply(await later(LONGEST_DELAY_MS, request));
      case null:
        return reply(await forward(request));
    }
  };

  const server = createServer((client) => {
    clients.add(client);
    let pending = Buffer.alloc(0);
    client.on('error', () => {}).on('close', () => clients.delete(client));
    client.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      const length = messageLength(pending);
      if (length === null) return;
      const request = pending.subarray(0, length);
      pending = pending.subarray(length);
      void pass(client, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    made,
    close: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Bytes of the whole message at the start of the buffer, or null while some are missing. */
function messageLength(buffer: Buffer): number | null {
  const headEnd = buffer.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(buffer.toString('latin1', 0, headEnd))?.[1] ?? 0);
  const whole = headEnd + 4 + length;
  return buffer.length < whole ? null : whole;
}

/** One request on a connection of its own; null when its answer was lost. */
function exchange(port: number, request: Buffer): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const socket = dial({ host: '127.0.0.1', port, noDelay: true });
    let answer = Buffer.alloc(0);
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy());
    socket.on('error', () => {}).on('close', () => resolve(null));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      const length = messageLength(answer);
      if (length === null) return;
      resolve(answer.subarray(0, length));
      socket.destroy();
    });
    socket.write(request);
  });
}
