// Who a command of `chung` is at the platform: a stored login that several commands share, or an app by its key.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { login, type Machine, openMachine } from './cli-login.ts';

const CHUNG = path.resolve(import.meta.dirname, '../../sdk/cli/src/main.ts');
const LISTING = ['events', 'list', '--from', 'now', '--json'];

let running: TestPlatform;
let machine: Machine;
beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());
beforeEach(async () => {
  machine = await openMachine(running.demo.issuer);
});
afterEach(() => machine.close());

function partner(place = 0) {
  const found = running.demo.partners[place];
  if (!found) throw new Error('the demo has partners');
  return found;
}

async function signIn(): Promise<void> {
  const { username, password } = partner();
  expect((await login(machine, { username, password })).code).toBe(0);
}

interface Kept {
  accessToken: string;
  refreshToken: string;
  endsAt: number;
}

/** What the file holds; `change` writes it back otherwise. */
async function kept(change: (tokens: Kept) => void = () => {}): Promise<Kept> {
  const file: { logins: Record<string, { tokens: Kept }> } = JSON.parse(await readFile(machine.loginFile, 'utf8'));
  const tokens = file.logins[running.demo.issuer]?.tokens;
  if (!tokens) throw new Error('nobody is signed in');
  change(tokens);
  await writeFile(machine.loginFile, JSON.stringify(file));
  return tokens;
}

const expire = () =>
  kept((tokens) => {
    tokens.endsAt = 0;
  });

/** The command as a process of its own, as several terminals run it at once. */
const inProcess = () =>
  promisify(execFile)(process.execPath, ['--conditions=chung-source', CHUNG, ...LISTING], { env: { ...process.env, ...machine.env } });

describe('a stored login', { timeout: 120_000 }, () => {
  test('is renewed when its token has ended, and what the platform gave is kept', async () => {
    await signIn();
    const before = await expire();
    expect((await machine.chung(LISTING)).code).toBe(0);
    const after = await kept();
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(after.endsAt).toBeGreaterThan(Date.now() + 300_000);
    expect((await machine.chung(LISTING)).code).toBe(0);
    expect((await kept()).refreshToken).toBe(after.refreshToken);
  });

  test('is renewed once by commands that run at once: none of them loses it to another', async () => {
    await signIn();
    const before = await expire();
    const began = new Date();
    await Promise.all(Array.from({ length: 5 }, inProcess));
    const after = await kept();
    expect(after.refreshToken).not.toBe(before.refreshToken);
    const { rows } = await running.owner.query(
      `SELECT count(*)::int AS used FROM chung.oidc_artifacts
        WHERE model = 'RefreshToken' AND consumed_at > $1 AND client_id = 'chung-cli'`,
      [began],
    );
    expect(rows[0].used).toBe(1);
    // Not ended by a second use of the old one.
    await expire();
    expect((await machine.chung(LISTING)).code).toBe(0);
  });

  test('is not held by a command that died while it renewed', async () => {
    await signIn();
    await expire();
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', 'process.stdout.write(String(process.pid))']);
    await writeFile(`${machine.loginFile}.lock`, JSON.stringify({ host: hostname(), pid: Number(stdout), id: 'dead' }));
    const began = performance.now();
    expect((await machine.chung(LISTING)).code).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('that was ended elsewhere is told in one sentence, with exit code 4', async () => {
    await signIn();
    await running.owner.query(`DELETE FROM chung.oidc_artifacts WHERE client_id = 'chung-cli'`);
    for (const tokens of ['as they are', 'ended']) {
      if (tokens === 'ended') await expire();
      // What the API believes of a token may be 250 ms old.
      await new Promise((resolve) => setTimeout(resolve, 400));
      const told = await machine.chung(LISTING);
      expect([told.code, told.error]).toEqual([
        4,
        `The login at ${running.demo.issuer} has ended.\nSign in again: chung login --issuer ${running.demo.issuer}.\n`,
      ]);
    }
  });

  test('that was copied and used twice ends for both, and says so', async () => {
    await signIn();
    const copy = await readFile(machine.loginFile, 'utf8');
    await expire();
    expect((await machine.chung(LISTING)).code).toBe(0);
    const owners = await readFile(machine.loginFile, 'utf8');
    await writeFile(machine.loginFile, copy);
    await expire();
    expect((await machine.chung(LISTING)).code).toBe(4);
    await writeFile(machine.loginFile, owners);
    await expire();
    expect((await machine.chung(LISTING)).error).toContain('has ended.');
  });

  test('of a suspended partner is refused in words', async () => {
    await signIn();
    const { rows } = await running.owner.query('SELECT id FROM chung.partners WHERE slug = $1', [partner().slug]);
    await running.platform.db.tx((tx) => running.platform.identity.setPartnerStatus(tx, rows[0].id, 'suspended'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    const told = await machine.chung(LISTING);
    await running.platform.db.tx((tx) => running.platform.identity.setPartnerStatus(tx, rows[0].id, 'active'));
    expect(told.code).toBe(4);
    expect(told.error).not.toMatch(/\n\s+at /);
  });
});

describe('an app on a build server', () => {
  const app = (changes: Record<string, string> = {}) => ({
    ...machine.env,
    CHUNG_CLIENT_ID: partner().client.client_id,
    CHUNG_PRIVATE_KEY: JSON.stringify(partner().client.private_key_jwk),
    ...changes,
  });

  test('needs no login: its key and its scopes are enough', async () => {
    const told = await machine.chung(LISTING, { env: app() });
    expect([told.code, told.error]).toEqual([0, '']);
    await expect(readFile(machine.loginFile)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is told which scope it lacks', async () => {
    const { client_id } = partner(1).client;
    const key = { CHUNG_CLIENT_ID: client_id, CHUNG_PRIVATE_KEY: JSON.stringify(partner(1).client.private_key_jwk) };
    await running.owner.query(`UPDATE chung.apps SET scopes = array_remove(scopes, 'partner.events:read') WHERE client_id = $1`, [
      client_id,
    ]);
    const told = await machine.chung(LISTING, { env: app(key) });
    expect([told.code, told.error]).toEqual([4, expect.stringContaining('This app has not been granted partner.events:read.')]);
  });

  test('with another key is refused, and no word of a key is printed', async () => {
    const env = app({ CHUNG_PRIVATE_KEY: JSON.stringify(partner(1).client.private_key_jwk) });
    const told = await machine.chung([...LISTING, '--debug'], { env });
    expect([told.code, told.error]).toEqual([4, expect.stringContaining('does not accept this app or its key.')]);
    expect(told.error).not.toContain(String(partner(1).client.private_key_jwk['d']));
  });

  test.each([
    ['only a key', { CHUNG_CLIENT_ID: '' }, 'CHUNG_PRIVATE_KEY is set and CHUNG_CLIENT_ID is not.'],
    ['only a name', { CHUNG_PRIVATE_KEY: '' }, 'CHUNG_PRIVATE_KEY is no private ES256 key'],
    ['a public key', { CHUNG_PRIVATE_KEY: '{"kty":"EC","crv":"P-256","x":"a","y":"b"}' }, 'CHUNG_PRIVATE_KEY is no private ES256 key'],
    ['a damaged key', { CHUNG_PRIVATE_KEY: '{"kty":"EC","d":"geheim"' }, 'CHUNG_PRIVATE_KEY is no private ES256 key'],
    ['no platform', { CHUNG_ISSUER: '' }, 'Which platform is not known.'],
  ])('%s is told in a sentence', async (_name, changes, sentence) => {
    const told = await machine.chung(LISTING, { env: app(changes) });
    expect([told.code, told.error]).toEqual([2, expect.stringContaining(sentence)]);
    expect(told.error).not.toContain('geheim');
  });
});
