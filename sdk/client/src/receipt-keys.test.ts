// The till's copy of the key set: fresh when it can be, good enough when it must be, and never a reason to ask too often.
import { beforeEach, expect, test } from 'vitest';
import { ReceiptError, type ReceiptKeySet, type ReceiptKeysOptions, receiptKeys } from './receipt.ts';

const URL_OF_KEYS = 'https://chung.example/.well-known/chung-receipt-keys.json';
const key = (kid: string) => ({ kty: 'OKP', crv: 'Ed25519', kid, x: 'x' });
const set = (...kids: string[]): ReceiptKeySet => ({ keys: kids.map(key) });

let published: ReceiptKeySet;
let isOffline: boolean;
let answer: (() => Response) | null;
let asked: string[];
let now: number;
beforeEach(() => {
  [published, isOffline, answer, asked, now] = [set('k1'), false, null, [], Date.parse('2026-11-22T12:00:00Z')];
});

const platform: typeof fetch = async (_url, init) => {
  const etag = new Headers(init?.headers).get('if-none-match');
  asked.push(etag ?? '');
  await Promise.resolve();
  if (isOffline) throw new TypeError('fetch failed');
  if (answer) return answer();
  const mark = `"${published.keys.map(({ kid }) => kid).join()}"`;
  const headers = { etag: mark, 'cache-control': 'public, max-age=600' };
  return etag === mark ? new Response(null, { status: 304, headers }) : Response.json(published, { headers });
};
const open = (options: ReceiptKeysOptions = {}) => receiptKeys(URL_OF_KEYS, { fetch: platform, now: () => new Date(now), ...options });
const kidOf = async (source: ReturnType<typeof open>, kid: string) =>
  source.find(kid).then(
    (found) => found?.kid ?? null,
    (error: unknown) => (error instanceof ReceiptError ? error.reason : `bug: ${error}`),
  );
const pass = (seconds: number) => {
  now += seconds * 1000;
};

test('a set is fetched once for as long as the platform says, however many verify at once', async () => {
  const keys = open();
  expect(await Promise.all(Array.from({ length: 20 }, () => kidOf(keys, 'k1')))).toEqual(Array(20).fill('k1'));
  pass(599);
  expect([await kidOf(keys, 'k1'), asked.length]).toEqual(['k1', 1]);
  pass(2);
  expect([await kidOf(keys, 'k1'), asked]).toEqual(['k1', ['', '"k1"']]);
  pass(599);
  expect([await kidOf(keys, 'k1'), asked.length], 'what did not change is fresh again').toEqual(['k1', 2]);
});

test('a key that the set does not hold yet is asked for at once; a made-up one does not ask again and again', async () => {
  const keys = open();
  await kidOf(keys, 'k1');
  pass(60);
  published = set('k2', 'k1');
  expect([await kidOf(keys, 'k2'), asked.length]).toEqual(['k2', 2]);
  for (let i = 0; i < 50; i++) expect(await kidOf(keys, `made-up-${i}`)).toBeNull();
  expect(asked).toHaveLength(2);
  pass(31);
  expect([await kidOf(keys, 'made-up'), asked.length]).toEqual([null, 3]);
});

test('a key that the platform removed is gone with the next set', async () => {
  const keys = open();
  await kidOf(keys, 'k1');
  published = set('k2');
  pass(601);
  expect(await kidOf(keys, 'k1')).toBeNull();
});

test('without a connection the last set serves for a week and then no more, and no scan waits for a try', async () => {
  const keys = open();
  await kidOf(keys, 'k1');
  isOffline = true;
  pass(6 * 86_400);
  for (let i = 0; i < 10; i++) expect(await kidOf(keys, 'k1')).toBe('k1');
  expect(asked).toHaveLength(2);
  pass(86_400);
  expect(await kidOf(keys, 'k1')).toBe('keys_unavailable');
  isOffline = false;
  pass(31);
  expect(await kidOf(keys, 'k1')).toBe('k1');
});

test('how long a stale set serves is the verifier’s to say', async () => {
  const keys = open({ maxStaleSeconds: 3_600 });
  await kidOf(keys, 'k1');
  isOffline = true;
  pass(3_599);
  expect(await kidOf(keys, 'k1')).toBe('k1');
  pass(2);
  expect(await kidOf(keys, 'k1')).toBe('keys_unavailable');
});

test('a till that starts without a connection uses the set it kept', async () => {
  let kept: { set: ReceiptKeySet; fetchedAt: Date } | undefined;
  await kidOf(open({ onFetched: (fetched, fetchedAt) => (kept = { set: fetched, fetchedAt }) }), 'k1');
  isOffline = true;
  if (!kept) throw new Error('the set was handed out to be kept');
  pass(86_400);
  expect(await kidOf(open({ initial: kept }), 'k1')).toBe('k1');
  expect(await kidOf(open(), 'k1')).toBe('keys_unavailable');
});

test.each([
  ['an error', () => new Response('{}', { status: 503 })],
  ['a page instead of a set', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
  ['a set of something else', () => Response.json({ keys: [{ kid: 1 }] })],
])('%s is as good as no connection: what was kept is not thrown away for it', async (_name, broken) => {
  const keys = open();
  await kidOf(keys, 'k1');
  answer = broken;
  pass(601);
  expect(await kidOf(keys, 'k1')).toBe('k1');
  expect(await kidOf(open(), 'k1')).toBe('keys_unavailable');
});

test('a clock that is set back by a year makes no old set fresh', async () => {
  const keys = open();
  await kidOf(keys, 'k1');
  pass(-365 * 86_400);
  published = set('k2');
  expect([await kidOf(keys, 'k2'), asked.length]).toEqual(['k2', 2]);
});
