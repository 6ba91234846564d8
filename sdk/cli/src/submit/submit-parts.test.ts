// What goes into an archive, and what must not; the archive itself.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ApiError, UnreachableError } from '@chung/client';
import { listingOf, SUBMISSION_LIMITS } from '@chung/contracts';
import { extract, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf } from '../build/index.ts';
import { packApp } from './pack.ts';
import { sourceOf } from './source-files.ts';
import { upload } from './upload.ts';

let folder: string;
let app: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-pack-'));
  app = path.join(folder, 'apps/gifts');
  await put('chung.config.ts', 'export default {};');
  await put('package.json', '{}');
  await put('package-lock.json', '{}');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, text = 'x'): Promise<void> {
  await mkdir(path.dirname(path.join(app, name)), { recursive: true });
  await writeFile(path.join(app, name), text);
}
const ALWAYS = ['chung.config.ts', 'package-lock.json', 'package.json'];
const names = () =>
  sourceOf(app)
    .files.map((file) => file.path.replace('source/', ''))
    .filter((name) => !ALWAYS.includes(name))
    .toSorted();

describe('what is sent', () => {
  test('every file of the source, also one whose name begins with a dot', async () => {
    for (const name of ['src/main.tsx', 'src/trang chủ/màn hình.tsx', '.editorconfig', 'assets/icon.svg']) await put(name);
    expect(names()).toEqual(['.editorconfig', 'assets/icon.svg', 'src/main.tsx', 'src/trang chủ/màn hình.tsx']);
  });

  test('not what was installed or built, and not what belongs to this machine', async () => {
    for (const name of [
      'node_modules/react/index.js',
      'packages/a/node_modules/b/c.js',
      '.git/HEAD',
      '.chung/state.json',
      'dist/remoteEntry.js',
    ])
      await put(name);
    await put('src/dist/kept.ts');
    expect(names()).toEqual(['src/dist/kept.ts']);
    expect(sourceOf(app).leftOut).toEqual([]);
  });

  test('nothing that may hold a secret, which is said, whatever .gitignore thinks of it', async () => {
    for (const name of ['.env', '.env.production', 'backend/.env.example', 'keys/server.pem', 'keys/ID_RSA', '.npmrc', 'src/a.ts'])
      await put(name);
    await put('.gitignore', '!.env\n');
    expect(names()).toEqual(['.gitignore', 'src/a.ts']);
    expect(sourceOf(app).leftOut.toSorted()).toEqual([
      '.env',
      '.env.production',
      '.npmrc',
      'backend/.env.example',
      'keys/ID_RSA',
      'keys/server.pem',
    ]);
  });

  test('not what .gitignore leaves out: its own, one of a folder in it, and those above it in the repository', async () => {
    await mkdir(path.join(folder, '.git'));
    await writeFile(path.join(folder, '.gitignore'), '*.log\n/apps/gifts/notes/\n');
    await put('.gitignore', 'coverage/\n*.tmp\n!kept.tmp\n/only-here.ts\n');
    await put('src/.gitignore', 'generated.ts\n!wanted.log\n');
    for (const name of ['coverage/a.ts', 'a.tmp', 'kept.tmp', 'only-here.ts', 'src/only-here.ts', 'src/generated.ts', 'notes/a.md'])
      await put(name);
    for (const name of ['debug.log', 'src/wanted.log', 'src/main.ts']) await put(name);
    expect(names()).toEqual(['.gitignore', 'kept.tmp', 'src/.gitignore', 'src/main.ts', 'src/only-here.ts', 'src/wanted.log']);
  });

  test('a repository that leaves out the app itself says nothing about what is in it', async () => {
    await mkdir(path.join(folder, '.git'));
    await writeFile(path.join(folder, '.gitignore'), 'apps/\n');
    await put('src/main.ts');
    expect(names()).toEqual(['src/main.ts']);
  });

  test.each(['package-lock.json', 'package.json', 'chung.config.ts'])('without %s the app is not sent', async (name) => {
    await rm(path.join(app, name));
    expect(() => sourceOf(app)).toThrow(`gifts has no ${name}`);
  });

  test('a link is told by its name: it would not arrive as what it seems', async () => {
    await writeFile(path.join(folder, 'outside.ts'), 'x');
    await mkdir(path.join(app, 'src'));
    await symlink(path.join(folder, 'outside.ts'), path.join(app, 'src/inside.ts'));
    expect(() => sourceOf(app)).toThrow('src/inside.ts is a link or a special file.');
  });
});

describe('the archive', () => {
  const packed = (to = 'app.tar.gz') => packApp(sourceOf(app).files, path.join(folder, to));

  async function entriesOf(file: string): Promise<readonly { header: Header; content: string }[]> {
    const entries: { header: Header; content: string }[] = [];
    const reader = extract();
    reader.end(gunzipSync(await readFile(file)));
    for await (const entry of reader) {
      let content = '';
      for await (const part of entry) content += String(Buffer.from(part as Uint8Array));
      entries.push({ header: entry.header, content });
    }
    return entries;
  }

  test('holds the files sorted, without a time or an owner, as they are', async () => {
    await put('src/màn hình.ts', 'Chào bạn');
    await put('a.ts', '');
    await put(`${'src/'.repeat(30)}deep.ts`, 'deep');
    const { file, files, bytes } = await packed();
    const entries = await entriesOf(file);
    expect(entries.map(({ header }) => header.name)).toEqual(files.map((one) => one.path));
    expect(entries.map(({ header }) => header.name)).toEqual(entries.map(({ header }) => header.name).toSorted());
    expect(new Set(entries.map(({ header: { mode, uid, gid, mtime, type } }) => JSON.stringify([mode, uid, gid, mtime, type])))).toEqual(
      new Set([JSON.stringify([0o644, 0, 0, new Date(0), 'file'])]),
    );
    expect(entries.find(({ header }) => header.name === 'source/src/màn hình.ts')?.content).toBe('Chào bạn');
    expect(bytes).toBe((await readFile(file)).length);
  });

  test('is the same from another folder, and another with any change', async () => {
    await put('src/main.ts', 'one');
    const first = await packed('first.tar.gz');
    const elsewhere = path.join(folder, 'elsewhere');
    const moved = sourceOf(app).files.map((file) => ({ ...file }));
    await mkdir(elsewhere);
    for (const one of moved) {
      one.place = path.join(elsewhere, one.path.replaceAll('/', '-'));
      await writeFile(one.place, await readFile(path.join(app, one.path.replace('source/', ''))));
    }
    const second = await packApp(moved.toReversed(), path.join(folder, 'second.tar.gz'));
    expect(await readFile(second.file)).toEqual(await readFile(first.file));
    expect(second.digest).toBe(first.digest);
    await put('src/main.ts', 'two');
    expect((await packed()).digest).not.toBe(first.digest);
  });

  test('has the digest that the contracts define, which is that of a bundle too', async () => {
    const { digest, files } = await packed();
    expect(digest).toBe(`sha256:${createHash('sha256').update(listingOf(files)).digest('hex')}`);
    const odd = [
      { path: 'b/ă', sha256: '1' },
      { path: 'B', sha256: '2' },
      { path: 'b', sha256: '3' },
      { path: 'b-', sha256: '4' },
    ];
    expect(digestOf(odd)).toBe(`sha256:${createHash('sha256').update(listingOf(odd)).digest('hex')}`);
  });

  test.each([
    ['a name that Windows has no file for', 'src/aux.ts', 'source/src/aux.ts cannot be written on every system.'],
    ['a name with a sign that is not allowed', 'src/a:b.ts', 'source/src/a:b.ts has signs that are not allowed.'],
    ['a path that is too long', `src/${'x'.repeat(120)}/${'y'.repeat(120)}.ts`, 'is too long.'],
  ])('%s is told before anything is sent', async (_what, name, sentence) => {
    await put(name);
    await expect(packed()).rejects.toThrow(sentence);
  });

  test('two names that differ in capitals are told', async () => {
    await put('src/Main.ts');
    await put('src/main.ts');
    await expect(packed()).rejects.toThrow('source/src/main.ts and source/src/Main.ts are one file');
  });

  test('a file that is too large is told by its size, and too much altogether too', async () => {
    await put('video.bin');
    await truncate(path.join(app, 'video.bin'), SUBMISSION_LIMITS.fileBytes + 1);
    await expect(packed()).rejects.toThrow('source/video.bin has more than 10.0 MiB.');
    await truncate(path.join(app, 'video.bin'), SUBMISSION_LIMITS.fileBytes);
    for (let index = 0; index < 6; index++) {
      await put(`part-${index}.bin`);
      await truncate(path.join(app, `part-${index}.bin`), SUBMISSION_LIMITS.fileBytes);
    }
    await expect(packed()).rejects.toThrow('All files have 70.0 MiB; 64.0 MiB are the most.');
  });

  test('a file that vanishes while it is packed ends it with its name', async () => {
    const { files } = sourceOf(app);
    await rm(path.join(app, 'package.json'));
    await expect(packApp(files, path.join(folder, 'app.tar.gz'))).rejects.toThrow('package.json');
  });
});

describe('what the platform answers', () => {
  const terminal = { language: 'en', colour: 'off', error: () => {}, interruption: () => new AbortController().signal } as const;

  /** A platform that has nothing yet and refuses what is sent. */
  const refusing = (error: Error) => ({
    issuer: 'https://chung.example',
    client: { partner: { apps: { submit: () => Promise.reject(error) } } },
    ask: async () => ({ items: [] }),
    told: (cause: unknown) => cause,
  });
  const sent = async (error: Error) => {
    const packed = await packApp(sourceOf(app).files, path.join(folder, 'app.tar.gz'));
    const prepared = { manifest: { app_id: 'vn.example.gifts' }, packed, bundleDigest: null, leftOut: [] };
    return upload(refusing(error) as never, prepared as never, terminal as never).catch((caught: unknown) => caught);
  };

  test('findings of its own check are shown one by one, each at its place', async () => {
    const fields = [
      { path: 'src/main.tsx:4:7', code: 'CH101', message: 'offers.claim needs redemptions:claim.' },
      { path: 'src/main.tsx:9:1', code: 'CH401', message: 'A mini-app may not use eval.' },
    ];
    const told = await sent(new ApiError({ status: 422, code: 'checks_failed', title: 'It does not pass.', fields }));
    expect(told).toMatchObject({
      exitCode: 4,
      text: {
        en: 'The platform checked it and refused: It does not pass.\n  CH101 src/main.tsx:4:7 offers.claim needs redemptions:claim.\n  CH401 src/main.tsx:9:1 A mini-app may not use eval.',
      },
    });
  });

  test('a connection that broke off says that sending again does no harm; any other refusal is told by the account', async () => {
    expect(await sent(new UnreachableError(new Error('reset')))).toMatchObject({
      exitCode: 3,
      next: { en: expect.stringContaining('one submission') },
    });
    const other = new ApiError({ status: 409, code: 'version_not_higher' });
    expect(await sent(other)).toBe(other);
  });
});
