import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectionAllowlist, type FrameDocument } from '@chung/host/frame';
import { z } from 'zod';
import type { Delivery } from './inbox.ts';

/** Built beside the program, from the sources and in the package alike. */
const PAGE = fileURLToPath(new URL('../../dist/dev-page/', import.meta.url));
const BODY_MAX = 1_048_576;
const TELL_AFTER_MS = 40;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'self'; frame-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

export interface ConsoleSettings {
  /** What the page shows; sent whole at every change. */
  readonly state: () => unknown;
  /** What the page asks for, by name. Throws what is told to the person. */
  readonly actions: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
  /** Null while there is nothing to show. */
  readonly frame: (language: 'vi' | 'en') => FrameDocument | null;
  readonly runtime: () => Promise<Buffer>;
  readonly take: (delivery: Delivery) => Promise<number>;
  readonly onError: (error: unknown) => { readonly vi: string; readonly en: string };
}

export interface ConsoleServer {
  readonly origin: string;
  /** Something in the state has changed. */
  changed(): void;
  close(): Promise<void>;
}

/**
 * The page of `chung dev` with what it asks for, the frame of the mini-app, and the inbox for webhooks; on the loopback address alone.
 *
 * Other pages in the same browser may try to reach it: who is not this page is refused by Host (a name that was led here), by Origin, and by a
 * header that no other page can send without being asked.
 */
export async function openConsole(port: number, settings: ConsoleSettings): Promise<ConsoleServer> {
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer(request, response, { settings, listeners, port: portOf(server) }).catch((error: unknown) => {
      if (!response.headersSent) sendJson(response, 500, { problem: settings.onError(error) });
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  let timer: NodeJS.Timeout | null = null;
  const tell = () => {
    timer = null;
    const text = `data: ${JSON.stringify(settings.state())}\n\n`;
    for (const one of listeners) one.write(text);
  };
  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    changed: () => {
      timer ??= setTimeout(tell, TELL_AFTER_MS);
    },
    close: async () => {
      if (timer) clearTimeout(timer);
      for (const one of listeners) one.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

interface Serving {
  readonly settings: ConsoleSettings;
  readonly listeners: Set<ServerResponse>;
  readonly port: number;
}

async function answer(request: IncomingMessage, response: ServerResponse, { settings, listeners, port }: Serving): Promise<void> {
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!own.includes(request.headers.host ?? '')) return void response.writeHead(421).end();
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const route = `${request.method} ${url.pathname}`;
  // The platform's delivery: it is no browser, and the receiver verifies its signature.
  if (route === 'POST /inbox') return takeDelivery(request, response, settings);
  if (route === 'GET /frame') return sendFrame(url, response, settings);
  if (route === 'GET /frame/runtime.js') return sendRuntime(response, settings);
  if (!isOwnPage(request, own)) return void response.writeHead(403).end();
  if (route === 'GET /events') return listen(response, listeners, settings);
  if (request.method === 'POST' && url.pathname.startsWith('/do/'))
    return act(request, response, { settings, name: url.pathname.slice(4) });
  if (request.method === 'GET') return sendPage(url.pathname, response);
  response.writeHead(405).end();
}

function isOwnPage(request: IncomingMessage, own: readonly string[]): boolean {
  const { origin } = request.headers;
  const isSameOrigin = origin === undefined || own.some((host) => origin === `http://${host}`);
  // A form or an image of another page can carry no header of its own.
  return isSameOrigin && (request.method === 'GET' || request.headers['x-chung-dev'] === '1');
}

async function takeDelivery(request: IncomingMessage, response: ServerResponse, { take }: ConsoleSettings): Promise<void> {
  const body = await bodyOf(request);
  if (body === null) return void response.writeHead(413).end();
  const kept = Object.entries(request.headers).filter(([name]) => name.startsWith('webhook-') || name === 'content-type');
  const headers = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
  response.writeHead(await take({ headers, body })).end();
}

function sendFrame(url: URL, response: ServerResponse, { frame }: ConsoleSettings): void {
  const document = frame(url.searchParams.get('lang') === 'en' ? 'en' : 'vi');
  if (!document) return void response.writeHead(404).end();
  response.writeHead(200, { ...document.headers, 'cache-control': 'no-store' }).end(document.html);
}

async function sendRuntime(response: ServerResponse, { runtime }: ConsoleSettings): Promise<void> {
  const headers = {
    'content-type': TYPES['.js'],
    // The frame has no origin, so to it this is another one's.
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'connection-allowlist': connectionAllowlist([]),
    'cache-control': 'no-store',
  };
  response.writeHead(200, headers).end(await runtime());
}

function listen(response: ServerResponse, listeners: Set<ServerResponse>, { state }: ConsoleSettings): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(`data: ${JSON.stringify(state())}\n\n`);
  listeners.add(response);
  response.once('close', () => listeners.delete(response));
}

async function act(
  request: IncomingMessage,
  response: ServerResponse,
  { settings, name }: { settings: ConsoleSettings; name: string },
): Promise<void> {
  const action = Object.hasOwn(settings.actions, name) ? settings.actions[name] : undefined;
  const body = await bodyOf(request);
  if (!action || body === null) return void response.writeHead(action ? 413 : 404).end();
  try {
    sendJson(response, 200, { value: await action(JSON.parse(body === '' ? '{}' : body)) });
  } catch (error) {
    // Wrongly asked is not the same as not to be had, but to the page both are a sentence.
    const isAsked = error instanceof z.ZodError || error instanceof SyntaxError;
    sendJson(response, isAsked ? 400 : 409, { problem: settings.onError(error) });
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

async function sendPage(address: string, response: ServerResponse): Promise<void> {
  const name = address === '/' ? 'index.html' : address.slice(1);
  const file = path.join(PAGE, name);
  if (!file.startsWith(PAGE)) return void response.writeHead(404).end();
  const content = await readFile(file).catch(() => null);
  if (!content) return void response.writeHead(404).end();
  response.writeHead(200, { ...PAGE_HEADERS, 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(content);
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > BODY_MAX) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
