// What members allow and take back, one decision after the other, against a model: the grant, its receipts and the partner's events agree.
import { type GrantId, type MemberId, type PartnerId, SCOPES, type Scope } from '@chung/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/harness/database.ts';
import { createCursors } from '../../kernel/cursor.ts';
import { createDb, type Db } from '../../kernel/db.ts';
import type { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { createPairwise } from '../../kernel/pairwise.ts';
import type { Account } from './account.ts';
import type { App } from './app.ts';
import { findArtifact, upsertArtifact } from './authorization-server/artifact-store.ts';
import { createAccount } from './create-account.ts';
import { giveConsent } from './give-consent.ts';
import { listConsents, listGrants } from './list-grants.ts';
import { registerClient } from './register-app.ts';
import { findAccount, findApp } from './store.ts';
import { withdrawScope } from './withdraw-scope.ts';

const RESOURCE = 'https://chung.example/v1';
const SCOPES_OF_APP = ['openid', 'member.profile:read', 'member.contact:read', 'redemptions:claim'] as const satisfies Scope[];
const purpose = { vi: 'Giao quà tận nhà', en: 'To deliver gifts' };

let database: TestDatabase;
let db: Db;
let app: App;
const partnerId = newId<PartnerId>();
const pairwise = createPairwise('test');
const deps = () => ({ db, pairwise, resource: RESOURCE });

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.serverUrl, { poolSize: 6, onIdleError: () => {} });
  const clientId = newId<string>();
  await db.tx((tx) =>
    registerClient(tx, {
      clientId,
      partnerId,
      name: 'Quà tặng',
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'k1' }] },
      redirectUris: ['https://app.example.vn/callback'],
      scopes: SCOPES_OF_APP,
      purposes: { 'member.profile:read': purpose, 'member.contact:read': purpose, 'redemptions:claim': purpose },
    }),
  );
  const registered = await findApp(db, clientId);
  if (!registered) throw new Error('the app is not there');
  app = registered;
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

async function newMember(): Promise<Account & { memberId: MemberId }> {
  const memberId = newId<MemberId>();
  const id = await db.tx((tx) => createAccount(tx, { kind: 'member', username: newId(), displayName: 'An', memberId }));
  const account = await findAccount(db, { id });
  if (!account) throw new Error('the account is not there');
  return { ...account, memberId };
}

const lists = () => ({ db, cursors: createCursors('test'), partnerName: async () => 'VNPT Money' });
const grantOf = async ({ memberId }: { memberId: MemberId }) =>
  (await listGrants(lists(), { memberId, cursor: undefined, limit: 10 })).items[0] ?? null;
const receiptsOf = async ({ memberId }: { memberId: MemberId }) =>
  (await listConsents(lists(), { memberId, cursor: undefined, limit: 100 })).items.toReversed();
const eventsOf = async ({ memberId }: { memberId: MemberId }) =>
  db.query<{ type: string; data: { scope?: string; scopes?: string[] } }>(
    `SELECT type, data FROM chung.outbox WHERE data ->> 'memberRef' = $1 ORDER BY txid, id`,
    [pairwise.subject(partnerId, memberId)],
  );
const withdraw = (memberId: MemberId, grantId: string, scope: string) =>
  withdrawScope(deps(), { memberId, grantId, scope, language: 'en' }).then(
    () => 'done',
    (error: DomainError) => error.code,
  );
const give = (account: Account, granted: readonly Scope[], refused: readonly Scope[] = []) =>
  giveConsent(deps(), { app, account, granted, refused, language: 'vi' });

type Step = { readonly granted: readonly Scope[]; readonly refused: readonly Scope[] } | { readonly withdrawn: Scope };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(...SCOPES_OF_APP.map(() => fc.constantFrom('granted', 'refused', 'not asked'))).map(answersOf) },
  { weight: 2, arbitrary: fc.constantFrom(...SCOPES_OF_APP).map((withdrawn) => ({ withdrawn })) },
);
function answersOf(answers: readonly string[]): Step {
  const those = (answer: string) => SCOPES_OF_APP.filter((_, index) => answers[index] === answer);
  return { granted: those('granted'), refused: those('refused') };
}

/** What must be true after the steps so far. */
class Model {
  readonly granted = new Set<Scope>();
  readonly receipts: string[] = [];
  readonly events: string[] = [];

  answer(granted: readonly Scope[], refused: readonly Scope[]): void {
    const fresh = granted.filter((scope) => !this.granted.has(scope));
    for (const scope of fresh) this.receipts.push(`granted ${scope}`);
    for (const scope of refused.filter((one) => this.granted.has(one))) this.takeBack(scope);
    for (const scope of fresh) this.granted.add(scope);
    if (fresh.length > 0) this.events.push(`consent.granted.v1 ${fresh.join(' ')}`);
  }

  /** Without `openid` the app may not know the member at all. */
  withdraw(scope: Scope): 'done' | 'not_found' {
    if (scope !== 'openid' && !this.granted.has(scope)) return 'not_found';
    for (const one of scope === 'openid' ? [...this.granted].toSorted() : [scope]) this.takeBack(one);
    return 'done';
  }

  private takeBack(scope: Scope): void {
    this.granted.delete(scope);
    this.receipts.push(`withdrawn ${scope}`);
    this.events.push(`consent.withdrawn.v1 ${scope}`);
  }
}

/** Within one decision, scopes come in no order that anybody was promised. */
const sorted = (lines: readonly string[]) => lines.toSorted();

describe('any decisions in any order', () => {
  test('leave a grant, receipts and events that say the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 7 }), async (steps) => {
        const account = await newMember();
        const model = new Model();
        for (const one of steps) {
          const grant = await grantOf(account);
          if ('granted' in one) {
            model.answer(one.granted, one.refused);
            await give(account, one.granted, one.refused);
          } else if (grant) expect(await withdraw(account.memberId, grant.id, one.withdrawn)).toBe(model.withdraw(one.withdrawn));
        }
        const [grant, receipts, events] = [await grantOf(account), await receiptsOf(account), await eventsOf(account)];
        expect(sorted((grant?.scopes ?? []).map(({ scope }) => scope))).toEqual(sorted([...model.granted]));
        expect(sorted(receipts.map(({ action, scope }) => `${action} ${scope}`))).toEqual(sorted(model.receipts));
        expect(sorted(events.map(({ type, data }) => `${type} ${data.scope ?? data.scopes?.join(' ')}`))).toEqual(sorted(model.events));
      }),
      { numRuns: 18 },
    );
  });
});

describe('a member', () => {
  test('who takes a scope back in two tabs at once takes it back once', async () => {
    const account = await newMember();
    await give(account, ['openid', 'member.contact:read']);
    const id = (await grantOf(account))?.id ?? '';
    const said = await Promise.all([1, 2, 3].map(() => withdraw(account.memberId, id, 'member.contact:read')));
    expect(said.toSorted()).toEqual(['done', 'not_found', 'not_found']);
    expect((await receiptsOf(account)).filter(({ action }) => action === 'withdrawn')).toHaveLength(1);
  });

  test('cannot take anything back from a grant of somebody else, though they know its id', async () => {
    const [mine, other] = [await newMember(), await newMember()];
    await give(mine, ['openid', 'member.profile:read']);
    await give(other, ['openid', 'member.profile:read']);
    const id = (await grantOf(mine))?.id ?? '';
    expect(await withdraw(other.memberId, id, 'member.profile:read')).toBe('not_found');
    expect((await grantOf(mine))?.scopes.map(({ scope }) => scope)).toContain('member.profile:read');
  });

  test.each(['', 'nothing', 'toString', 'partner.offers:read', 'member.age:read'])(
    'taking back %j, which was never given, is told that',
    async (scope) => {
      const account = await newMember();
      await give(account, ['openid', 'member.profile:read']);
      expect(await withdraw(account.memberId, (await grantOf(account))?.id ?? '', scope)).toBe('not_found');
      expect(await receiptsOf(account)).toHaveLength(2);
    },
  );

  test('who says yes in two tabs at once has one grant and one receipt a scope', async () => {
    const account = await newMember();
    await Promise.all([1, 2, 3].map(() => give(account, ['openid', 'member.profile:read'])));
    expect(sorted((await receiptsOf(account)).map(({ scope }) => scope))).toEqual(['member.profile:read', 'openid']);
    const { items } = await listGrants(lists(), { memberId: account.memberId, cursor: undefined, limit: 10 });
    expect(items).toHaveLength(1);
  });

  test('who has no account yet has allowed nothing', async () => {
    const memberId = newId<MemberId>();
    expect([await grantOf({ memberId }), await receiptsOf({ memberId })]).toEqual([null, []]);
    expect(await withdraw(memberId, newId<GrantId>(), 'openid')).toBe('not_found');
  });
});

describe('a receipt', () => {
  test('keeps the app’s words as they were read, their version and their language', async () => {
    const account = await newMember();
    await give(account, ['openid', 'member.contact:read']);
    const receipts = await receiptsOf(account);
    const about = (scope: Scope) => receipts.find((one) => one.scope === scope);
    expect(about('member.contact:read')).toMatchObject({
      purpose,
      purposeVersion: 1,
      language: 'vi',
      app: { clientId: app.clientId, name: 'Quà tặng' },
    });
    // An open scope needs no purpose of the app's: then it says what the scope is.
    expect(about('openid')?.purpose).toEqual(SCOPES.openid.title);
  });

  test('of the platform’s own app is none: nobody’s data is passed on', async () => {
    const account = await newMember();
    await giveConsent(deps(), { app: { ...app, kind: 'first-party' }, account, granted: ['openid'], refused: [], language: 'vi' });
    expect([await grantOf(account), await receiptsOf(account)]).toEqual([null, []]);
  });
});

test('a scope that is taken back goes from every authorization of the app, and the others stay', async () => {
  const account = await newMember();
  await give(account, ['openid', 'member.profile:read', 'redemptions:claim']);
  const ids = [newId<string>(), newId<string>()];
  const other = newId<string>();
  const payload = (clientId: string) => ({
    accountId: account.id,
    clientId,
    resources: { [RESOURCE]: 'member.profile:read redemptions:claim', 'https://other.example': 'redemptions:claim' },
  });
  for (const id of ids) await upsertArtifact(db, { model: 'Grant', id, payload: payload(app.clientId), expiresInSeconds: 60 });
  await upsertArtifact(db, { model: 'Grant', id: other, payload: payload('another-app'), expiresInSeconds: 60 });
  await withdraw(account.memberId, (await grantOf(account))?.id ?? '', 'redemptions:claim');
  const scopesIn = async (id: string) => (await findArtifact(db, 'Grant', id))?.['resources'];
  for (const id of ids)
    expect(await scopesIn(id)).toEqual({ [RESOURCE]: 'member.profile:read', 'https://other.example': 'redemptions:claim' });
  expect(await scopesIn(other)).toEqual(payload('').resources);
  await withdraw(account.memberId, (await grantOf(account))?.id ?? '', 'openid');
  expect(await Promise.all([...ids, other].map(scopesIn))).toEqual([undefined, undefined, payload('').resources]);
});
