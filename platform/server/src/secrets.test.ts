import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importJWK, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Config, readConfig } from './config.ts';
import { readDemoFile, writeDemoFile } from './demo/file.ts';
import { StartupError } from './kernel/startup-error.ts';
import { loadKeys, writePrivate } from './secrets.ts';

let folder: string;
let config: Config;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-secrets-'));
  config = readConfig({ CHUNG_DATA_DIR: folder }, '/');
  file = path.join(folder, 'secrets.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const modeOf = async (place: string) => (await stat(place)).mode & 0o777;
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('development keys', () => {
  test('are made once, kept for their owner’s eyes only, and are the same after a restart', async () => {
    const first = await loadKeys(config);
    expect(await modeOf(file)).toBe(0o600);
    expect(await loadKeys(config)).toEqual(first);
    expect(await readdir(folder)).toEqual(['secrets.json']);
  });

  test('sign: one for tokens, another for receipts, each with its own name', async () => {
    const { tokenSigning, receiptSigning } = await loadKeys(config);
    for (const [alg, [jwk]] of [
      ['ES256', tokenSigning],
      ['EdDSA', receiptSigning],
    ] as const) {
      if (!jwk) throw new Error('a key was made');
      await expect(new SignJWT({}).setProtectedHeader({ alg }).sign(await importJWK(jwk, alg))).resolves.toBeTypeOf('string');
    }
    expect(tokenSigning[0]?.kid).not.toBe(receiptSigning[0]?.kid);
  });

  test('of several first starts at once are one set: what one sealed, the others open', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => loadKeys(config)));
    for (const keys of all) expect(keys).toEqual(all[0]);
    expect(await loadKeys(config)).toEqual(all[0]);
    expect(await readdir(folder)).toEqual(['secrets.json']);
  });

  test.each(['', '{', 'null', '[]', '{"secret":"short"}', `{"secret":"${'x'.repeat(43)}","tokenKeys":[],"receiptKeys":[]}`])(
    'that are damaged (%j) are one sentence that says what to do, and the file stays as it is',
    async (text) => {
      await writeFile(file, text);
      const error = await refusalOf(loadKeys(config));
      expect(error).toBeInstanceOf(StartupError);
      expect(String(error)).toContain('secrets.json are damaged; restore the file');
      expect(await readFile(file, 'utf8')).toBe(text);
    },
  );

  test('that cannot be read are not replaced', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file where the folder should be');
    expect(String(await refusalOf(loadKeys(config)))).toContain('cannot be read (ENOTDIR)');
  });

  test('give way to what the operator set, one by one', async () => {
    const made = await loadKeys(config);
    const mixed = await loadKeys({ ...config, CHUNG_SECRET: 's'.repeat(43) });
    expect(mixed.cookie).not.toBe(made.cookie);
    expect(mixed.tokenSigning).toEqual(made.tokenSigning);
  });

  test('are not touched at all when the operator set everything', async () => {
    const keys = [{ kty: 'EC', kid: '1', d: 'd' }];
    await loadKeys({ ...config, CHUNG_SECRET: 's'.repeat(43), CHUNG_TOKEN_KEYS: keys, CHUNG_RECEIPT_KEYS: keys });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a private file', () => {
  test('is whole at every moment for whoever reads while it is written again and again', async () => {
    await writePrivate(file, { n: 0, filler: 'x'.repeat(100_000) });
    let writing = true;
    const writers = Promise.all(
      [1, 2, 3].map(async (n) => {
        for (let i = 0; i < 10; i++) await writePrivate(file, { n, filler: String(n).repeat(100_000) });
      }),
    ).finally(() => {
      writing = false;
    });
    let reads = 0;
    for (; writing; reads++) expect(JSON.parse(await readFile(file, 'utf8')).filler).toHaveLength(100_000);
    await writers;
    expect(reads).toBeGreaterThan(3);
    expect(await readdir(folder)).toEqual(['secrets.json']);
  });

  test('gets its mode back when somebody had opened it to all', async () => {
    await writePrivate(file, {});
    await chmod(file, 0o644);
    await writePrivate(file, {});
    expect(await modeOf(file)).toBe(0o600);
  });

  test('that cannot be written leaves the old one and nothing beside it', async () => {
    await writePrivate(file, { kept: true });
    await expect(writePrivate(file, { amount: 1n })).rejects.toThrow('BigInt');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ kept: true });
    expect(await readdir(folder)).toEqual(['secrets.json']);
  });
});

describe('the demo file', () => {
  const demo = {
    baseUrl: 'http://localhost:4100',
    issuer: 'http://localhost:4100',
    resource: 'http://localhost:4100/v1',
    admin: { username: 'admin', password: 'p' },
    members: [],
    partners: [],
    nativeClient: { client_id: 'chung-cli', redirect_uri: 'http://127.0.0.1/callback' },
  };

  test('is read back, is private, and is none before the first start', async () => {
    expect(await readDemoFile(folder)).toBeNull();
    await writeDemoFile(folder, demo);
    expect(await readDemoFile(folder)).toEqual(demo);
    expect(await modeOf(path.join(folder, 'demo.json'))).toBe(0o600);
  });

  test.each(['', '{"baseUrl":"http://loc', '{}', 'null'])('that is damaged (%j) is one sentence and no stack', async (text) => {
    await writeFile(path.join(folder, 'demo.json'), text);
    const error = await refusalOf(readDemoFile(folder));
    expect(error).toBeInstanceOf(StartupError);
    expect(String(error)).toContain('demo.json is damaged');
  });
});
