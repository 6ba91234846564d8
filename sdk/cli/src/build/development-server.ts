import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import type { BuiltEvent } from './hot-client.ts';

export interface DevelopmentServer {
  readonly origin: string;
  /** Where the files are; ends with `/`. */
  readonly folderUrl: string;
  tell(event: BuiltEvent): void;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/** Longer than any proxy keeps a silent connection, and than a browser waits before it connects anew. */
const HEARTBEAT_MS = 15_000;

/**
 * Serves the files of a folder to a frame without an origin, and tells it of builds (server-sent events).
 *
 * Such a frame is any frame without an origin, also one of a page that the developer happens to visit. So the files lie under a path that
 * nobody can guess, new at every start.
 */
export async function openDevelopmentServer({ folder, port }: { folder: string; port: number }): Promise<DevelopmentServer> {
  const place = `/${randomBytes(16).toString('hex')}/`;
  const listeners = new Set<ServerResponse>();
  let last: BuiltEvent | null = null;
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    const name = nameIn(request, place);
    if (name === null) return void response.writeHead(404).end();
    if (name === 'events') return listen(response, listeners, last);
    void sendFile(response, folder, name);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const beat = setInterval(() => {
    for (const one of listeners) one.write(':\n\n');
  }, HEARTBEAT_MS);
  beat.unref();
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`;
  return {
    origin,
    folderUrl: `${origin}${place}`,
    tell: (event) => {
      last = event;
      for (const one of listeners) one.write(`data: ${JSON.stringify(event)}\n\n`);
    },
    close: () => {
      clearInterval(beat);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

/** Null for what is outside of the place, by whatever spelling. */
function nameIn({ method, url = '/' }: IncomingMessage, place: string): string | null {
  if (method !== 'GET' && method !== 'HEAD') return null;
  const { pathname } = new URL(url, 'http://localhost');
  return pathname.startsWith(place) && /^[\w.$-]+(\/[\w.$-]+)*$/.test(pathname.slice(place.length)) ? pathname.slice(place.length) : null;
}

/** Whoever comes late, after a pause of the machine for instance, hears of the last build at once. */
function listen(response: ServerResponse, listeners: Set<ServerResponse>, last: BuiltEvent | null): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(last ? `data: ${JSON.stringify(last)}\n\n` : ':\n\n');
  listeners.add(response);
  response.once('close', () => listeners.delete(response));
}

async function sendFile(response: ServerResponse, folder: string, name: string): Promise<void> {
  try {
    const content = await readFile(path.join(folder, name));
    response.writeHead(200, { 'content-type': TYPES[path.extname(name)] ?? 'application/octet-stream' }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}
