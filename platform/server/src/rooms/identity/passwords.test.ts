import { expect, test } from 'vitest';
import { hashPassword, passwordMatches } from './passwords.ts';

const RIGHT = 'đường-đến-trường-2026';

test('a password is kept as argon2id, salted, and never twice the same', async () => {
  const [one, two] = await Promise.all([hashPassword(RIGHT), hashPassword(RIGHT)]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(one).not.toBe(two);
  expect([await passwordMatches(one, RIGHT), await passwordMatches(two, RIGHT)]).toEqual([true, true]);
});

test('only the very password matches: no case, no trimming, no missing mark, no part of it', async () => {
  const stored = await hashPassword(RIGHT);
  for (const wrong of [RIGHT.toUpperCase(), `${RIGHT} `, 'duong-den-truong-2026', RIGHT.slice(0, -1), `${RIGHT}\0`, ''])
    expect(await passwordMatches(stored, wrong), wrong).toBe(false);
});

test('nobody signs in without a stored password, not even with the one that stands in for it', async () => {
  for (const guess of ['decoy', '', RIGHT]) expect(await passwordMatches(null, guess)).toBe(false);
});

test('a name that does not exist costs as much work as one that does', async () => {
  const stored = await hashPassword(RIGHT);
  await passwordMatches(null, 'warm');
  const timeOf = async (hash: string | null) => {
    const began = process.cpuUsage();
    for (let round = 0; round < 8; round++) await passwordMatches(hash, 'sai mật khẩu');
    const { user, system } = process.cpuUsage(began);
    return user + system;
  };
  const [known, unknown] = [await timeOf(stored), await timeOf(null)];
  // Work, not time: a busy machine delays both. Without the decoy the second one is about a thousandth.
  expect(unknown).toBeGreaterThan(known / 3);
});

test('a password of a megabyte is refused before it costs anything', async () => {
  const stored = await hashPassword('a'.repeat(200));
  expect(await passwordMatches(stored, 'a'.repeat(200))).toBe(true);
  const began = process.cpuUsage();
  for (let round = 0; round < 200; round++) expect(await passwordMatches(stored, 'a'.repeat(1_000_000))).toBe(false);
  expect(process.cpuUsage(began).user).toBeLessThan(500_000);
});
