// A partner's webhook receiver on loopback that behaves as it is told, and a dead one in each of the ways of being dead.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What it answers: a status, or a hand on the response itself. */
export type Behaviour = (received: Received, response: ServerResponse) => number | undefined;

export interface Receiver {
  readonly origin: string;
  /** Everything that came, also what was refused, in the order of arrival. */
  readonly received: Received[];
  behave(behaviour: Behaviour): void;
  /** Ids of accepted deliveries at a path, each once, in the order of the first arrival. */
  ids(path: string): string[];
  close(): Promise<void>;
}

const accept: Behaviour = () => 204;

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const accepted: Received[] = [];
  let behaviour = accept;
  const server = createServer((request, response) => {
    readBody(request).then(
      (body) => {
        const one = { path: request.url ?? '', headers: plain(request), body };
        received.push(one);
        response.on('finish', () => {
          if (response.statusCode >= 200 && response.statusCode < 300) accepted.push(one);
        });
        const status = behaviour(one, response);
        if (status === undefined) return;
        response.writeHead(status).end(status === 204 || status === 304 ? undefined : `answer ${status}`);
      },
      () => response.destroy(),
    );
  });
  server.keepAliveTimeout = 60_000;
  const port = await listening(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    behave: (next) => {
      behaviour = next;
    },
    ids: (path) => [...new Set(accepted.filter((one) => one.path === path).map(({ headers }) => headers['webhook-id'] ?? ''))],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `black-hole` takes the connection and says nothing; `slow-loris` answers a byte at a time; `reset` cuts every connection. */
export type Death = 'black-hole' | 'slow-loris' | 'reset';

export interface DeadReceiver {
  readonly origin: string;
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function openDeadReceiver(death: Death): Promise<DeadReceiver> {
  const open = new Set<Socket>();
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections++;
    open.add(socket);
    socket.on('error', () => {});
    const drip = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => {
      clearInterval(drip);
      open.delete(socket);
    });
    if (death !== 'slow-loris') clearInterval(drip);
    if (death === 'slow-loris') socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
    if (death === 'reset') socket.resetAndDestroy();
  });
  const port = await listening(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

export function listening(server: TcpServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const plain = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
