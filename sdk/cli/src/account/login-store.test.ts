import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Login, loginStore } from './login-store.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'chung-store-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const login = (n: number): Login => ({
  tokens: {
    ...{ accessToken: `access-${n}`, refreshToken: `refresh-${n}`, endsAt: n, scope: 'openid', subject: 's' },
    proofKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: `geheim-${n}` },
  },
  partner: 'VinaPhone',
  signedInAt: '2026-11-28T10:00:00.000Z',
});
const store = (env: Record<string, string> = {}) => loginStore({ env: { HOME: home, ...env } });
const keep = (issuer: string, n: number) =>
  store().change(async (before) => ({ ...before, last: issuer, logins: { ...before.logins, [issuer]: login(n) } }));

test('it lies where the person’s settings lie', () => {
  expect(store().file).toBe(path.join(home, '.config/chung/logins.json'));
  expect(store({ XDG_CONFIG_HOME: '/srv/settings' }).file).toBe('/srv/settings/chung/logins.json');
  // By the XDG rule a relative path is none.
  expect(store({ XDG_CONFIG_HOME: 'settings' }).file).toBe(path.join(home, '.config/chung/logins.json'));
});

test('what is kept is read back, of several platforms beside each other', async () => {
  expect(store().read()).toEqual({ version: 1, last: null, logins: {} });
  await keep('https://a.example', 1);
  await keep('https://b.example', 2);
  expect(store().read()).toEqual({
    version: 1,
    last: 'https://b.example',
    logins: { 'https://a.example': login(1), 'https://b.example': login(2) },
  });
});

test('many changes at once are all there in the end', async () => {
  await Promise.all(Array.from({ length: 12 }, (_, n) => keep(`https://${n}.example`, n)));
  expect(Object.keys(store().read().logins)).toHaveLength(12);
  expect(await readdir(path.join(home, '.config/chung'))).toEqual(['logins.json']);
});

test('its owner alone can read it, also where it was open to others before', async () => {
  await mkdir(path.join(home, '.config/chung'), { recursive: true });
  await writeFile(store().file, JSON.stringify({ version: 1, last: null, logins: {} }), { mode: 0o666 });
  await chmod(store().file, 0o666);
  await keep('https://a.example', 1);
  expect((await stat(store().file)).mode & 0o777).toBe(0o600);
});

test('a change that fails, or changes nothing, leaves the file as it was', async () => {
  await keep('https://a.example', 1);
  const before = await readFile(store().file, 'utf8');
  await expect(store().change(() => Promise.reject(new Error('the platform said no')))).rejects.toThrow('the platform said no');
  await store().change(async () => null);
  expect(await readFile(store().file, 'utf8')).toBe(before);
  expect(await readdir(path.dirname(store().file))).toEqual(['logins.json']);
});

describe('a damaged file', () => {
  test.each([
    '',
    'null',
    '{"version":2,"last":null,"logins":{}}',
    '{"version":1,"last":null,"logins":{"a":{"tokens":"geheim"}}}',
    '\u0000',
  ])('%j is told without a word of it, and may be repaired', async (text) => {
    await keep('https://a.example', 1);
    await writeFile(store().file, text);
    expect(() => store().read()).toThrow(`The login file ${store().file} is damaged.`);
    await expect(store().change(async () => null)).rejects.toThrow('is damaged');
    expect(store().readOrNone()).toEqual({ version: 1, last: null, logins: {} });
    await store().repair(async (before) => ({ ...before, logins: { 'https://b.example': login(2) } }));
    expect(store().read().logins).toEqual({ 'https://b.example': login(2) });
  });
});
