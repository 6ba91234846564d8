// Apps are kept for a moment at the token endpoint; what stops an app must stop it within that moment.
import { setTimeout } from 'node:timers/promises';
import type { PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../../kernel/db.ts';
import { newId } from '../../../kernel/ids.ts';
import { registerClient } from '../register-app.ts';
import { setPartnerStatus } from '../set-partner-status.ts';
import { createKnownApps } from './known-apps.ts';

const KEPT = 100;
let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 4, onIdleError: () => {} });
});
afterAll(async () => {
  await db?.close();
  await database?.drop();
});

async function addApp(): Promise<{ clientId: string; partnerId: PartnerId }> {
  const [clientId, partnerId] = [newId<string>(), newId<PartnerId>()];
  await db.tx(async (tx) => {
    await setPartnerStatus(tx, partnerId, 'active');
    await registerClient(tx, {
      clientId,
      partnerId,
      name: 'Ứng dụng',
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'k1', alg: 'ES256' }] },
      redirectUris: [],
      scopes: ['partner.offers:read'],
      purposes: {},
    });
  });
  return { clientId, partnerId };
}

test('an app is read once for a burst of requests, with its metadata', async () => {
  const { clientId } = await addApp();
  let reads = 0;
  const query: Db['query'] = (text, values) => {
    reads++;
    return db.query(text, values);
  };
  const apps = createKnownApps({ ...db, query }, 5_000);
  const found = await Promise.all(Array.from({ length: 20 }, () => apps.find(clientId)));
  expect(reads).toBe(1);
  expect(found.every((known) => known?.app.clientId === clientId && known.metadata.client_id === clientId)).toBe(true);
  expect(found[0]?.metadata).toMatchObject({ token_endpoint_auth_method: 'private_key_jwt', grant_types: ['client_credentials'] });
});

test('a partner that is stopped loses its app within the time it is kept, and gets it back', async () => {
  const { clientId, partnerId } = await addApp();
  const apps = createKnownApps(db, KEPT);
  expect(await apps.find(clientId)).not.toBeNull();
  await db.tx((tx) => setPartnerStatus(tx, partnerId, 'suspended'));
  await setTimeout(KEPT);
  expect(await apps.find(clientId)).toBeNull();
  await db.tx((tx) => setPartnerStatus(tx, partnerId, 'active'));
  await setTimeout(KEPT);
  expect(await apps.find(clientId)).not.toBeNull();
});

test('an app with new keys is known by them within the time it is kept', async () => {
  const { clientId } = await addApp();
  const apps = createKnownApps(db, KEPT);
  await apps.find(clientId);
  await db.query(`UPDATE chung.apps SET jwks = '{"keys":[]}' WHERE client_id = $1`, [clientId]);
  await setTimeout(KEPT);
  expect((await apps.find(clientId))?.metadata.jwks).toEqual({ keys: [] });
});

test('a failed read is not kept: the next request asks again', async () => {
  const { clientId } = await addApp();
  let fails = true;
  const query: Db['query'] = (text, values) => (fails ? Promise.reject(new Error('gone')) : db.query(text, values));
  const apps = createKnownApps({ ...db, query }, 5_000);
  await expect(apps.find(clientId)).rejects.toThrow('gone');
  fails = false;
  expect(await apps.find(clientId)).not.toBeNull();
});

test.each(['nobody', '', 'a\0b', 'x'.repeat(5_000)])('an id that no app has is nobody: %j', async (clientId) => {
  expect(await createKnownApps(db, KEPT).find(clientId)).toBeNull();
});
