// A small plain body is read by us, everything else by Express: whatever is sent, both ways must say the same.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from './errors.ts';
import { createJsonReader } from './json-body.ts';
import { fromExpress } from './problem.ts';

const LIMIT = 200;
let server: Server;
let port: number;

beforeAll(async () => {
  const readJson = createJsonReader({ limitBytes: LIMIT, withinMs: 300 });
  const app = express();
  app.post('/', async (request, response) => {
    // As in the platform, where the sender is looked up first: meanwhile a small body has come.
    await new Promise((resolve) => setTimeout(resolve, 2));
    await readJson(request, response);
    response.json({ body: request.body ?? null });
  });
  const refuse: ErrorRequestHandler = (error, _request, response, _next) => {
    const known = fromExpress(error);
    const code = known instanceof DomainError ? known.code : 'bug';
    response.status(400).json({ code, detail: known instanceof DomainError ? (known.extras.detail ?? null) : null });
  };
  app.use(refuse);
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function send(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const reply = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  return reply.json();
}
/** The charset makes it a body that is left to Express. */
const sendUnusual = (body: string | Buffer) => send(body, { 'content-type': 'application/json; charset=utf-8' });

/** Headers and body as they are, on a line of its own; what came back until the line was closed or the time was over. */
async function sendRaw(pieces: readonly (string | number)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const heard: string[] = [];
  socket.on('data', (bytes) => heard.push(String(bytes)));
  socket.on('error', () => undefined);
  for (const piece of pieces) {
    if (typeof piece === 'string') socket.write(piece);
    else await new Promise((resolve) => setTimeout(resolve, piece));
  }
  socket.destroy();
  return heard.join('');
}
const head = (...headers: readonly string[]) => `POST / HTTP/1.1\r\nHost: x\r\n${headers.map((one) => `${one}\r\n`).join('')}\r\n`;
const JSON_HEAD = 'Content-Type: application/json';

describe('a body', () => {
  test.each([
    ['an object', '{"a":1}', { body: { a: 1 } }],
    ['a list', '[1,"hai"]', { body: [1, 'hai'] }],
    ['blanks around', ' \n{"a":1}\t', { body: { a: 1 } }],
    ['a byte order mark', '\uFEFF{"a":1}', { body: { a: 1 } }],
    ['a name twice: the last', '{"a":1,"a":2}', { body: { a: 2 } }],
    ['text alone', '"text"', { code: 'invalid_request', detail: null }],
    ['a number alone', '42', { code: 'invalid_request', detail: null }],
    ['null', 'null', { code: 'invalid_request', detail: null }],
    ['half an object', '{"a":', { code: 'invalid_request', detail: null }],
    ['two objects', '{}{}', { code: 'invalid_request', detail: null }],
    ['an object with a comma too many', '{"a":1,}', { code: 'invalid_request', detail: null }],
    ['a comment', '{/* */}', { code: 'invalid_request', detail: null }],
  ])('of %s means the same whoever reads it', async (_, body, expected) => {
    expect(await send(body)).toEqual(expected);
    expect(await sendUnusual(body)).toEqual(expected);
  });

  test('of any JSON, and of JSON with a sign changed, means the same whoever reads it', async () => {
    const texts = fc.json({ maxDepth: 2 }).filter((text) => Buffer.byteLength(text) < LIMIT && text !== '');
    const damaged = fc.tuple(texts, fc.nat(), fc.string({ minLength: 1, maxLength: 1 })).map(([text, at, sign]) => {
      const place = at % text.length;
      return text.slice(0, place) + sign + text.slice(place + 1);
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(texts, damaged), async (text) => {
        const own = await send(text);
        // Whose words an error has, and what else it lets pass, may differ; what is read may not.
        expect(own).toEqual(await sendUnusual(text));
      }),
      { numRuns: 80 },
    );
  });

  test('at the limit is read, one byte longer it is refused, by either', async () => {
    const ofSize = (size: number) => JSON.stringify({ a: 'x'.repeat(size - 8) });
    expect(Buffer.byteLength(ofSize(LIMIT))).toBe(LIMIT);
    for (const by of [send, sendUnusual]) {
      expect(await by(ofSize(LIMIT))).toEqual({ body: { a: 'x'.repeat(LIMIT - 8) } });
      expect(await by(ofSize(LIMIT + 1))).toMatchObject({ code: 'payload_too_large' });
    }
  });

  test('counts by its bytes and not by its letters', async () => {
    const text = JSON.stringify({ a: 'ữ'.repeat(70) });
    expect([text.length < LIMIT, Buffer.byteLength(text) > LIMIT]).toEqual([true, true]);
    expect(await send(text)).toMatchObject({ code: 'payload_too_large' });
  });

  test('that comes in two pieces is waited for', async () => {
    const answer = await sendRaw([head(JSON_HEAD, 'Content-Length: 7'), 60, '{"a"', 60, ':1}', 80]);
    expect(answer).toContain('{"body":{"a":1}}');
  });

  test('that does not come in time is refused in words, and its line is closed', async () => {
    const answer = await sendRaw([head(JSON_HEAD, 'Content-Length: 7'), '{"a"', 450]);
    expect(answer).toContain('Nội dung gửi lên quá chậm.');
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  test('that announces too much is refused before a byte of it has come, and its line is closed', async () => {
    const answer = await sendRaw([head(JSON_HEAD, `Content-Length: ${LIMIT + 1}`), 100]);
    expect(answer).toContain('payload_too_large');
    expect(answer.toLowerCase()).toContain('connection: close');
  });

  test('of no length is none', async () => {
    expect(await sendRaw([head(JSON_HEAD, 'Content-Length: 0'), 60])).toContain('{"body":null}');
    expect(await sendRaw([head(), 60])).toContain('{"body":null}');
  });
});
