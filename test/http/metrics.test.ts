// Prometheus metrics: true, bounded, and for the operator alone.
import { request as rawRequest } from 'node:http';
import { ERROR_CODES, OPERATIONS } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { type BareApp, handle, startBareApp } from '../harness/bare-app.ts';

const TOKEN = 'a-long-metrics-token';
let open: BareApp;
let guarded: BareApp;

beforeAll(async () => {
  const routes = [handle('provinces.list', async () => ({ items: [] }))];
  open = await startBareApp({ routes });
  guarded = await startBareApp({ routes, metricsToken: TOKEN });
});
afterAll(async () => {
  await open.close();
  await guarded.close();
});

/** The samples of one metric: labels as text, with the value. */
async function samples(app: BareApp, name: string, headers: Record<string, string> = {}): Promise<Map<string, number>> {
  const { text } = await app.call('GET', '/metrics', { headers });
  const found = [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))];
  return new Map(found.map(([, labels = '', value]) => [labels, Number(value)]));
}
const COUNT = 'chung_http_request_duration_seconds_count';

test('every request is counted once, under its operation and status', async () => {
  for (let i = 0; i < 3; i++) await open.call('GET', '/v1/provinces');
  await open.call('GET', '/v1/provinces?no=1');
  await open.call('GET', '/v1/offers');
  const counts = await samples(open, COUNT);
  expect(counts.get('operation="provinces.list",status="200"')).toBe(3);
  expect(counts.get('operation="provinces.list",status="400"')).toBe(1);
  expect(counts.get('operation="offers.list",status="401"')).toBe(1);
  const codes = await samples(open, 'chung_problems_total');
  expect(codes).toEqual(
    new Map([
      ['code="invalid_request"', 1],
      ['code="unauthenticated"', 1],
    ]),
  );
});

test('whatever callers send, labels stay a small set that we know: no path, id or name becomes a series', async () => {
  for (let i = 0; i < 50; i++) {
    await open.call('GET', `/v1/offers/${newId()}`);
    await open.call('GET', `/nowhere/${i}/an@example.vn`);
    await open.call(i % 2 ? 'PUT' : 'DELETE', `/v1/member-${i}`, { headers: { 'x-request-id': `request-${i}` } });
  }
  const known = new Set<string>(['other', ...OPERATIONS.map(({ id }) => id)]);
  const counts = await samples(open, COUNT);
  for (const labels of counts.keys()) expect(known.has(/operation="([^"]*)"/.exec(labels)?.[1] ?? '')).toBe(true);
  const codes = await samples(open, 'chung_problems_total');
  for (const labels of codes.keys()) expect(ERROR_CODES.some((code) => labels === `code="${code}"`)).toBe(true);
  expect(counts.size).toBeLessThan(20);
  const series = (await open.call('GET', '/metrics')).text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(series.length).toBeLessThan(500);
});

test('the process is told too, in a format that Prometheus reads', async () => {
  const { text, headers } = await open.call('GET', '/metrics');
  expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(text).toMatch(/^# TYPE chung_http_request_duration_seconds histogram$/m);
});

test('without a token only this machine may read, and a proxy in front of it is not this machine', async () => {
  expect((await open.call('GET', '/metrics')).status).toBe(200);
  const forwarded = await open.call('GET', '/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } });
  expect([forwarded.status, forwarded.code]).toEqual([404, 'not_found']);
});

test('with a token nobody reads without it, and the refusal does not say that there is something', async () => {
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Basic ${TOKEN}`,
    TOKEN,
    'Bearer null',
  ]) {
    const reply = await guarded.call('GET', '/metrics', { headers: { authorization } });
    expect([authorization, reply.status, reply.code]).toEqual([authorization, 404, 'not_found']);
  }
  expect((await samples(guarded, COUNT, { authorization: `Bearer ${TOKEN}` })).size).toBeGreaterThan(0);
});

test('a caller who hangs up before the answer is no crash', async () => {
  const slow = Promise.withResolvers<void>();
  const app = await startBareApp({
    routes: [
      handle('provinces.list', async () => {
        await slow.promise;
        return { items: [] };
      }),
    ],
  });
  const { hostname, port } = new URL(app.baseUrl);
  const request = rawRequest({ hostname, port, path: '/v1/provinces' }).on('error', () => {});
  request.end();
  await new Promise((resolve) => request.once('socket', resolve));
  request.destroy();
  slow.resolve();
  expect((await app.call('GET', '/healthz')).status).toBe(200);
  await app.close();
});
