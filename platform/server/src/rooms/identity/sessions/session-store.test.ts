// Sessions and standings are read for many requests at once; whose answer is whose must never be mixed up.
import { type AccountId, type MemberId, scopesOf } from '@chung/contracts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../../kernel/db.ts';
import { newId } from '../../../kernel/ids.ts';
import { denyToken, upsertArtifact } from '../authorization-server/artifact-store.ts';
import { createAccount } from '../create-account.ts';
import { ensureFirstPartyApps } from '../first-party-apps.ts';
import { findStandings } from '../tokens/standing-store.ts';
import { findSessions, insertSession, tokenHashOf } from './session-store.ts';

let database: TestDatabase;
let db: Db;
const people: { accountId: AccountId; memberId: MemberId; grant: string; cookie: string }[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 4, onIdleError: () => {} });
  await ensureFirstPartyApps(db, { baseUrl: 'http://localhost', publicKey: { kty: 'EC' } });
  for (const name of ['an', 'binh', 'chi']) {
    const memberId = newId<MemberId>();
    const accountId = await db.tx((tx) => createAccount(tx, { kind: 'member', username: name, displayName: name, memberId }));
    const grant = `grant-${name}`;
    const payload = { accountId, clientId: 'chung-member' };
    await upsertArtifact(db, { model: 'Grant', id: grant, payload, expiresInSeconds: 60 });
    const session = { app: 'member', accountId, oidcGrant: grant, scopes: scopesOf('member'), lifeSeconds: 60 } as const;
    await insertSession(db, { ...session, tokenHash: tokenHashOf(name) });
    people.push({ accountId, memberId, grant, cookie: name });
  }
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const sessionsOf = (...cookies: string[]) =>
  findSessions(
    db,
    cookies.map((cookie) => ({ app: 'member' as const, tokenHash: tokenHashOf(cookie) })),
  );

describe('sessions read together', () => {
  test('each asker gets their own, in whatever order, and twice when asked twice', async () => {
    const found = await sessionsOf('chi', 'an', 'binh', 'an');
    expect(found.map((session) => session?.standing?.display_name)).toEqual(['chi', 'an', 'binh', 'an']);
    expect(found.map((session) => session?.oidcGrant)).toEqual(['grant-chi', 'grant-an', 'grant-binh', 'grant-an']);
    expect(found[0]?.standing?.member_id).toBe(people[2]?.memberId);
  });

  test('a cookie that nobody has takes no neighbour’s answer', async () => {
    const found = await sessionsOf('nobody', 'an', 'nobody either');
    expect(found.map((session) => session?.standing?.display_name ?? null)).toEqual([null, 'an', null]);
  });

  test('the cookie of one app opens no other', async () => {
    const [asPartner, asMember] = await findSessions(db, [
      { app: 'partner', tokenHash: tokenHashOf('an') },
      { app: 'member', tokenHash: tokenHashOf('an') },
    ]);
    expect(asPartner).toBeNull();
    expect(asMember?.oidcGrant).toBe('grant-an');
  });

  test('a session whose grant is gone stands on no account', async () => {
    const session = { app: 'member', accountId: people[0]?.accountId ?? '', oidcGrant: 'withdrawn', scopes: [], lifeSeconds: 60 } as const;
    await insertSession(db, { ...session, tokenHash: tokenHashOf('withdrawn') });
    const [gone, an] = await sessionsOf('withdrawn', 'an');
    expect(gone?.standing).toMatchObject({ client_id: 'chung-member', account_id: null, account_state: null });
    expect(an?.standing?.account_state).toBe('open');
  });

  test('a session that is over is none', async () => {
    const session = { app: 'member', accountId: people[0]?.accountId ?? '', oidcGrant: 'grant-an', scopes: [], lifeSeconds: -1 } as const;
    await insertSession(db, { ...session, tokenHash: tokenHashOf('over') });
    expect(await sessionsOf('over')).toEqual([null]);
  });
});

describe('standings read together', () => {
  test('app, grant and token are each judged by their own key', async () => {
    await denyToken(db, 'denied', 60);
    const found = await findStandings(db, [
      { clientId: 'chung-member', oidcGrant: 'grant-binh', jti: 'denied' },
      { clientId: 'nobody', oidcGrant: 'grant-binh', jti: 'fine' },
      { clientId: 'chung-member', oidcGrant: 'grant-an', jti: 'fine' },
      // Another app's grant is not this app's.
      { clientId: 'chung-partner', oidcGrant: 'grant-an', jti: null },
      { clientId: 'chung-cli', oidcGrant: null, jti: null },
    ]);
    expect(found.map((row) => row && [row.client_id, row.display_name, row.revoked])).toEqual([
      ['chung-member', 'binh', true],
      null,
      ['chung-member', 'an', false],
      ['chung-partner', null, false],
      ['chung-cli', null, false],
    ]);
  });
});

test('the plan reads by key, however many sessions there are', async () => {
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  for (const sql of [
    `INSERT INTO chung.accounts (id, kind, username, display_name, member_id) SELECT gen_random_uuid(), 'member', 'm' || n, 'M', gen_random_uuid() FROM generate_series(1, 20000) n`,
    `INSERT INTO chung.oidc_artifacts (model, id, payload, account_id, client_id, expires_at)
     SELECT 'Grant', 'g' || username, '{}', id, 'chung-member', now() + interval '1 hour' FROM chung.accounts`,
    `INSERT INTO chung.web_sessions (token_hash, app, account_id, oidc_grant, scopes, expires_at)
     SELECT sha256(convert_to(username, 'UTF8')) || '\\x00', 'member', id, 'g' || username, '{}', now() + interval '1 hour' FROM chung.accounts`,
  ])
    await owner.query(sql);
  await owner.query('ANALYZE');
  // The plan of a statement inside a function is told by this extension alone.
  await owner.query(
    `LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on; SET client_min_messages = log`,
  );
  const plans: string[] = [];
  owner.on('notice', ({ message }) => plans.push(message ?? ''));
  const explaining = { query: async (text: string, values?: readonly unknown[]) => (await owner.query(text, [...(values ?? [])])).rows };
  const keys = Array.from({ length: 300 }, (_, n) => ({ app: 'member' as const, tokenHash: tokenHashOf(String(n)) }));
  await findSessions({ ...db, ...explaining }, keys);
  await owner.end();
  const inside = plans.find((plan) => plan.includes('Index Scan using web_sessions_pkey')) ?? '';
  for (const index of ['oidc_artifacts_pkey', 'accounts_pkey', 'apps_pkey', 'grants_once']) expect(inside).toContain(index);
  // No table is read as a whole; the only things scanned are the keys that were asked for.
  expect(plans.join('\n')).not.toMatch(/Seq Scan|Hash Join|Merge Join|Bitmap/);
});
