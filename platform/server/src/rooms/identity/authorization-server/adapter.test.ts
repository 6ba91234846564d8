// oidc-provider's storage as the library uses it, on a real database.
import type { AccountId } from '@chung/contracts';
import fc from 'fast-check';
import { errors } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../../kernel/db.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { newId } from '../../../kernel/ids.ts';
import { createAdapter } from './adapter.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 8, onIdleError: () => {} });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

/** No app is known and no token can be read: what is tried here is the storage alone. */
const storageOf = (model: string) =>
  createAdapter({
    db,
    apps: { find: async () => null },
    tokens: { read: () => Promise.reject(new DomainError('invalid_token')) },
    accessTokenSeconds: 600,
  })(model);
const nul = String.fromCharCode(0);
const ofWhat = (work: Promise<unknown>) =>
  work.then(() => 'done').catch((error: unknown) => (error instanceof errors.OIDCProviderError ? error.error : String(error)));

describe('what a request brings', () => {
  const text = fc
    .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom(nul, '\\', 'u0000', '\\u0000', '"', 'Đoàn')), {
      maxLength: 6,
    })
    .map((parts) => parts.join(''))
    .filter((joined) => joined.isWellFormed());

  test('comes back as it was, or is refused for the one character that the database cannot keep', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 3 }), async (texts) => {
        const id = newId<string>();
        const said = await ofWhat(storageOf('Interaction').upsert(id, { params: { texts } }, 60));
        const hasNul = texts.some((one) => one.includes(nul));
        expect(said).toBe(hasNul ? 'invalid_request' : 'done');
        expect(await storageOf('Interaction').find(id)).toEqual(hasNul ? undefined : { params: { texts }, jti: id });
      }),
      { numRuns: 120 },
    );
  });

  test('is kept under its own kind: a code is no refresh token', async () => {
    const id = newId<string>();
    await storageOf('AuthorizationCode').upsert(id, { kind: 'AuthorizationCode' }, 60);
    expect(await storageOf('RefreshToken').find(id)).toBeUndefined();
    await storageOf('RefreshToken').destroy(id);
    expect(await storageOf('AuthorizationCode').find(id)).toMatchObject({ kind: 'AuthorizationCode' });
  });

  test('is found by the name of its session too, without the secret that opens it', async () => {
    const [id, uid] = [newId<string>(), newId<string>()];
    await storageOf('Session').upsert(id, { uid, accountId: newId<AccountId>() }, 60);
    const found = await storageOf('Session').findByUid(uid);
    expect(found).toMatchObject({ uid });
    expect(JSON.stringify(found)).not.toContain(id);
    expect(await storageOf('Interaction').findByUid(uid)).toBeUndefined();
  });

  test('is written over by its id, and gone once it was destroyed; to destroy it twice is no error', async () => {
    const id = newId<string>();
    const storage = storageOf('Interaction');
    await storage.upsert(id, { params: { step: 1 } }, 60);
    await storage.upsert(id, { params: { step: 2 } }, 60);
    expect(await storage.find(id)).toMatchObject({ params: { step: 2 } });
    expect([await ofWhat(storage.destroy(id)), await ofWhat(storage.destroy(id)), await storage.find(id)]).toEqual([
      'done',
      'done',
      undefined,
    ]);
  });
});

describe('what may be used once', () => {
  async function signIn(model: string) {
    const [grantId, id, sibling] = [newId<string>(), newId<string>(), newId<string>()];
    await storageOf('Grant').upsert(grantId, {}, 60);
    await storageOf(model).upsert(id, { grantId }, 60);
    await storageOf('RefreshToken').upsert(sibling, { grantId }, 60);
    const left = async () => [await storageOf('Grant').find(grantId), await storageOf('RefreshToken').find(sibling)].filter(Boolean).length;
    return { id, left };
  }

  test.each(['AuthorizationCode', 'RefreshToken'])(
    '(%s) is used by one of many at once; the others end the whole sign-in',
    async (model) => {
      const { id, left } = await signIn(model);
      const said = await Promise.all(Array.from({ length: 5 }, () => ofWhat(storageOf(model).consume(id))));
      expect(said.toSorted()).toEqual(['done', ...Array.from({ length: 4 }, () => 'invalid_grant')]);
      expect(await left()).toBe(0);
    },
  );

  test('leaves everything in place while it is used once', async () => {
    const { id, left } = await signIn('AuthorizationCode');
    expect([await ofWhat(storageOf('AuthorizationCode').consume(id)), await left()]).toEqual(['done', 2]);
    expect(await storageOf('AuthorizationCode').find(id)).toMatchObject({ consumed: expect.any(Number) });
  });

  test('as a pushed request says that its address was used, which is what apps are told by RFC 9126', async () => {
    const id = newId<string>();
    await storageOf('PushedAuthorizationRequest').upsert(id, { request: 'x' }, 60);
    await storageOf('PushedAuthorizationRequest').consume(id);
    expect(await ofWhat(storageOf('PushedAuthorizationRequest').consume(id))).toBe('invalid_request_uri');
  });

  test('and was never there is as used', async () => {
    expect(await ofWhat(storageOf('AuthorizationCode').consume(newId()))).toBe('invalid_grant');
  });
});

describe('an access token', () => {
  const denied = async (jti: string) => (await db.query('SELECT 1 FROM chung.revoked_tokens WHERE jti = $1', [jti])).length;

  test.each(['AccessToken', 'ClientCredentials'])('(%s) that is taken back is remembered as such', async (model) => {
    const jti = newId<string>();
    await storageOf(model).destroy(jti);
    expect(await denied(jti)).toBe(1);
  });

  test('is the only thing that is remembered so', async () => {
    const jti = newId<string>();
    await storageOf('RefreshToken').destroy(jti);
    expect(await denied(jti)).toBe(0);
  });

  test('that cannot be read is not there: introspection says inactive', async () => {
    expect(await storageOf('AccessToken').find('jwt~a.b.c')).toBeUndefined();
    expect(await storageOf('ClientCredentials').find('jwt~a.b.c')).toBeUndefined();
  });
});

test('an app is read from its own table, and nobody registers one through the library', async () => {
  const apps = storageOf('Client');
  expect(await apps.find('nobody')).toBeUndefined();
  for (const act of [() => apps.upsert('x', {}, 1), () => apps.destroy('x'), () => apps.consume('x'), () => apps.revokeByGrantId('x')])
    expect(await ofWhat(Promise.resolve(act()))).toContain('apps are registered through the identity room');
});
