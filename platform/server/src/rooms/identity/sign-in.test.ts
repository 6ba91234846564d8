import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import type { Account } from './account.ts';
import { createAccount } from './create-account.ts';
import { signIn } from './sign-in.ts';
import { returnAttempt, takeAttempt } from './sign-in-store.ts';

const PASSWORD = 'đúng-mật-khẩu-2026';
let db: Db;
let owner: pg.Client;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 10, onIdleError: () => {} });
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  drop = async () => {
    await owner.end();
    await db.close();
    await database.drop();
  };
});
afterAll(() => drop?.());

let key = 0;
let name = '';
beforeEach(async () => {
  name = `người-dùng-${++key}`;
  await createAccount(db, { kind: 'member', username: name, password: PASSWORD, displayName: 'An', memberId: newId() });
});

const passTime = (minutes: number) =>
  owner.query(`UPDATE chung.sign_in_failures SET expires_at = expires_at - make_interval(mins => $1)`, [minutes]);

describe('the counter of attempts', () => {
  test('lets the limit through and not one more, and says how long to wait', async () => {
    const waits = [];
    for (let attempt = 0; attempt < 5; attempt++) waits.push(await takeAttempt(db, `count-${name}`, 3));
    expect(waits.slice(0, 3)).toEqual([0, 0, 0]);
    for (const wait of waits.slice(3)) {
      expect(wait).toBeGreaterThan(890);
      expect(wait).toBeLessThanOrEqual(900);
    }
  });

  test('counts a burst on many connections exactly', async () => {
    const waits = await Promise.all(Array.from({ length: 40 }, () => takeAttempt(db, `burst-${name}`, 7)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(7);
  });

  test('knocking on a closed door does not keep it closed longer', async () => {
    const once = () => takeAttempt(db, `knock-${name}`, 2);
    for (let attempt = 0; attempt < 3; attempt++) await once();
    await passTime(10);
    const wait = await once();
    expect(wait).toBeLessThanOrEqual(300);
    await passTime(5);
    expect(await once()).toBe(0);
  });

  test('opens again by itself with the whole limit', async () => {
    const once = () => takeAttempt(db, `again-${name}`, 2);
    for (let attempt = 0; attempt < 6; attempt++) await once();
    await passTime(16);
    expect([await once(), await once(), (await once()) > 0]).toEqual([0, 0, true]);
  });

  test('one key’s attempts are not another’s', async () => {
    for (let attempt = 0; attempt < 4; attempt++) await takeAttempt(db, `mine-${name}`, 2);
    expect(await takeAttempt(db, `yours-${name}`, 2)).toBe(0);
  });

  test('a right password clears the account and gives the address one attempt back, never more than it had', async () => {
    const keys = { account: `a-${name}`, address: `i-${name}` };
    for (let attempt = 0; attempt < 3; attempt++) await Promise.all([takeAttempt(db, keys.account, 9), takeAttempt(db, keys.address, 9)]);
    await returnAttempt(db, keys);
    const rows = await db.query<{ key: string; failures: number }>(
      'SELECT key, failures FROM chung.sign_in_failures WHERE key = ANY ($1)',
      [Object.values(keys)],
    );
    expect(rows).toEqual([{ key: keys.address, failures: 2 }]);
    for (let again = 0; again < 5; again++) await returnAttempt(db, keys);
    expect((await db.query('SELECT failures FROM chung.sign_in_failures WHERE key = $1', [keys.address]))[0]).toEqual({ failures: 0 });
  });
});

describe('signing in', () => {
  const staff: Account[] = [];
  const deps = () => ({ db, secret: 's', onStaffSignIn: async (account: Account) => void staff.push(account) });
  const attempt = (username: string, password: string, address = `10.0.0.${key}`) => signIn(deps(), { username, password, address });

  test('the right password opens; the answer to every wrong one is the same', async () => {
    expect(await attempt(name, PASSWORD)).toMatchObject({ outcome: 'signed-in', account: { username: name } });
    const refusals = await Promise.all([attempt(name, 'sai'), attempt('không-ai', PASSWORD), attempt('a\0b', PASSWORD), attempt('', '')]);
    expect(new Set(refusals.map((answer) => JSON.stringify(answer)))).toEqual(new Set(['{"outcome":"refused"}']));
  });

  test('a closed account is refused like a wrong password, with the right one', async () => {
    await owner.query(`UPDATE chung.accounts SET state = 'closed' WHERE username = $1`, [name]);
    expect(await attempt(name, PASSWORD)).toEqual({ outcome: 'refused' });
  });

  test('an account without a password cannot be entered by one', async () => {
    await createAccount(db, { kind: 'member', username: `sso-${name}`, displayName: 'Bình', memberId: newId() });
    for (const password of ['', 'decoy', 'null']) expect(await attempt(`sso-${name}`, password)).toEqual({ outcome: 'refused' });
  });

  test('spelling a name another way does not give more attempts', async () => {
    const spellings = [name, name.toUpperCase(), ` ${name} `, name.normalize('NFD')];
    for (let index = 0; index < 8; index++) expect(await attempt(spellings[index % 4] ?? name, 'sai')).toEqual({ outcome: 'refused' });
    expect((await attempt(name.toUpperCase(), PASSWORD)).outcome).toBe('locked');
  });

  test('after a quarter of an hour the owner comes in again', async () => {
    for (let index = 0; index < 9; index++) await attempt(name, 'sai');
    expect((await attempt(name, PASSWORD)).outcome).toBe('locked');
    await passTime(16);
    expect((await attempt(name, PASSWORD)).outcome).toBe('signed-in');
  });

  test('one address that tries many names is stopped, and another address is not', async () => {
    const address = '192.0.2.9';
    await attempt('ai-đó', 'sai', address);
    await owner.query(`UPDATE chung.sign_in_failures SET failures = 300 WHERE key LIKE 'address:%' AND failures = 1`);
    expect((await attempt(name, PASSWORD, address)).outcome).toBe('locked');
    expect((await attempt(name, PASSWORD, '192.0.2.10')).outcome).toBe('signed-in');
  });

  test('an admin is let in only after it was written down, a member without it', async () => {
    staff.length = 0;
    await createAccount(db, { kind: 'admin', username: `quản-trị-${name}`, password: PASSWORD, displayName: 'Quản trị' });
    await attempt(`quản-trị-${name}`, 'sai');
    expect(staff).toEqual([]);
    await attempt(name, PASSWORD);
    expect(staff).toEqual([]);
    await attempt(`quản-trị-${name}`, PASSWORD);
    expect(staff.map(({ kind }) => kind)).toEqual(['admin']);
    const broken = { ...deps(), onStaffSignIn: () => Promise.reject(new Error('the audit is away')) };
    await expect(signIn(broken, { username: `quản-trị-${name}`, password: PASSWORD, address: '10.9.9.9' })).rejects.toThrow(
      'the audit is away',
    );
  });

  test('a name is taken in every spelling of it', async () => {
    const again = createAccount(db, { kind: 'admin', username: ` ${name.toUpperCase().normalize('NFD')} `, displayName: 'Giả' });
    await expect(again).rejects.toMatchObject({ code: 'username_taken' });
  });

  test('a member has one account and no second', async () => {
    const memberId = newId<NonNullable<Account['memberId']>>();
    const make = (username: string) => createAccount(db, { kind: 'member', username, displayName: 'An', memberId });
    const answers = await Promise.allSettled([make(`một-${name}`), make(`hai-${name}`)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find((answer) => answer.status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  });
});
