// One call to the wire and back over any table of operations: keys, attempts, headers and what is left to the caller.
import { OPERATIONS, type OperationSpec } from '@chung/contracts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { clientOver } from './caller.ts';
import { UnreachableError } from './errors.ts';
import { createClient } from './light.ts';
import { walkPages } from './pages.ts';
import type { LooseInput } from './request.ts';
import type { ClientOptions } from './types.ts';

// Waits between attempts pass at once.
beforeEach(() => void vi.useFakeTimers().setTimerTickMode('nextTimerAsync'));
afterEach(() => void vi.useRealTimers());

const OFFER = '01936b5e-7c00-7000-8000-000000000001';
const busy = () => Response.json({ status: 503, code: 'unavailable' }, { status: 503 });
const operations: readonly OperationSpec[] = OPERATIONS;

/** A client whose every request is answered so; it keeps what was sent. */
function over(answer: (count: number) => Response, options: ClientOptions = {}) {
  const sent: { url: string; init: RequestInit; headers: Headers }[] = [];
  const send = async (url: string | URL | Request, init: RequestInit = {}) => {
    sent.push({ url: String(url), init, headers: new Headers(init.headers) });
    return answer(sent.length - 1);
  };
  return { sent, client: createClient({ ...options, fetch: send as typeof fetch }) };
}
const keysOf = (sent: readonly { headers: Headers }[]) => sent.map(({ headers }) => headers.get('idempotency-key'));
const failed = (call: Promise<unknown>) => expect(call).rejects.toMatchObject({ code: 'unavailable' });

describe('a key', () => {
  test('goes with every operation that takes one and with no other, and is another one for each call', async () => {
    for (const { id, idempotency, params } of operations) {
      const { sent, client } = over(() => Response.json({}), { attempts: 1 });
      const names = Object.keys((params as { shape?: object }).shape ?? {});
      const input = { params: Object.fromEntries(names.map((name) => [name, OFFER])), body: {}, contentType: 'text/plain' };
      for (const _ of [1, 2]) await Reflect.apply(client.call, client, [id, input]);
      const [first, second] = keysOf(sent);
      expect([id, first !== null, first === second]).toEqual([id, idempotency !== 'none', idempotency === 'none']);
    }
  });

  test('that the caller gives is not sent where the operation takes none', async () => {
    const { sent, client } = over(() => Response.json({ id: 'x' }));
    await client.call('me.get', { idempotencyKey: 'mine' });
    expect(keysOf(sent)).toEqual([null]);
  });
});

describe('attempts', () => {
  test.each([
    [undefined, 3],
    [1, 1],
    [5, 5],
    [0, 1],
  ])('are as many as are allowed: %s makes %i', async (attempts, made) => {
    const { sent, client } = over(busy, attempts === undefined ? {} : { attempts });
    await failed(client.call('offers.claim', { params: { offerId: OFFER } }));
    expect([sent.length, new Set(keysOf(sent)).size]).toEqual([made, 1]);
  });

  test('end with the first that succeeds, and tell nothing of those before', async () => {
    const { sent, client } = over((count) => (count < 2 ? busy() : Response.json({ id: 'pairwise' })));
    expect([await client.call('me.get'), sent.length]).toEqual([{ id: 'pairwise' }, 3]);
  });

  test('are not made again where the headers cannot be had: that is no failure of the wire', async () => {
    const signedOut = new Error('signed out');
    const headers = vi.fn(() => Promise.reject(signedOut));
    const { sent, client } = over(busy, { headers });
    await expect(client.call('me.get')).rejects.toBe(signedOut);
    expect([headers.mock.calls.length, sent.length]).toEqual([1, 0]);
  });
});

describe('what goes on the wire', () => {
  test('asks for JSON and for problems, whatever headers the caller adds, and with their credentials', async () => {
    const headers = vi.fn(() => ({ accept: 'text/html', 'x-mine': '1' }));
    const { sent, client } = over(() => Response.json({ id: 'x' }), { headers, credentials: 'include', baseUrl: 'https://chung.example/' });
    await client.call('me.get');
    expect(headers).toHaveBeenCalledWith({ method: 'GET', url: 'https://chung.example/v1/me' });
    expect([sent[0]?.headers.get('accept'), sent[0]?.headers.get('x-mine'), sent[0]?.init.credentials]).toEqual([
      'application/json, application/problem+json',
      '1',
      'include',
    ]);
  });

  test('says nothing of credentials where nothing was said', async () => {
    const { sent, client } = over(() => Response.json({ id: 'x' }));
    await client.call('me.get');
    expect(Object.keys(sent[0]?.init ?? {})).not.toContain('credentials');
  });
});

test('a table that refuses a reply is told as it is, and the call is not repeated', async () => {
  const wire = { method: 'GET', path: '/v1/me', idempotency: 'none', bodyType: 'none' } as const;
  const refusal = new TypeError('of another version');
  const parse = vi.fn(() => {
    throw refusal;
  });
  const client = clientOver({ wire: () => wire, parse }, { fetch: (async () => Response.json({ id: 7 })) as typeof fetch });
  await expect(client.call('me.get')).rejects.toBe(refusal);
  expect(parse.mock.calls).toEqual([['me.get', { id: 7 }]]);
});

describe('a walk over pages', () => {
  const walk = async (pages: readonly { items: unknown[]; nextCursor: string | null }[], options = {}) => {
    const asked: LooseInput[] = [];
    const seen: unknown[] = [];
    const read = async (input: LooseInput) => {
      asked.push(input);
      return pages[asked.length - 1] ?? Promise.reject(new UnreachableError(undefined));
    };
    for await (const item of walkPages(read, { q: 'x' }, options)) seen.push(item);
    return { seen, asked };
  };

  test('goes on over an empty page that has a next one', async () => {
    const { seen, asked } = await walk([
      { items: [1], nextCursor: 'a' },
      { items: [], nextCursor: 'b' },
      { items: [2], nextCursor: null },
    ]);
    expect([seen, asked.map(({ query }) => query)]).toEqual([
      [1, 2],
      [{ q: 'x' }, { q: 'x', cursor: 'a' }, { q: 'x', cursor: 'b' }],
    ]);
  });

  test('carries the signal to every page, and reads none where none is allowed', async () => {
    const { signal } = new AbortController();
    const pages = [
      { items: [1], nextCursor: 'a' },
      { items: [2], nextCursor: null },
    ];
    expect((await walk(pages, { signal })).asked.map((input) => input.signal)).toEqual([signal, signal]);
    expect(await walk(pages, { maximumPages: 0 })).toEqual({ seen: [], asked: [] });
    expect((await walk(pages, { maximumPages: 1 })).seen).toEqual([1]);
  });

  test('that breaks off has given what it had', async () => {
    const seen: unknown[] = [];
    const read = async ({ query }: LooseInput) => {
      if (query?.['cursor']) throw new UnreachableError(undefined);
      return { items: [1, 2], nextCursor: 'a' };
    };
    const broken = (async () => {
      for await (const item of walkPages(read)) seen.push(item);
    })();
    await expect(broken).rejects.toBeInstanceOf(UnreachableError);
    expect(seen).toEqual([1, 2]);
  });
});
