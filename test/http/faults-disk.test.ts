// A disk that is really full: the whole server with its database on a small file system. Needs the right to mount one (root on
// Linux); elsewhere the same guarantee is held by `faults-database.test.ts`, where the database only says that it is full.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoFile } from '../../platform/server/src/demo/file.ts';
import { publishOverHttp } from '../harness/offer-over-http.ts';
import { freePort, type ServerProcess, startServer } from '../harness/server-process.ts';
import { signIn, type WebSession } from '../harness/session.ts';

const SIZE_MB = 320;
const KEEP_FREE_BYTES = 64 * 1024;

function mountSmallDisk(): string | null {
  const folder = mkdtempSync(path.join(tmpdir(), 'chung-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=1777`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
}

const disk = mountSmallDisk();
let server: ServerProcess;
let member: WebSession;
let offerId: string;

beforeAll(async () => {
  if (disk === null) return;
  const dataDirectory = path.join(disk, 'data');
  server = await startServer({ PORT: String(await freePort()), CHUNG_DATA_DIR: dataDirectory });
  const demo: DemoFile = JSON.parse(await readFile(path.join(dataDirectory, 'demo.json'), 'utf8'));
  const [person] = demo.members;
  if (!person) throw new Error('the demo has a member');
  member = await signIn(server.baseUrl, 'member', person);
  offerId = await publishOverHttp(server.baseUrl, demo);
}, 240_000);

afterAll(async () => {
  if (disk === null) return;
  await server?.interrupt();
  execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

const claim = (key: string) => member.call('POST', `/v1/offers/${offerId}/redemptions`, { body: {}, headers: { 'idempotency-key': key } });

test.skipIf(disk === null)(
  'claims on a full disk are answered 503, lose nothing that was answered, and come through by their keys once there is room',
  { timeout: 120_000 },
  async () => {
    const place = disk ?? '';
    const ballast = path.join(place, 'ballast');
    expect((await claim('before')).status).toBe(201);
    const { bavail, bsize } = await statfs(place);
    await writeFile(ballast, Buffer.alloc(bavail * bsize - KEEP_FREE_BYTES, 1));

    const answered = new Map<string, string>();
    const refused: string[] = [];
    for (let i = 0; i < 900 && refused.length < 20; i += 10) {
      const keys = Array.from({ length: 10 }, (_, n) => `full-${i + n}`);
      const replies = await Promise.all(keys.map(async (key) => ({ key, reply: await claim(key) })));
      for (const { key, reply } of replies) {
        if (reply.status === 201) answered.set(key, String(reply.body['id']));
        else refused.push(key);
        expect([201, 503]).toContain(reply.status);
        if (reply.status === 503) expect([reply.body['code'], Number(reply.headers.get('retry-after')) > 0]).toEqual(['unavailable', true]);
      }
    }
    expect(refused.length, 'the disk was full').toBeGreaterThanOrEqual(20);
    expect((await fetch(`${server.baseUrl}/healthz`)).status).toBe(200);

    await rm(ballast);
    for (const key of refused) await expect.poll(async () => (await claim(key)).status, { timeout: 30_000, interval: 200 }).toBe(201);
    for (const [key, id] of answered) expect((await claim(key)).body['id']).toBe(id);

    const { serverUrl } = JSON.parse(await readFile(path.join(place, 'data/runtime.json'), 'utf8'));
    const db = new pg.Client({ connectionString: serverUrl });
    await db.connect();
    const count = async (sql: string) => (await db.query(sql, [offerId])).rows[0].n;
    try {
      const all = 1 + answered.size + refused.length;
      expect(await count('SELECT count(*)::int AS n FROM chung.redemptions WHERE offer_id = $1')).toBe(all);
      expect(await count('SELECT (held + redeemed)::int AS n FROM chung.offer_stock WHERE offer_id = $1')).toBe(all);
      expect(await count('SELECT count(*)::int AS n FROM chung.journals WHERE shard_id = $1')).toBe(all);
      expect(await count(`SELECT count(*)::int AS n FROM chung.outbox WHERE shard_id = $1 AND data ->> 'redemptionId' IS NOT NULL`)).toBe(
        all,
      );
    } finally {
      await db.end();
    }
  },
);
