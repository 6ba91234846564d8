// Receivers of webhooks in a process of their own: one port that answers 204 at once, and three that are dead in different ways. Plain
// sockets, because on two cores a whole HTTP server would take as much as what is measured. Talks over Node's process channel.
import { createServer, type Socket } from 'node:net';
import type { ReceiverCommand, ReceiverReport } from './webhook-receiver.ts';

interface Stream {
  last: number;
  count: number;
}

const ANSWER = 'HTTP/1.1 204 No Content\r\n\r\n';
const streams = new Map<string, Stream>();
const delaysMs: number[] = [];
const broken: string[] = [];

/** Each event carries its number in its partner's stream: a gap, a repeat or a turn shows at once. */
function take(head: string, body: string): void {
  const path = /^POST (\S+)/.exec(head)?.[1] ?? '';
  const number = Number(/"memberRef": ?"(\d+)"/.exec(body)?.[1]);
  const occurredAt = Date.parse(/"timestamp":"([^"]+)"/.exec(body)?.[1] ?? '');
  const stream = streams.get(path) ?? { last: 0, count: 0 };
  streams.set(path, stream);
  if (number !== stream.last + 1 && broken.length < 5) broken.push(`${path}: ${number} came after ${stream.last}`);
  stream.last = number;
  stream.count++;
  delaysMs.push(Date.now() - occurredAt);
}

function serve(socket: Socket): void {
  let received: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (;;) {
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = received.toString('latin1', 0, headEnd);
      const whole = headEnd + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < whole) return;
      take(head, received.toString('utf8', headEnd + 4, whole));
      received = received.subarray(whole);
      socket.write(ANSWER);
    }
  });
}

const dead = {
  blackHole: (socket: Socket) => void socket.on('error', () => {}),
  slowLoris: (socket: Socket) => {
    const drip = setInterval(() => socket.write('x'), 100);
    socket.on('error', () => {}).on('close', () => clearInterval(drip));
    socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
  },
  reset: (socket: Socket) => void socket.on('error', () => {}).resetAndDestroy(),
};

const open = (handle: (socket: Socket) => void): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer(handle).listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });

process.on('message', (command: ReceiverCommand) => {
  if (command === 'forget') {
    streams.clear();
    delaysMs.length = 0;
    broken.length = 0;
  }
  delaysMs.sort((a, b) => a - b);
  const delivered = [...streams.values()].reduce((sum, { count }) => sum + count, 0);
  const p99 = delaysMs[Math.floor(delaysMs.length * 0.99)] ?? Number.NaN;
  const report: ReceiverReport = { delivered, streams: streams.size, p99, broken: [...broken] };
  process.send?.(report);
});

const [healthy, ...deadPorts] = await Promise.all([serve, dead.blackHole, dead.slowLoris, dead.reset].map(open));
process.send?.({ healthy, dead: deadPorts });
