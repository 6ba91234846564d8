// The client over real sockets: answers cut off, slow, endless, of another version, or of a proxy in between.
import { createServer, type RequestListener, type Server } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { ApiError, type Client, createClient, UnexpectedReplyError, UnreachableError } from './index.ts';
import { fillPath, fillQuery } from './request.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A server that answers in turn; the last answer is repeated. */
async function serve(...answers: RequestListener[]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    (answers[asked.length - 1] ?? answers.at(-1))?.(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { asked, baseUrl: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const me = json(200, { id: 'pairwise' });
const cutOff: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
  response.write('{"id":"pair', () => response.destroy());
};
const silent: RequestListener = () => {};
const stalling: RequestListener = (_request, response) => void response.writeHead(200, { 'content-length': '500' }).write('{');
const busy = json(503, { status: 503, code: 'unavailable' });
const failureOf = (call: Promise<unknown>) => call.catch((error: unknown) => error);

describe('an answer that', () => {
  test('is cut off on its way is asked for again', async () => {
    const { asked, baseUrl } = await serve(cutOff, me);
    await expect(createClient({ baseUrl }).call('me.get')).resolves.toEqual({ id: 'pairwise' });
    expect(asked).toHaveLength(2);
  });

  test('does not come within the time is a time-out, and so is one that stalls half-way', async () => {
    for (const answer of [silent, stalling]) {
      const { baseUrl } = await serve(answer);
      const error = await failureOf(createClient({ baseUrl, timeoutSeconds: 0.2, attempts: 1 }).call('me.get'));
      expect(error).toBeInstanceOf(UnreachableError);
      expect(error).toMatchObject({ timedOut: true });
    }
  });

  test('comes from nobody is unreachable and not a time-out', async () => {
    const { baseUrl } = await serve(me);
    servers.splice(0).at(0)?.close();
    const error = await failureOf(createClient({ baseUrl, attempts: 1 }).call('me.get'));
    expect([error instanceof UnreachableError, error]).toMatchObject([true, { timedOut: false }]);
  });

  test('is no JSON, or of another version, is told apart from a refusal and not repeated', async () => {
    const html: RequestListener = (_request, response) => void response.writeHead(200).end('<h1>Welcome to the Wi-Fi</h1>');
    for (const answer of [html, json(200, { id: 7 }), json(200, null)]) {
      const { asked, baseUrl } = await serve(answer);
      expect(await failureOf(createClient({ baseUrl }).call('me.get'))).toBeInstanceOf(UnexpectedReplyError);
      expect(asked).toHaveLength(1);
    }
  });

  test('has fields of a newer platform is taken without them', async () => {
    const { baseUrl } = await serve(json(200, { id: 'pairwise', addedLater: 1 }));
    await expect(createClient({ baseUrl }).call('me.get')).resolves.toEqual({ id: 'pairwise' });
  });
});

describe('a refusal', () => {
  const codeOf = async (answer: RequestListener) => {
    const { baseUrl } = await serve(answer);
    const error = await failureOf(createClient({ baseUrl, attempts: 1 }).call('me.get'));
    return error instanceof ApiError ? error : null;
  };

  test('of whoever stands in between has a code, and the request id if it gives one', async () => {
    const plain =
      (status: number): RequestListener =>
      (_request, response) =>
        void response.writeHead(status, { 'x-request-id': 'req-77' }).end('<html>');
    expect(await codeOf(plain(504))).toMatchObject({ code: 'unavailable', status: 504, requestId: 'req-77' });
    expect(await codeOf(plain(429))).toMatchObject({ code: 'rate_limited' });
    expect(await codeOf(plain(400))).toMatchObject({ code: 'internal', status: 400, fields: [], reasons: [], docs: null });
  });

  test('that is JSON but no problem document is read by its status', async () => {
    for (const body of [null, [], 'no', { error: 'invalid_token' }, { code: 7, status: 401 }])
      expect(await codeOf(json(503, body))).toMatchObject({ code: 'unavailable', status: 503 });
  });

  test('for a scope says what is required and what is granted', async () => {
    const body = { status: 403, code: 'insufficient_scope', title: 'No', required_scopes: ['offers:read'], granted_scopes: ['openid'] };
    expect(await codeOf(json(403, body))).toMatchObject({ message: 'No', requiredScopes: ['offers:read'], grantedScopes: ['openid'] });
  });

  test('with a time to wait that is a date or nonsense has none', async () => {
    for (const [value, seconds] of [
      ['3', 3],
      ['0', 0],
      ['-1', null],
      ['Wed, 21 Oct 2026 07:28:00 GMT', null],
    ] as const)
      expect(await codeOf(json(503, {}, { 'retry-after': value }))).toMatchObject({ retryAfterSeconds: seconds });
  });
});

describe('a call', () => {
  test('that is given up stops at once, before, during and between its attempts', async () => {
    const reason = new Error('left the page');
    const { asked, baseUrl } = await serve(busy);
    const giveUpOn = async (call: (client: Client, signal: AbortSignal) => Promise<unknown>, when: () => Promise<unknown>) => {
      const giveUp = new AbortController();
      const failure = failureOf(call(createClient({ baseUrl }), giveUp.signal));
      await when();
      giveUp.abort(reason);
      return failure;
    };
    const getMe = (client: Client, signal: AbortSignal) => client.call('me.get', { signal });
    expect(await giveUpOn(getMe, async () => {})).toBe(reason);
    const before = asked.length;
    expect(await giveUpOn(getMe, () => expect.poll(() => asked.length).toBeGreaterThan(before))).toBe(reason);
  });

  test('without a body sends none, and with an empty one sends an object', async () => {
    const { asked, baseUrl } = await serve(json(500, {}));
    const client = createClient({ baseUrl, headers: () => ({ authorization: 'Bearer t', 'content-type': 'text/plain' }) });
    await failureOf(client.call('me.get'));
    await failureOf(client.call('redemptions.cancel', { params: { redemptionId: '01936b5e-7c00-7000-8000-000000000001' } }));
    expect(asked.map(({ method, body }) => [method, body])).toEqual([
      ['GET', ''],
      ['POST', '{}'],
    ]);
    expect(asked[1]?.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer t' });
  });

  test('that uploads a stream sends it as it is, once, with the type it has', async () => {
    const { asked, baseUrl } = await serve(busy);
    const upload = (body: string | Blob | ReadableStream<Uint8Array>) =>
      failureOf(
        createClient({ baseUrl }).call('partner.offers.codes.upload', {
          params: { offerId: '01936b5e-7c00-7000-8000-000000000001' },
          body,
          contentType: 'text/plain',
        }),
      );
    for (const body of ['A\nB', new Blob(['A\nB']), new Blob(['A\nB']).stream()])
      expect(await upload(body)).toMatchObject({ code: 'unavailable' });
    expect(asked.map(({ body, headers }) => [body, headers['content-type'], headers['idempotency-key']])).toEqual(
      Array.from({ length: 3 }, () => ['A\nB', 'text/plain', undefined]),
    );
  });
});

describe('pages', () => {
  test('are asked for one by one, as far as the reader reads', async () => {
    const { asked, baseUrl } = await serve((request, response) => {
      const cursor = Number(new URL(request.url ?? '', 'http://x').searchParams.get('cursor') ?? 0);
      const event = { id: `01936b5e-7c00-7000-8000-00000000000${cursor}`, type: 't.v1', occurredAt: '2026-11-22T10:00:00Z', data: {} };
      json(200, { items: [event], nextCursor: String(cursor + 1) })(request, response);
    });
    const walk = createClient({ baseUrl }).pages('partner.events.list', { limit: 1 });
    expect(asked).toHaveLength(0);
    const seen: string[] = [];
    for await (const { id } of walk) if (seen.push(id) === 3) break;
    expect(new Set(seen).size).toBe(3);
    expect(asked.map(({ url }) => url)).toEqual(['', '&cursor=1', '&cursor=2'].map((rest) => `/v1/partner/events?limit=1${rest}`));
  });

  test('that never end are stopped at the most that the caller allows', async () => {
    let page = 0;
    const { asked, baseUrl } = await serve((request, response) => json(200, { items: [], nextCursor: `c${page++}` })(request, response));
    for await (const event of createClient({ baseUrl }).pages('partner.events.list', {}, { maximumPages: 5 }))
      expect(event).toBeUndefined();
    expect(asked.map(({ url }) => url.split('cursor=')[1])).toEqual([undefined, 'c0', 'c1', 'c2', 'c3']);
  });

  test('break off with the refusal of the page that failed', async () => {
    const { baseUrl } = await serve(json(200, { items: [], nextCursor: 'c1' }), json(400, { status: 400, code: 'invalid_cursor' }));
    await expect(createClient({ baseUrl }).pages('partner.events.list').next()).rejects.toMatchObject({ code: 'invalid_cursor' });
  });
});

test('a parameter is one segment of its path, whatever it holds', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/^\.\.?$/.test(text)),
      (id) => {
        const { pathname, search, hash } = new URL(`http://x${fillPath('/v1/offers/{offerId}/codes', { offerId: id })}`);
        expect([search, hash]).toEqual(['', '']);
        const [, , , segment = '', last] = pathname.split('/');
        // `.` and `..` are the two names that no encoding protects; the platform's ids are never one of them.
        if (id !== '.' && id !== '..') expect([decodeURIComponent(segment), last]).toEqual([id, 'codes']);
      },
    ),
  );
  // Encoding does not protect these two: every URL parser takes them for the folder itself and the one above.
  for (const offerId of ['.', '..']) expect(() => fillPath('/v1/offers/{offerId}', { offerId })).toThrow('offerId');
  expect(() => fillPath('/v1/offers/{offerId}', {})).toThrow('offerId');
  expect(() => fillPath('/v1/offers/{offerId}', { offerId: '' })).toThrow('offerId');
});

test('a filter is read back as it was written, and an unset one is not sent', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.stringMatching(/^[a-z]{1,8}$/),
        fc.string({ minLength: 1 }).filter((text) => text.isWellFormed()),
      ),
      (query) => {
        expect(Object.fromEntries(new URLSearchParams(fillQuery(query)))).toEqual(Object.fromEntries(Object.entries(query)));
      },
    ),
  );
  expect(fillQuery({ a: undefined, b: null, c: '' })).toBe('');
  expect(fillQuery({ zero: 0, no: false })).toBe('?zero=0&no=false');
});
