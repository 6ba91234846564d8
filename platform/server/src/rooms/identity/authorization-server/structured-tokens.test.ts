import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { markStructuredTokens, structuredTokenIn } from './structured-tokens.ts';

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbiJ9.c2lnbmF0dXJl';
const FORM = 'application/x-www-form-urlencoded';
let server: Server;
let url: string;

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

beforeAll(async () => {
  const app = express();
  const echo = async (request: IncomingMessage, response: express.Response) => {
    const { method, headers } = request;
    const text = await textOf(request);
    response.json({ text, method, url: request.url, length: headers['content-length'], authorization: headers.authorization });
  };
  app.post('/token/introspection', ...markStructuredTokens(echo));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/token/introspection`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const send = async (body: string, headers: Readonly<Record<string, string>> = { 'content-type': FORM }) => {
  const response = await fetch(url, { method: 'POST', headers, body });
  const seen: Readonly<Record<string, string>> = response.ok ? JSON.parse(await response.text()) : {};
  return { ...seen, status: response.status, text: seen['text'] ?? '' };
};
const tokenSeen = async (body: string) => new URLSearchParams((await send(body)).text).get('token');

test('a JWT reaches the endpoint marked, and the mark comes off as it was put on', async () => {
  const seen = (await tokenSeen(`token=${JWT}`)) ?? '';
  expect(seen).not.toBe(JWT);
  expect(structuredTokenIn(seen)).toBe(JWT);
});

test.each(['opaque-token_1', 'two.parts', 'four.parts.are.none', 'a b.c.d', 'ăâ.b.c', ''])(
  '%j is no JWT and goes through as it is',
  async (token) => {
    expect(await tokenSeen(new URLSearchParams({ token }).toString())).toBe(token);
  },
);

test('nobody can put the mark on by themselves: an opaque token with it loses it', async () => {
  expect(structuredTokenIn((await tokenSeen('token=jwt~opaque')) ?? '')).toBeNull();
  expect(structuredTokenIn((await tokenSeen('token=jwt~not.three')) ?? '')).toBeNull();
});

test('a form with the token twice is left to the endpoint, which refuses it', async () => {
  const { text } = await send(`token=${JWT}&token=${JWT}`);
  expect(new URLSearchParams(text).getAll('token')).toEqual([JWT, JWT]);
});

test('what else the form holds, the headers and the address stay, and the length is that of the new form', async () => {
  const body = new URLSearchParams({ token: JWT, token_type_hint: 'access_token', note: 'đoàn viên & +' }).toString();
  const seen = await send(body, { 'content-type': FORM, authorization: 'Bearer x' });
  const form = new URLSearchParams(seen.text);
  expect([form.get('token_type_hint'), form.get('note')]).toEqual(['access_token', 'đoàn viên & +']);
  expect(seen).toMatchObject({ method: 'POST', url: '/token/introspection', authorization: 'Bearer x', length: String(seen.text.length) });
});

test('another content type is not read here, and reaches the endpoint whole', async () => {
  const body = JSON.stringify({ token: JWT });
  expect((await send(body, { 'content-type': 'application/json' })).text).toBe(body);
});

test('a form beyond 16 kB is refused before the endpoint is asked', async () => {
  expect((await send(`token=${'x'.repeat(16 * 1024 - 6)}`)).status).toBe(200);
  expect((await send(`token=${'x'.repeat(16 * 1024)}`)).status).toBe(413);
});
