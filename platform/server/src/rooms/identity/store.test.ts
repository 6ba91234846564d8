import { type AccountId, type GrantId, type PartnerId, SCOPE_NAMES } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/harness/database.ts';
import { createCursors } from '../../kernel/cursor.ts';
import { createDb, type Db } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import type { NewApp } from './app.ts';
import { consumeArtifact, denyToken, findArtifact, revokeByGrantId, upsertArtifact } from './authorization-server/artifact-store.ts';
import { createSeenIds } from './authorization-server/seen-ids.ts';
import { createAccount } from './create-account.ts';
import { findGrant, openGrant, setScopes } from './grant-store.ts';
import { listClients } from './list-apps.ts';
import { registerClient, saveClient } from './register-app.ts';
import { deleteExpired, findApp } from './store.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 10, onIdleError: () => {} });
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const newApp = (partnerId: PartnerId, clientId: string = newId()): NewApp => ({
  clientId,
  partnerId,
  name: `Ứng dụng ${clientId}`,
  jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'k1', alg: 'ES256' }] },
  redirectUris: [],
  scopes: ['partner.offers:read'],
  purposes: {},
});

describe('a partner’s apps', () => {
  const pages = async (partnerId: PartnerId, limit: number, between = async () => {}) => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listClients({ db, cursors: createCursors('s') }, { partnerId, cursor, limit });
      seen.push(...page.items.map(({ clientId }) => clientId));
      cursor = page.nextCursor ?? undefined;
      await between();
    } while (cursor !== undefined);
    return seen;
  };

  test('are each listed once, also those registered in the same moment', async () => {
    const partnerId = newId<PartnerId>();
    const ids = Array.from({ length: 7 }, () => newId());
    await db.tx(async (tx) => {
      for (const id of ids) await registerClient(tx, newApp(partnerId, id));
    });
    for (const limit of [1, 2, 3, 7, 20]) expect((await pages(partnerId, limit)).sort(), `${limit} a page`).toEqual(ids.toSorted());
  });

  test('that come while one reads do not push an old one out or show it twice', async () => {
    const partnerId = newId<PartnerId>();
    const ids = Array.from({ length: 5 }, () => newId());
    for (const id of ids) await registerClient(db, newApp(partnerId, id));
    const seen = await pages(partnerId, 2, () => registerClient(db, newApp(partnerId)));
    expect(seen.filter((id) => ids.includes(id)).sort()).toEqual(ids.toSorted());
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('are nobody else’s, and tell of their keys only the names', async () => {
    const partnerId = newId<PartnerId>();
    await registerClient(db, newApp(partnerId));
    expect(await pages(newId<PartnerId>(), 10)).toEqual([]);
    const { items } = await listClients({ db, cursors: createCursors('s') }, { partnerId, limit: 10 });
    expect(items[0]?.keys).toEqual([{ kid: 'k1', alg: 'ES256' }]);
  });

  test('have names of their own: a taken one is a conflict, whoever took it, and nothing is changed', async () => {
    const app = newApp(newId<PartnerId>());
    await registerClient(db, app);
    await expect(registerClient(db, { ...app, partnerId: newId<PartnerId>(), name: 'Giả' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(registerClient(db, newApp(newId<PartnerId>(), 'x'.repeat(9)))).resolves.toBeUndefined();
    expect((await listClients({ db, cursors: createCursors('s') }, { partnerId: app.partnerId, limit: 5 })).items[0]?.name).toBe(app.name);
  });
});

describe('saving an app', () => {
  const purposes = { 'offers:read': { vi: 'Xem ưu đãi', en: 'See offers' } };
  const asking = (app: NewApp, changed: Partial<NewApp> = {}): NewApp => ({ ...app, scopes: ['offers:read'], purposes, ...changed });

  test('registers it, and then changes what is given and leaves whose it is', async () => {
    const app = newApp(newId<PartnerId>());
    await saveClient(db, app);
    await saveClient(db, asking(app, { name: 'Tên mới' }));
    expect(await findApp(db, app.clientId)).toMatchObject({ partnerId: app.partnerId, name: 'Tên mới', scopes: ['offers:read'] });
  });

  test('gives a purpose a new version only when it reads differently', async () => {
    const app = asking(newApp(newId<PartnerId>()));
    const version = async () => (await findApp(db, app.clientId))?.purposes['offers:read']?.version;
    await saveClient(db, app);
    await saveClient(db, app);
    expect(await version()).toBe(1);
    await saveClient(db, asking(app, { purposes: { 'offers:read': { vi: 'Xem ưu đãi của bạn', en: 'See offers' } } }));
    expect(await version()).toBe(2);
  });

  test('is a conflict for another partner’s app or one of the platform’s own, and changes nothing of it', async () => {
    const app = newApp(newId<PartnerId>());
    await saveClient(db, app);
    await expect(saveClient(db, { ...app, partnerId: newId<PartnerId>(), name: 'Giả' })).rejects.toMatchObject({ code: 'conflict' });
    expect((await findApp(db, app.clientId))?.name).toBe(app.name);
  });

  test('of many partners who take one name at once, one has it', async () => {
    const clientId = newId();
    const apps = Array.from({ length: 8 }, () => newApp(newId<PartnerId>(), clientId));
    const taken = await Promise.allSettled(apps.map((app) => db.tx((tx) => saveClient(tx, app))));
    const winners = apps.filter((_, index) => taken[index]?.status === 'fulfilled');
    expect(winners.map(({ partnerId }) => partnerId)).toEqual([(await findApp(db, clientId))?.partnerId]);
  });
});

describe('what the authorization server keeps', () => {
  const keep = async (model: string, grantId: string) => {
    const id = newId();
    await upsertArtifact(db, { model, id, payload: { jti: id, grantId, kind: model }, expiresInSeconds: 60 });
    return id;
  };

  test('a code, cookie or token is found by its value and never stored as one', async () => {
    const id = await keep('AuthorizationCode', 'g');
    expect(await findArtifact(db, 'AuthorizationCode', id)).toMatchObject({ jti: id, grantId: 'g' });
    expect(await findArtifact(db, 'RefreshToken', id)).toBeUndefined();
    const rows = await db.query<{ row: string }>('SELECT a::text AS row FROM chung.oidc_artifacts AS a');
    expect(rows.filter(({ row }) => row.includes(id))).toEqual([]);
  });

  test('of many who use one code at once exactly one is first, and the others learn whose it was', async () => {
    const id = await keep('AuthorizationCode', 'g-race');
    const uses = await Promise.all(Array.from({ length: 12 }, () => consumeArtifact(db, 'AuthorizationCode', id)));
    expect(uses.filter(({ first }) => first)).toHaveLength(1);
    expect(new Set(uses.map(({ grantId }) => grantId))).toEqual(new Set(['g-race']));
    expect(await consumeArtifact(db, 'AuthorizationCode', newId())).toEqual({ first: false, grantId: null });
  });

  test('ending a sign-in takes all of it, in one step, and nothing of another', async () => {
    const [mine, other] = [newId(), newId()];
    const ids = await Promise.all(['AuthorizationCode', 'RefreshToken', 'AccessToken'].map((model) => keep(model, mine)));
    const left = await keep('RefreshToken', other);
    await revokeByGrantId(db, mine);
    for (const [index, model] of ['AuthorizationCode', 'RefreshToken', 'AccessToken'].entries())
      expect(await findArtifact(db, model, ids[index] ?? '')).toBeUndefined();
    expect(await findArtifact(db, 'RefreshToken', left)).toBeDefined();
  });

  test('an id is seen once, however many ask at once', async () => {
    const id = newId();
    const firsts = await Promise.all(Array.from({ length: 12 }, () => createSeenIds(db).seeOnce(id, 60)));
    expect(firsts.filter(Boolean)).toHaveLength(1);
  });

  test('revoking a token twice is no error', async () => {
    const jti = newId();
    await Promise.all([denyToken(db, jti, 60), denyToken(db, jti, 60)]);
    expect(await db.query('SELECT jti FROM chung.revoked_tokens WHERE jti = $1', [jti])).toEqual([{ jti }]);
  });

  test('the sweep leaves what still counts: an unexpired proof could be replayed, an unexpired lock opened', async () => {
    await createSeenIds(db).seeOnce('still', 60);
    await denyToken(db, 'still', 60);
    const kept = await keep('RefreshToken', 'g-kept');
    await deleteExpired(db);
    expect(await createSeenIds(db).seeOnce('still', 60)).toBe(false);
    expect(await db.query(`SELECT 1 AS one FROM chung.revoked_tokens WHERE jti = 'still'`)).toHaveLength(1);
    expect(await findArtifact(db, 'RefreshToken', kept)).toBeDefined();
  });
});

describe('a member’s grant', () => {
  let accountId: AccountId;
  const clientId = 'grant-app';
  beforeAll(async () => {
    accountId = await createAccount(db, { kind: 'member', username: newId(), displayName: 'An', memberId: newId() });
    await registerClient(db, newApp(newId<PartnerId>(), clientId));
  });

  test('is one, however many tabs open it at once', async () => {
    const grants = await Promise.all(Array.from({ length: 8 }, () => db.tx((tx) => openGrant(tx, { accountId, clientId }))));
    expect(new Set(grants.map(({ id }) => id)).size).toBe(1);
  });

  test('keeps the day a scope was granted when it is granted again, and takes a new one when it changes', async () => {
    const grant = await db.tx((tx) => openGrant(tx, { accountId, clientId }));
    const changedAt = async () => (await findGrant(db, { accountId, clientId }))?.scopes.get('offers:read')?.changedAt.getTime() ?? 0;
    const set = (state: 'granted' | 'refused') => setScopes(db, grant.id, { scopes: ['offers:read'], state });
    await set('granted');
    const first = await changedAt();
    await set('granted');
    expect(await changedAt()).toBe(first);
    await set('refused');
    expect(await changedAt()).toBeGreaterThan(first);
  });

  test('takes every scope there is, and an empty list changes nothing', async () => {
    const grant = await db.tx((tx) => openGrant(tx, { accountId, clientId }));
    await setScopes(db, grant.id, { scopes: SCOPE_NAMES, state: 'granted' });
    await setScopes(db, grant.id, { scopes: [], state: 'refused' });
    const states = [...((await findGrant(db, { accountId, clientId }))?.scopes.values() ?? [])].map(({ state }) => state);
    expect(states).toEqual(SCOPE_NAMES.map(() => 'granted'));
  });

  test('of an account that is not there cannot be opened', async () => {
    await expect(db.tx((tx) => openGrant(tx, { accountId: newId<AccountId>(), clientId }))).rejects.toThrow('foreign key');
    await expect(setScopes(db, newId<GrantId>(), { scopes: ['openid'], state: 'granted' })).rejects.toThrow('foreign key');
  });
});
