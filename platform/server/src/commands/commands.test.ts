// The command-line tools as an operator runs them: what they print, where, and their exit code.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { writeDemoFile } from '../demo/file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-commands-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(command: string, ...args: string[]): Promise<Ended> {
  return runWith({}, command, args);
}

function runWith(settings: Readonly<Record<string, string>>, command: string, args: readonly string[]): Promise<Ended> {
  const file = path.join(import.meta.dirname, `${command}.ts`);
  const child = spawn(process.execPath, ['--conditions=chung-source', file, ...args], {
    env: { ...process.env, CHUNG_DATA_DIR: folder, ...settings },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

const demo = {
  baseUrl: 'http://127.0.0.1:1',
  issuer: 'http://127.0.0.1:1',
  resource: 'http://127.0.0.1:1/v1',
  admin: { username: 'admin', password: 'p' },
  members: [],
  partners: [
    {
      slug: 'vnpt-money',
      username: 'vnpt-money',
      password: 'p',
      client: { client_id: 'vnpt-money-backend', private_key_jwk: { kty: 'EC', d: 'PLANTED-KEY' }, redirect_uris: [] },
    },
  ],
  nativeClient: { client_id: 'chung-cli', redirect_uri: 'http://127.0.0.1/callback' },
};

test('the docs that are made from the declarations are those in the repository', async () => {
  expect(await run('generate-docs', '--check')).toEqual({ code: 0, out: '', err: '' });
});

test('a demo token is asked for by partner, and the refusal names those there are', async () => {
  const before = await run('demo-token', 'vnpt-money');
  expect([before.code, before.out]).toEqual([1, '']);
  expect(before.err).toContain('run npm start first');
  await writeDemoFile(folder, demo);
  const unknown = await run('demo-token', 'nobody');
  expect([unknown.code, unknown.out]).toEqual([1, '']);
  expect(unknown.err).toContain('(vnpt-money)');
});

test('a demo token without a platform, or with a damaged demo file, is one sentence without a stack and without the key', async () => {
  await writeDemoFile(folder, demo);
  const off = await run('demo-token', 'vnpt-money');
  await writeFile(path.join(folder, 'demo.json'), '{"cut');
  const damaged = await run('demo-token', 'vnpt-money');
  for (const { code, out, err } of [off, damaged]) {
    expect([code, out]).toEqual([1, '']);
    expect(err).not.toMatch(/\n\s+at |PLANTED-KEY/);
  }
  expect(damaged.err).toContain('demo.json is damaged');
});

test('a key for receipts that the operator keeps is printed ready to be put first: it signs in an hour, and only it is on standard output', async () => {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const keys = [{ ...(await exportJWK(privateKey)), kid: 'mine' }];
  const settings = { CHUNG_RECEIPT_KEYS: JSON.stringify({ keys }) };
  const { code, out, err } = await runWith(settings, 'rotate-keys', []);
  expect([code, err.includes('FIRST')]).toEqual([0, true]);
  const made = JSON.parse(out);
  expect(Math.abs(made.nbf - Date.now() / 1000 - 3_600)).toBeLessThan(60);
  const set = { keys: [made, { ...keys[0], d: undefined }] };
  const config = readConfig({ CHUNG_RECEIPT_KEYS: JSON.stringify(set) }, '/');
  expect(config.CHUNG_RECEIPT_KEYS?.map(({ kid }) => kid)).toEqual([made.kid, 'mine']);
  expect(() => readConfig({ CHUNG_RECEIPT_KEYS: JSON.stringify({ keys: [{ ...keys[0], d: undefined }] }) }, '/')).toThrow(
    'holds no private key',
  );
});
