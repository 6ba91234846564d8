// kill -9 of the server while codes are generated and uploaded: after the restart both go on to exactly what was asked for.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CodeJob } from '@chung/contracts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoFile } from '../../platform/server/src/demo/file.ts';
import { draftOf } from '../harness/partner-rooms.ts';
import { freePort, type ServerProcess, startServer } from '../harness/server-process.ts';
import { signIn, type WebSession } from '../harness/session.ts';

const GENERATED = 60_000;
const UPLOADED = 20_000;

let dataDirectory: string;
let port: number;
let server: ServerProcess;
let portal: WebSession;

const restart = async () => {
  server = await startServer({ PORT: String(port), CHUNG_DATA_DIR: dataDirectory });
};
beforeAll(async () => {
  dataDirectory = await mkdtemp(path.join(tmpdir(), 'chung-codes-'));
  port = await freePort();
  await restart();
  const demo: DemoFile = JSON.parse(await readFile(path.join(dataDirectory, 'demo.json'), 'utf8'));
  const [partner] = demo.partners;
  if (!partner) throw new Error('the demo has a partner');
  portal = await signIn(server.baseUrl, 'partner', partner);
}, 180_000);
afterAll(async () => {
  await server?.interrupt();
  await rm(dataDirectory, { recursive: true, force: true });
});

const withPool = async () =>
  `/v1/partner/offers/${(await portal.call('POST', '/v1/partner/offers', { body: draftOf({ codes: 'pool' }) })).body['id']}/codes`;
const newest = async (codes: string) =>
  CodeJob.parse(((await portal.call('GET', `${codes}/jobs`)).body['items'] as unknown as readonly unknown[])[0]);
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `KILL-${String(from + i).padStart(7, '0')}\n`).join('');

/** Begins an upload that never ends by itself. */
function beginUpload(codes: string, text: string): void {
  const upload = request(`${server.baseUrl}${codes}`, {
    method: 'POST',
    headers: {
      cookie: portal.visitor.cookieHeader,
      'x-chung-app': 'partner',
      'x-csrf-token': portal.csrfToken,
      origin: server.baseUrl,
      'content-type': 'text/plain',
      'content-length': String(UPLOADED * 13),
    },
  });
  upload.on('error', () => {});
  upload.write(text);
}

/** Total, gaps and repeats of the pool, as the table has them. */
async function poolOf(codes: string) {
  const { serverUrl } = JSON.parse(await readFile(path.join(dataDirectory, 'runtime.json'), 'utf8'));
  const db = new pg.Client({ connectionString: serverUrl });
  await db.connect();
  try {
    const { rows } = await db.query(
      `SELECT p.total::int, (SELECT max(position)::int - count(*)::int FROM chung.codes c WHERE c.offer_id = p.offer_id) AS gaps,
              (SELECT count(DISTINCT lookup_hash)::int FROM chung.codes c WHERE c.offer_id = p.offer_id) AS distinct
         FROM chung.code_pools p WHERE p.offer_id = $1`,
      [codes.split('/')[4]],
    );
    return rows[0];
  } finally {
    await db.end();
  }
}

test('a generation and an upload go on after kill -9 without a code too many, too few or twice', { timeout: 240_000 }, async () => {
  const [made, sent] = [await withPool(), await withPool()];
  expect((await portal.call('POST', `${made}/generate`, { body: { count: GENERATED } })).status).toBe(202);
  beginUpload(sent, lines(0, 12_000));
  await expect.poll(async () => (await newest(sent)).added, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect.poll(async () => (await newest(made)).added, { timeout: 60_000, interval: 10 }).toBeGreaterThan(0);
  await server.kill();
  await restart();

  // A kill that comes too late proves nothing.
  expect((await newest(made)).added).toBeLessThan(GENERATED);
  const broken = await newest(sent);
  expect(broken.added).toBeLessThan(UPLOADED);
  expect(broken.bytesTaken % 13).toBe(0);
  const rest = await portal.call('POST', `${sent}?jobId=${broken.id}&offset=${broken.bytesTaken}`, {
    body: lines(broken.bytesTaken / 13, UPLOADED),
    headers: { 'content-type': 'text/plain' },
  });
  expect([rest.status, rest.body]).toMatchObject([201, { id: broken.id, state: 'done', added: UPLOADED, duplicates: 0, percent: 100 }]);
  expect(await poolOf(sent)).toEqual({ total: UPLOADED, gaps: 0, distinct: UPLOADED });

  // The dead server's lease has to lapse first; then the worker goes on by itself.
  await expect.poll(async () => (await newest(made)).state, { timeout: 120_000, interval: 500 }).toBe('done');
  expect(await newest(made)).toMatchObject({ added: GENERATED, percent: 100, duplicates: 0 });
  expect(await poolOf(made)).toEqual({ total: GENERATED, gaps: 0, distinct: GENERATED });
});
