// How the app reads what it is sent: addresses, methods and bodies, whatever way they are written and however they arrive.
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { scopesOf } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { Principal } from '../../platform/server/src/kernel/principal.ts';
import { type BareApp, handle, startBareApp } from '../harness/bare-app.ts';

let app: BareApp;
const received: unknown[] = [];
const partner: Principal = { actor: 'partner', partnerId: newId<never>(), clientId: 'app', accountId: null, scopes: scopesOf('partner') };

beforeAll(async () => {
  app = await startBareApp({
    routes: [
      handle('provinces.list', async () => ({ items: [{ code: '01', name: 'Hà Nội', formerNames: [] }] })),
      handle('partner.redemptions.lookup', ({ body }) => {
        received.push(body.presented);
        return Promise.reject(new Error('no look-up in this test'));
      }),
    ],
  });
});
afterAll(() => app.close());

describe('an operation’s address', () => {
  test('may end in a slash and be written in capitals', async () => {
    const replies = await Promise.all(
      ['/v1/provinces', '/v1/provinces/', '/V1/Provinces', '/v1/provinces?'].map((at) => app.call('GET', at)),
    );
    for (const { status, text } of replies) expect([status, text]).toEqual([200, replies[0]?.text]);
  });

  test('leads nowhere with a slash too many, a word too many or an escaped word', async () => {
    for (const address of ['/v1/provinces//', '/v1//provinces', '/v1/provinces/01', '/v1/%70rovinces'])
      expect([address, (await app.call('GET', address)).code]).toEqual([address, 'not_found']);
  });

  test('answers HEAD with the headers of GET and no body', async () => {
    const [get, head] = [await app.call('GET', '/v1/provinces'), await app.call('HEAD', '/v1/provinces')];
    const of = ({ headers }: typeof get) =>
      [...headers].filter(([name]) => !['date', 'x-request-id', 'ratelimit', 'connection', 'keep-alive'].includes(name));
    expect([head.status, head.text, of(head)]).toEqual([200, '', of(get)]);
    expect(Number(head.headers.get('content-length'))).toBe(Buffer.byteLength(get.text));
  });

  test('by another method names those that there are, also to OPTIONS', async () => {
    for (const method of ['PUT', 'POST', 'OPTIONS'])
      expect([method, (await app.call(method, '/v1/provinces')).headers.get('allow')]).toEqual([method, 'GET']);
  });

  test('hands its parts on decoded, and a part that cannot be decoded is the caller’s mistake', async () => {
    const id = newId();
    const escaped = [...id].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join('');
    const [plain, inEscapes, broken] = await Promise.all(
      [id, escaped, '%zz'].map((at) => app.call('GET', `/v1/partner/offers/${at}`, { as: partner })),
    );
    // The handler of this test has no answer, which shows that it was reached.
    expect([plain?.code, inEscapes?.code, broken?.code]).toEqual(['internal', 'internal', 'invalid_request']);
  });

  test('refused before anybody is heard has the headers of every answer', async () => {
    const wanted = ['content-security-policy', 'x-content-type-options', 'referrer-policy', 'x-frame-options', 'x-request-id'];
    for (const address of ['/v1/partner/offers/%zz', '/v1/partner/offers', '/v1/none', '/v1/provinces?unknown=1']) {
      const { headers } = await app.call('GET', address, { headers: { 'x-request-id': 'edge-0000-0001' } });
      for (const name of wanted) expect([address, name, headers.has(name)]).toEqual([address, name, true]);
      expect(headers.get('x-request-id')).toBe('edge-0000-0001');
    }
  });

  test('refused for what was sent still tells what is left of the budget', async () => {
    const { status, headers } = await app.call('GET', '/v1/provinces?unknown=1');
    expect([status, headers.get('ratelimit-policy')?.startsWith('"read"'), headers.has('ratelimit')]).toEqual([400, true, true]);
  });
});

/** Sends a look-up as bytes, in one write or the head and each byte of the body in its own; the status and the code of the answer. */
async function send(body: Buffer, how: 'at once' | 'in pieces', extra = ''): Promise<string> {
  const { hostname, port } = new URL(app.baseUrl);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const head =
    `POST /v1/partner/redemptions/lookup HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-test-principal: ${JSON.stringify(partner)}\r\n` +
    `${extra || 'content-type: application/json\r\n'}content-length: ${body.length}\r\n\r\n`;
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  if (how === 'at once') socket.write(Buffer.concat([Buffer.from(head), body]));
  else
    for (const piece of [Buffer.from(head), body.subarray(0, 1), body.subarray(1)]) {
      socket.write(piece);
      await setTimeout(10);
    }
  await closed;
  return `${text.slice(9, 12)} ${/"code":"(\w+)"/.exec(text)?.[1]}`;
}

describe('a body', () => {
  const utf8 = (text: string) => Buffer.from(text);
  test.each([
    ['an object', utf8('{"presented":"ABCD-1234"}'), '500 internal'],
    ['white space around', utf8(' \r\n\t{"presented":"ABCD-1234"}\n'), '500 internal'],
    ['a byte order mark', utf8('\ufeff{"presented":"ABCD-1234"}'), '500 internal'],
    ['letters of any language', utf8('{"presented":"Đoàn viên 🎁"}'), '500 internal'],
    ['bytes that are no text', Buffer.from([...utf8('{"presented":"ABCD'), 0xff, 0xfe, ...utf8('"}')]), '500 internal'],
    ['a list', utf8('[]'), '422 validation_failed'],
    ['a field too many', utf8('{"presented":"ABCD-1234","more":1}'), '422 validation_failed'],
    ['a text', utf8('"presented"'), '400 invalid_request'],
    ['a number', utf8('7'), '400 invalid_request'],
    ['null', utf8('null'), '400 invalid_request'],
    ['white space alone', utf8('   '), '400 invalid_request'],
    ['half of an object', utf8('{"presented":'), '400 invalid_request'],
    ['an object and more', utf8('{"presented":"ABCD-1234"}x'), '400 invalid_request'],
    ['too deep a nest', utf8(`{"presented":${'['.repeat(5_000)}${']'.repeat(5_000)}}`), '400 invalid_request'],
  ])('of %s is read alike, at once and in pieces', async (_what, body, answer) => {
    received.length = 0;
    expect([await send(body, 'at once'), await send(body, 'in pieces')]).toEqual([answer, answer]);
    if (answer === '500 internal') expect(received[0]).toBe(received[1]);
  });

  test('of an unusual kind is read, or refused, as it says', async () => {
    const body = utf8('{"presented":"ABCD-1234"}');
    const kinds = [
      'content-type: application/json; charset=UTF-8\r\n',
      'content-type: APPLICATION/JSON\r\n',
      'content-type: application/json; charset=latin7\r\n',
      'content-type: application/json\r\ncontent-encoding: compress\r\n',
      'content-type: application/json\r\ncontent-encoding: gzip\r\n',
      'content-type: text/plain\r\n',
    ];
    const answers = await Promise.all(kinds.map((kind) => send(body, 'at once', kind)));
    expect(answers).toEqual([
      '500 internal',
      '500 internal',
      '415 unsupported_media_type',
      '415 unsupported_media_type',
      '400 invalid_request',
      '415 unsupported_media_type',
    ]);
  });

  test('is no part of the next request on the same connection', async () => {
    const { hostname, port } = new URL(app.baseUrl);
    const socket = connect({ host: hostname, port: Number(port) });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    const post = (body: string) =>
      `POST /v1/partner/redemptions/lookup HTTP/1.1\r\nhost: x\r\nx-test-principal: ${JSON.stringify(partner)}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    received.length = 0;
    socket.write(post('{"presented":"ABCD-0001"}') + post('{"presented":"ABCD-0002"}'));
    await expect.poll(() => text.split('HTTP/1.1 500').length).toBe(3);
    socket.write(post('{"presented":"ABCD-0003"}'));
    await expect.poll(() => text.split('HTTP/1.1 500').length).toBe(4);
    socket.destroy();
    expect(received).toEqual(['ABCD-0001', 'ABCD-0002', 'ABCD-0003']);
  });
});
