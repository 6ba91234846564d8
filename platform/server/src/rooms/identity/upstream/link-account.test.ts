import type { MemberId } from '@chung/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../../kernel/db.ts';
import { newId } from '../../../kernel/ids.ts';
import { createAccount } from '../create-account.ts';
import { findAccount } from '../store.ts';
import { type LinkDeps, linkAccount } from './link-account.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 12, onIdleError: () => {} });
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

let member: { id: MemberId; fullName: string };
let subject: string;
beforeEach(() => {
  member = { id: newId(), fullName: 'Trần Văn Nguồn' };
  subject = newId();
});

const deps = (found: typeof member | null = member): LinkDeps => ({ db, memberOf: async () => found });
const person = (changed: { issuer?: string; subject?: string } = {}) => ({
  issuer: 'https://sso.example.vn',
  subject,
  claims: {},
  ...changed,
});
const linksOf = (accountId: string | undefined) => db.query('SELECT subject FROM chung.upstream_links WHERE account_id = $1', [accountId]);

test('the first time makes an account without a password, the next time finds it', async () => {
  const first = await linkAccount(deps(), person());
  expect(first).toMatchObject({ kind: 'member', memberId: member.id, displayName: 'Trần Văn Nguồn', state: 'open' });
  expect((await findAccount(db, { id: first?.id ?? '' }))?.passwordHash).toBeNull();
  expect((await linkAccount(deps(null), person()))?.id).toBe(first?.id);
  expect(await linksOf(first?.id)).toHaveLength(1);
});

test('a member who has an account here already is that account, and keeps its name and password', async () => {
  const id = await createAccount(db, {
    kind: 'member',
    username: `an-${subject}`,
    password: 'đường-đến-trường',
    displayName: 'An',
    memberId: member.id,
  });
  const linked = await linkAccount(deps(), person());
  expect(linked).toMatchObject({ id, username: `an-${subject}`, displayName: 'An' });
  expect((await findAccount(db, { id }))?.passwordHash).toMatch(/^\$argon2id/);
});

test('nobody of the register is nobody here, and nothing is kept of them', async () => {
  expect(await linkAccount(deps(null), person())).toBeNull();
  expect(await db.query('SELECT 1 FROM chung.upstream_links WHERE subject = $1', [subject])).toEqual([]);
});

test('many first sign-ins at once are one account, one link, and nobody is sent away', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => linkAccount(deps(), person())));
  expect(new Set(answers.map((account) => account?.id)).size).toBe(1);
  expect(answers[0]?.memberId).toBe(member.id);
  expect(await linksOf(answers[0]?.id)).toHaveLength(1);
});

test('two identities of one member at once are one account with two links', async () => {
  const [one, two] = await Promise.all([linkAccount(deps(), person()), linkAccount(deps(), person({ subject: `${subject}-2` }))]);
  expect(one?.id).toBe(two?.id);
  expect(await linksOf(one?.id)).toHaveLength(2);
});

test('the same subject at another provider is another person', async () => {
  const first = await linkAccount(deps(), person());
  const other = { id: newId<MemberId>(), fullName: 'Lê Thị Suối' };
  const second = await linkAccount(deps(other), person({ issuer: 'https://other.example.vn' }));
  expect(second?.memberId).toBe(other.id);
  expect(second?.id).not.toBe(first?.id);
});

test('when the provider names another member later, the link holds: nobody is moved into another’s account', async () => {
  const first = await linkAccount(deps(), person());
  const other = { id: newId<MemberId>(), fullName: 'Lê Thị Suối' };
  expect((await linkAccount(deps(other), person()))?.id).toBe(first?.id);
  expect(await findAccount(db, { memberId: other.id })).toBeNull();
});

test('a closed account is not opened by the provider, linked or not', async () => {
  const linked = await linkAccount(deps(), person());
  const closed = await createAccount(db, { kind: 'member', username: `đóng-${subject}`, displayName: 'Đóng', memberId: newId() });
  await db.query(`UPDATE chung.accounts SET state = 'closed' WHERE id = ANY ($1)`, [[linked?.id, closed]]);
  expect(await linkAccount(deps(), person())).toBeNull();
  const owner = await findAccount(db, { id: closed });
  const unlinked = { id: owner?.memberId ?? newId<MemberId>(), fullName: 'Đóng' };
  expect(await linkAccount(deps(unlinked), person({ subject: `${subject}-3` }))).toBeNull();
  expect(await linksOf(closed)).toEqual([]);
});

test('when the register does not answer nobody is linked', async () => {
  const broken: LinkDeps = { db, memberOf: () => Promise.reject(new Error('away')) };
  await expect(linkAccount(broken, person())).rejects.toThrow('away');
  expect(await findAccount(db, { memberId: member.id })).toBeNull();
});
