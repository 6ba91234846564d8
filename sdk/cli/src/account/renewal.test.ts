// A refresh token that works once, and several commands that hold it; and the file they meet in.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PersonTokens } from '@chung/client/partner';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sharedRenewal } from './account.ts';
import { type Login, type LoginStore, loginStore } from './login-store.ts';
import { readWhole, writeWhole } from './whole-file.ts';

const ISSUER = 'https://chung.example';
const OTHER = 'https://other.example';
const HOUR_MS = 3_600_000;

let home: string;
let store: LoginStore;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'chung-renewal-'));
  store = loginStore({ env: { HOME: home } });
  await keep(ISSUER, tokens(0));
});
afterEach(() => rm(home, { recursive: true, force: true }));

type Tokens = Login['tokens'];
/** The n-th that the platform gave; it has ended unless told. */
const tokens = (n: number, endsAt = Date.now() - 1): Tokens => ({
  ...{ accessToken: `access-${n}`, refreshToken: `refresh-${n}`, endsAt, scope: 'openid', subject: 's' },
  proofKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' },
});
const keep = (issuer: string, kept: Tokens) =>
  store.change(async (before) => ({
    ...before,
    logins: { ...before.logins, [issuer]: { tokens: kept, partner: 'VinaPhone', signedInAt: '2026-11-28T10:00:00.000Z' } },
  }));
const keptIn = (issuer: string) => store.read().logins[issuer]?.tokens;

/** A platform that ends a login where a refresh token comes a second time. */
function platform() {
  const seen: string[] = [];
  return {
    seen,
    renew: async (latest: PersonTokens): Promise<PersonTokens> => {
      const token = latest.refreshToken ?? '';
      if (seen.includes(token)) throw new Error(`${token} was used twice`);
      seen.push(token);
      await pause(5);
      return tokens(seen.length, Date.now() + HOUR_MS);
    },
  };
}

describe('renewing a login', () => {
  test('asks the platform once, however many commands find it ended at the same time, and all go on with the same', async () => {
    const { renew, seen } = platform();
    const held = tokens(0);
    const got = await Promise.all(
      Array.from({ length: 12 }, () => sharedRenewal(loginStore({ env: { HOME: home } }), ISSUER)(held, renew)),
    );
    expect(seen).toEqual(['refresh-0']);
    expect(new Set(got.map(({ accessToken }) => accessToken))).toEqual(new Set(['access-1']));
    expect(keptIn(ISSUER)).toEqual(got[0]);
  });

  test('uses the token of the file where the one in hand was replaced and has ended since', async () => {
    const { renew, seen } = platform();
    await keep(ISSUER, tokens(7));
    await sharedRenewal(store, ISSUER)(tokens(0), renew);
    expect(seen).toEqual(['refresh-7']);
  });

  test('takes what another command has written, without asking, as long as it lasts', async () => {
    const { renew, seen } = platform();
    const fresh = tokens(7, Date.now() + HOUR_MS);
    await keep(ISSUER, fresh);
    expect(await sharedRenewal(store, ISSUER)(tokens(0), renew)).toEqual(fresh);
    expect(seen).toEqual([]);
  });

  test('asks although the token still lasts where it is the very one that the platform has refused', async () => {
    const { renew, seen } = platform();
    const refused = tokens(0, Date.now() + HOUR_MS);
    await keep(ISSUER, refused);
    expect((await sharedRenewal(store, ISSUER)(refused, renew)).accessToken).toBe('access-1');
    expect(seen).toEqual(['refresh-0']);
  });

  test('leaves the logins of other platforms as they are, and the last one the last', async () => {
    await keep(OTHER, tokens(3));
    await store.change(async (before) => ({ ...before, last: OTHER }));
    await sharedRenewal(store, ISSUER)(tokens(0), platform().renew);
    expect([store.read().last, keptIn(OTHER)?.accessToken, keptIn(ISSUER)?.accessToken]).toEqual([OTHER, 'access-3', 'access-1']);
  });

  test('of somebody who has signed out meanwhile ends in a sentence, and asks nobody', async () => {
    const { renew, seen } = platform();
    await store.change(async (before) => ({ ...before, logins: {} }));
    await expect(sharedRenewal(store, ISSUER)(tokens(0), renew)).rejects.toMatchObject({
      exitCode: 4,
      text: { vi: `Chưa đăng nhập ở ${ISSUER}.`, en: `Nobody is signed in at ${ISSUER}.` },
    });
    expect(seen).toEqual([]);
  });

  test('that the platform refuses leaves what was there, and the next command may try', async () => {
    const before = await readFile(store.file, 'utf8');
    const refusing = () => Promise.reject(new Error('invalid_grant'));
    await expect(sharedRenewal(store, ISSUER)(tokens(0), refusing)).rejects.toThrow('invalid_grant');
    expect(await readFile(store.file, 'utf8')).toBe(before);
    expect((await sharedRenewal(store, ISSUER)(tokens(0), platform().renew)).accessToken).toBe('access-1');
  });

  test('by a key that is not whole keeps nothing: what could not be used again is not written', async () => {
    const { d: _private, ...half } = tokens(1).proofKey;
    const renew = async (): Promise<PersonTokens> => ({ ...tokens(1, Date.now() + HOUR_MS), proofKey: half });
    await expect(sharedRenewal(store, ISSUER)(tokens(0), renew)).rejects.toThrow();
    expect(keptIn(ISSUER)?.accessToken).toBe('access-0');
  });
});

describe('a file that is written whole', () => {
  const file = () => path.join(home, 'whole.txt');

  test('holds exactly the text, whatever it is, for its owner alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (text) => {
        writeWhole(file(), text);
        expect(readWhole(file())).toBe(text);
        expect((await stat(file())).mode & 0o777).toBe(0o600);
      }),
      { numRuns: 30 },
    );
    expect((await readdir(home)).filter((name) => name.startsWith('whole'))).toEqual(['whole.txt']);
  });

  test('is the old one or the new one to whoever reads meanwhile, never a part', async () => {
    const [one, two] = ['1'.repeat(300_000), '2'.repeat(300_000)];
    writeWhole(file(), one);
    const seen = new Set<string>();
    const reading = Promise.all(
      Array.from({ length: 60 }, async () => {
        await pause(Math.random() * 30);
        seen.add(await readFile(file(), 'utf8'));
      }),
    );
    for (let round = 0; round < 20; round++) {
      writeWhole(file(), round % 2 === 0 ? two : one);
      await pause(1);
    }
    await reading;
    expect([...seen].filter((text) => text !== one && text !== two)).toEqual([]);
  });

  test('that cannot take its place leaves the old one, and nothing beside it', async () => {
    await mkdir(file());
    expect(() => writeWhole(file(), 'new')).toThrow();
    expect((await readdir(home)).filter((name) => name.startsWith('whole'))).toEqual(['whole.txt']);
    expect((await stat(file())).isDirectory()).toBe(true);
  });

  test('is none where there is no file or no folder; what may not be read is said, and not taken for none', async () => {
    await writeFile(path.join(home, 'plain'), '');
    for (const name of ['nowhere', 'nowhere/at/all', 'plain/inside']) expect(readWhole(path.join(home, name))).toBeNull();
    await mkdir(path.join(home, 'folder'));
    expect(() => readWhole(path.join(home, 'folder'))).toThrow('EISDIR');
    expect(readWhole(path.join(home, 'plain'))).toBe('');
  });

  test('by the store, where its folder is a file, is told with what to do before anybody is asked for anything', async () => {
    await rm(path.join(home, '.config'), { recursive: true });
    await writeFile(path.join(home, '.config'), '');
    expect(() => store.assertWritable()).toThrow(`${store.file} cannot be written.`);
    await expect(keep(ISSUER, tokens(1))).rejects.toMatchObject({ exitCode: 3, next: { en: expect.stringContaining('XDG_CONFIG_HOME') } });
    expect(store.read()).toEqual({ version: 1, last: null, logins: {} });
    await chmod(home, 0o700);
  });
});
