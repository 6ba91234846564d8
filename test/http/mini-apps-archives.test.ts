// Archives that no honest program would send: each is refused in one sentence, and nothing of it is left on the disk or in a table.
import { existsSync } from 'node:fs';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import { SUBMISSION_LIMITS } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workplaceOf } from '../../platform/server/src/rooms/mini-apps/workplace.ts';
import { appFiles, archiveOf, digestsOf, type TarEntry, tarOf } from '../harness/app-archive.ts';
import { type Intake, intakeOf, keptBy, SOME_DIGEST } from '../harness/app-intake.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { backendToken } from '../harness/tokens.ts';

let running: TestPlatform;
let mine: Intake;

beforeAll(async () => {
  running = await startTestPlatform();
  mine = await intakeOf(running, 'vinaphone');
}, 120_000);
afterAll(() => running?.close());

async function nothingKept(): Promise<void> {
  expect(await keptBy(running)).toEqual({ kept: [], incoming: [], working: [] });
  for (const table of ['mini_apps', 'app_submissions'])
    expect((await running.owner.query(`SELECT * FROM chung.${table}`)).rows).toEqual([]);
  const { rows } = await running.owner.query("SELECT * FROM chung.outbox WHERE type LIKE 'app.%'");
  expect(rows).toEqual([]);
}

/** The entries of an app without a fault, and these. */
const entriesWith = (...more: TarEntry[]): TarEntry[] => [
  ...Object.entries(appFiles()).map(([name, content]) => ({ name, content })),
  ...more,
];

test.each<[string, TarEntry[], string]>([
  ['a path that leads out', [{ name: 'source/../../escape.txt', content: 'x' }], 'leads out of its folder'],
  ['an absolute path', [{ name: '/tmp/chung-escape.txt', content: 'x' }], 'leads out of its folder'],
  ['a path of Windows', [{ name: 'source/..\\..\\escape.txt', content: 'x' }], 'signs that are not allowed'],
  ['a symbolic link', [{ name: 'source/link', type: 'symlink', linkname: '/etc/passwd' }], 'no plain file (symlink)'],
  ['a hard link', [{ name: 'source/hard', type: 'link', linkname: 'source/package.json' }], 'no plain file (link)'],
  ['a device', [{ name: 'source/null', type: 'character-device' }], 'no plain file (character-device)'],
  ['a pipe', [{ name: 'source/pipe', type: 'fifo' }], 'no plain file (fifo)'],
  ['a folder', [{ name: 'source/src', type: 'directory' }], 'no plain file (directory)'],
  ['a file twice', [{ name: 'source/package.json', content: '{}' }], 'has the name of another file'],
  ['two names that differ in capitals', [{ name: 'source/Package.JSON', content: '{}' }], 'has the name of another file'],
  ['a folder by the name of a file', [{ name: 'source/package.json/x', content: 'x' }], 'has the name of another file'],
  [
    'a file by the name of a folder',
    [
      { name: 'source/a/b', content: 'x' },
      { name: 'source/A', content: 'x' },
    ],
    'has the name of another file',
  ],
  ['a name that is too long', [{ name: `source/${'a/'.repeat(130)}b`, content: 'x' }], 'is too long'],
  ['a NUL in a name', [{ name: 'source/a.ts', pax: { path: 'source/a\u0000b.ts' }, content: 'x' }], 'signs that are not allowed'],
  ['a name of the system', [{ name: 'source/aux.ts', content: 'x' }], 'cannot be written on every system'],
  ['what was installed', [{ name: 'source/node_modules/react/index.js', content: 'x' }], 'must never be sent'],
  ['the history', [{ name: 'source/.git/HEAD', content: 'x' }], 'must never be sent'],
  ['settings with secrets', [{ name: 'source/.env.local', content: 'KEY=1' }], 'must never be sent'],
  ['a private key', [{ name: 'source/keys/server.pem', content: 'x' }], 'must never be sent'],
  ['a third folder', [{ name: 'extras/a.ts', content: 'x' }], 'neither in source/ nor in bundle/'],
])('%s is refused', async (_what, entries, sentence) => {
  const reply = await mine.send(new Uint8Array(await tarOf(entriesWith(...entries))));
  expect(reply).toMatchObject({ status: 422, body: { code: 'archive_refused', detail: expect.stringContaining(sentence) } });
  await nothingKept();
});

test('10,000 files are refused, and as many as are allowed are not', async () => {
  const tiny = (count: number) =>
    entriesWith(...Array.from({ length: count }, (_, index) => ({ name: `source/data/${index}.txt`, content: '' })));
  const reply = await mine.send(new Uint8Array(await tarOf(tiny(10_000))));
  expect(reply).toMatchObject({ status: 422, body: { code: 'archive_refused', detail: 'It has more than 5,000 files.' } });
  const allowed = await mine.send(new Uint8Array(await tarOf(tiny(SUBMISSION_LIMITS.files - 5))));
  // Only the digest is not that of these files.
  expect(allowed).toMatchObject({ status: 422, body: { code: 'digest_differs' } });
  await nothingKept();
}, 60_000);

test('a bomb is stopped while it unpacks: one of one file, and one that says that it is small', async () => {
  const zeros = Buffer.alloc(SUBMISSION_LIMITS.fileBytes + 1);
  const one = await mine.send(new Uint8Array(await tarOf(entriesWith({ name: 'source/zeros.bin', content: zeros }))));
  expect(one).toMatchObject({ status: 422, body: { code: 'archive_refused', detail: expect.stringContaining('has more than 10 MiB') } });
  const many = Array.from({ length: 8 }, (_, index) => ({ name: `source/${index}.bin`, content: zeros.subarray(1) }));
  const all = await mine.send(new Uint8Array(await tarOf(entriesWith(...many))));
  expect(all).toMatchObject({ status: 422, body: { code: 'archive_refused', detail: 'It unpacks to more than 64 MiB.' } });
  // A gigabyte of zeros after the end of the archive: no entry tells of it.
  const piece = await promisify(gzip)(Buffer.alloc(16 * 1024 ** 2));
  const tail = Buffer.concat(Array.from({ length: 64 }, () => piece));
  const bomb = await mine.send(new Uint8Array(Buffer.concat([await archiveOf(appFiles()), tail])));
  expect(bomb).toMatchObject({ status: 422, body: { code: 'archive_refused', detail: 'It unpacks to more than 64 MiB.' } });
  await nothingKept();
}, 60_000);

test('what is no archive, is damaged, or was cut in the middle is refused', async () => {
  const whole = await archiveOf(appFiles());
  const damaged = Buffer.from(whole);
  damaged.writeUInt32LE(0, damaged.length - 8);
  const notGzip = Buffer.from('hello, this is no archive');
  const noTar = gzipSync(Buffer.alloc(5_000, 'x'));
  for (const bytes of [whole.subarray(0, whole.length >> 1), whole.subarray(0, -4), damaged, notGzip, noTar]) {
    const reply = await mine.send(new Uint8Array(bytes));
    expect(reply).toMatchObject({ status: 422, body: { code: 'archive_refused', detail: expect.stringContaining('cannot be read') } });
  }
  const empty = await mine.send(new Uint8Array(gzipSync(Buffer.alloc(1_024))));
  expect(empty).toMatchObject({ status: 422, body: { detail: 'There is no source/chung.config.ts.' } });
  await nothingKept();
});

test.each(['chung.config.ts', 'package.json', 'package-lock.json'])('an app without %s is refused', async (name) => {
  const { [`source/${name}`]: _, ...files } = appFiles();
  expect(await mine.submit(files)).toMatchObject({ status: 422, body: { code: 'archive_refused', detail: `There is no source/${name}.` } });
  await nothingKept();
});

test('what arrives otherwise than it was declared is refused: all of it, or the bundle', async () => {
  const files = appFiles({ pages: ['home'], files: { 'source/src/main.tsx': 'export {};', 'bundle/remoteEntry.js': 'export {};' } });
  const { digest } = digestsOf(files);
  const other = await mine.submit(files, { digests: { digest: SOME_DIGEST, bundleDigest: digestsOf(files).bundleDigest } });
  expect(other).toMatchObject({ status: 422, body: { code: 'digest_differs', detail: expect.stringContaining(digest) } });
  for (const bundleDigest of [SOME_DIGEST, null])
    expect(await mine.submit(files, { digests: { digest, bundleDigest } })).toMatchObject({
      status: 422,
      body: { code: 'digest_differs' },
    });
  await nothingKept();
});

test('an upload over the limit is refused before it is read, and while it is read where nobody said how long it is', async () => {
  const most = SUBMISSION_LIMITS.archiveBytes;
  const told = await mine.send(new Uint8Array(most + 1));
  expect(told).toMatchObject({ status: 413, body: { code: 'payload_too_large', detail: 'An archive has 20 MiB at the most.' } });
  const { status, body } = await sendInParts(most + 1_024 ** 2);
  expect([status, body['code']]).toEqual([413, 'payload_too_large']);
  await nothingKept();
}, 60_000);

/** By hand: `fetch` gives up an answer that comes before it has sent everything. */
async function sendInParts(bytes: number): Promise<{ status: number | undefined; body: Record<string, unknown> }> {
  const sending = await post();
  return new Promise((resolve, reject) => {
    sending.once('error', reject);
    sending.once('response', async (response) => {
      let text = '';
      for await (const part of response) text += String(part);
      sending.destroy();
      resolve({ status: response.statusCode, body: JSON.parse(text) });
    });
    for (let sent = 0; sent < bytes; sent += 1_024 ** 2) sending.write(Buffer.alloc(1_024 ** 2, sent));
    sending.end();
  });
}

async function post() {
  const client = running.demo.partners.find(({ slug }) => slug === 'vinaphone')?.client;
  if (!client) throw new Error('the demo has vinaphone');
  const headers = {
    authorization: `Bearer ${await backendToken(running.demo.issuer, client, 'partner.apps:write')}`,
    'content-type': 'application/gzip',
    'idempotency-key': crypto.randomUUID(),
  };
  return request(`${running.baseUrl}/v1/partner/app-submissions?digest=${SOME_DIGEST}`, { method: 'POST', headers, agent: false });
}

test('a connection that is lost in the middle of an upload leaves nothing', async () => {
  const whole = await archiveOf(appFiles({ files: { 'source/data.bin': Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))) } }));
  const sending = await post();
  sending.on('error', () => {});
  sending.write(whole.subarray(0, 30_000));
  await expect.poll(async () => (await keptBy(running)).incoming.length, { timeout: 10_000 }).toBe(1);
  sending.destroy();
  await expect.poll(async () => (await keptBy(running)).incoming.length, { timeout: 10_000 }).toBe(0);
  await nothingKept();
});

test('pages without a bundle, and a bundle without pages, are refused', async () => {
  const lacking = await mine.submit(appFiles({ pages: ['home'], files: { 'source/src/main.tsx': 'export {};' } }));
  expect(lacking).toMatchObject({ status: 422, body: { code: 'archive_refused', detail: 'The app has pages and there is no bundle/.' } });
  const idle = await mine.submit(appFiles({ files: { 'bundle/remoteEntry.js': 'export {};' } }));
  expect(idle).toMatchObject({ status: 422, body: { code: 'archive_refused', detail: 'There is a bundle/ and the app has no pages.' } });
  await nothingKept();
}, 60_000);

test('settings of the compiler bring no file of the server into the findings', async () => {
  const outside = `${import.meta.dirname}/mini-apps-archives.test.ts`;
  const tsconfig = JSON.stringify({
    extends: `${running.dataDirectory}/demo.json`,
    compilerOptions: { module: 'ESNext', moduleResolution: 'Bundler', paths: { '#server': [outside] }, types: [] },
    include: ['**/*.ts', `${running.dataDirectory}/**/*`, outside],
  });
  const main = `import demo from '${running.dataDirectory}/demo.json';\nimport * as server from '#server';\n/// <reference path="${outside}" />\nexport const all = [demo, server];\n`;
  const { status, body } = await mine.submit(appFiles({ files: { 'source/tsconfig.json': tsconfig, 'source/src/main.ts': main } }));
  // Taken or refused, it shows nothing of what lies outside.
  expect([201, 422]).toContain(status);
  expect(JSON.stringify(body)).not.toMatch(/mini-apps-archives|demo-partner-2026|private_key/);
  const { rows } = await running.owner.query('SELECT findings, scopes FROM chung.app_submissions');
  expect(JSON.stringify(rows)).not.toMatch(/mini-apps-archives|demo\.json/);
  await running.owner.query('TRUNCATE chung.app_submissions, chung.mini_apps');
}, 60_000);

test('what must be refused by its form is refused: content type, key, digest', async () => {
  const archive = new Uint8Array(await archiveOf(appFiles()));
  expect(await mine.send(archive, { headers: { 'content-type': 'application/zip' } })).toMatchObject({ status: 415 });
  expect(await mine.send(archive, { headers: { 'idempotency-key': '' } })).toMatchObject({
    status: 400,
    body: { code: 'idempotency_key_required' },
  });
  expect(await mine.send(archive, { digest: 'sha256:abc' })).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

test('where the database or the disk fails in the last moment, nothing is kept, and the same app goes through afterwards', async () => {
  const files = appFiles({ appId: 'vn.vinaphone.last-moment' });
  await running.owner.query('REVOKE INSERT ON chung.outbox FROM chung_server');
  try {
    expect(await mine.submit(files, { key: 'last-moment' })).toMatchObject({ status: 500, body: { code: 'internal' } });
  } finally {
    await running.owner.query('GRANT INSERT ON chung.outbox TO chung_server');
  }
  await nothingKept();
  // A file where the store wants its folder: the row and the event are made by then, and taken back.
  const place = `${running.dataDirectory}/store/sha256`;
  await rm(place, { recursive: true, force: true });
  await writeFile(place, '');
  try {
    expect(await mine.submit(files, { key: 'last-moment' })).toMatchObject({ status: 500, body: { code: 'internal' } });
  } finally {
    await rm(place);
  }
  await nothingKept();
  expect(await mine.submit(files, { key: 'last-moment' })).toMatchObject({ status: 201, body: { state: 'submitted' } });
}, 90_000);

test('what a server that was killed left behind is swept away, and what is under way is not', async () => {
  const old = new Date(Date.now() - 2 * 3_600_000);
  const leftovers = [`${running.dataDirectory}/store/incoming/archive-left`, `${workplaceOf(running.dataDirectory)}left`];
  const fresh = [`${running.dataDirectory}/store/incoming/archive-fresh`, `${workplaceOf(running.dataDirectory)}fresh`];
  for (const [file = '', folder = ''] of [leftovers, fresh]) {
    await writeFile(file, 'x');
    await mkdir(folder);
  }
  for (const place of leftovers) await utimes(place, old, old);
  await running.platform.jobs['sweepSubmissions']?.();
  expect([...leftovers, ...fresh].map((place) => existsSync(place))).toEqual([false, false, true, true]);
  for (const place of fresh) await rm(place, { recursive: true });
});
