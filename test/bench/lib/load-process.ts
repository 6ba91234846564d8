// The load: keep-alive connections on plain sockets, each with one request under way, in a process of its own. On two cores a
// general load tool takes as much of the machine as the server does; this one only writes prepared bytes and finds the end of
// each answer. Reads its order as JSON from the file named on the command line and answers JSON.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { LoadOrder, LoadReport } from './load.ts';

const order: LoadOrder = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const statuses: Record<string, number> = {};
const latencies: number[] = [];
const began = performance.now();
const until = began + order.seconds * 1000;
let nextCaller = Math.floor(Math.random() * order.callers.length);
let answered = 0;
let lost = 0;

let nextBody = 0;

/** Null when there is nothing left to send. */
function request(port: number): string | null {
  const body = order.bodies === undefined ? '{}' : order.bodies[nextBody++];
  if (body === undefined) return null;
  const caller = order.callers[nextCaller++ % order.callers.length] ?? '';
  const path = order.paths[Math.floor(Math.random() * order.paths.length)] ?? '/';
  const head = `${path} HTTP/1.1\r\nhost: localhost:${port}\r\n`;
  if (order.method === 'GET') return `GET ${head}${order.headers}${caller}\r\n`;
  const key = `idempotency-key: ${randomBytes(16).toString('hex')}\r\n`;
  return `POST ${head}${key}${order.headers}${caller}content-length: ${body.length}\r\n\r\n${body}`;
}

/** One answer of ours: a head, a body as long as the head says, or in chunks. Resolves to null while it is not whole. */
function readAnswer(text: string): { status: string; length: number } | null {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1];
  if (length === undefined) throw new Error(`an answer without a length: ${text.slice(0, head)}`);
  const whole = head + 4 + Number(length);
  return text.length < whole ? null : { status: text.slice(9, 12), length: whole };
}

function openConnection(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    let received = '';
    let sent = 0;
    const send = () => {
      const next = request(port);
      if (next === null) return void socket.end();
      sent = performance.now();
      socket.write(next);
    };
    socket.setNoDelay(true);
    // One character a byte, so that lengths count bytes.
    socket.setEncoding('latin1');
    socket.on('connect', send);
    socket.on('data', (chunk: string) => {
      received += chunk;
      const answer = readAnswer(received);
      if (!answer) return;
      const now = performance.now();
      if (now < until) {
        latencies.push(now - sent);
        answered++;
      }
      const problem = answer.status.startsWith('2') ? '' : ` ${/"code":"(\w+)"/.exec(received)?.[1] ?? ''}`;
      statuses[answer.status + problem] = (statuses[answer.status + problem] ?? 0) + 1;
      received = received.slice(answer.length);
      if (now < until && !isOver(answer.status)) send();
      else socket.end();
    });
    socket.on('error', () => {
      lost++;
    });
    socket.on('close', () => resolve());
  });
}

/** A sale that is measured until it is sold out ends for a connection with its first refusal. */
const isOver = (status: string): boolean => order.stopAtRefusal && !status.startsWith('2');

await Promise.all(Array.from({ length: order.connections }, (_, index) => openConnection(order.ports[index % order.ports.length] ?? 0)));
latencies.sort((a, b) => a - b);
const quantile = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
const report: LoadReport = {
  rate: answered / Math.min(order.seconds, (performance.now() - began) / 1000),
  p50: quantile(0.5),
  p99: quantile(0.99),
  longest: latencies.at(-1) ?? Number.NaN,
  statuses,
  lost,
};
process.stdout.write(JSON.stringify(report));
