// Keys of receipts: nobody meets a signature whose key was not published long before, on any number of nodes.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../kernel/db.ts';
import { createVault } from '../../kernel/vault.ts';
import { createKeyRing, type KeyRing, makeReceiptKey } from './receipt-key-ring.ts';
import { fixedReceiptKeys, KEPT_DAYS, KEY_SET_MAX_AGE_SECONDS, PUBLISHED_AHEAD_SECONDS } from './receipt-keys.ts';

const NOW = new Date();
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe('keys that the operator sets', () => {
  test('sign by the first whose time has come, on every node at the same moment', async () => {
    const [next, current] = [{ ...(await makeReceiptKey()), nbf: Math.floor(NOW.getTime() / 1000) + 600 }, await makeReceiptKey()];
    const keys = fixedReceiptKeys([next, current]);
    expect((await keys.signing(at(598))).kid).toBe(current.kid);
    expect((await keys.signing(at(601))).kid).toBe(next.kid);
    expect((await keys.published()).keys.map(({ kid }) => kid)).toEqual([next.kid, current.kid]);
  });

  test('of the past need no private part, verify until their end, and never sign', async () => {
    const { d: _, ...old } = await makeReceiptKey();
    const current = await makeReceiptKey();
    const keys = fixedReceiptKeys([{ ...old, exp: Math.floor(NOW.getTime() / 1000) + 100 }, current]);
    expect((await keys.signing(NOW)).kid).toBe(current.kid);
    expect((await keys.verifying(old.kid, at(90)))?.kid).toBe(old.kid);
    expect(await keys.verifying(old.kid, at(101))).toBeNull();
    await expect(fixedReceiptKeys([old]).signing(NOW)).rejects.toThrow('no key');
  });

  test('are published without their private parts', async () => {
    const { keys } = await fixedReceiptKeys([await makeReceiptKey()]).published();
    expect(keys[0]).not.toHaveProperty('d');
  });
});

describe('keys in the database', () => {
  let database: TestDatabase;
  let db: Db;
  let owner: pg.Client;
  let vaultKey: Buffer;
  beforeEach(async () => {
    database = await createTestDatabase();
    db = createDb(database.serverUrl, { poolSize: 4, onIdleError: () => {} });
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    vaultKey = randomBytes(32);
  });
  afterEach(async () => {
    await owner.end();
    await db.close();
    await database.drop();
  });

  const node = (first: Parameters<typeof createKeyRing>[0]['first'] = [], secret = vaultKey): KeyRing =>
    createKeyRing({ db, vault: createVault(secret), first });
  const signer = async (ring: KeyRing) => (await ring.signing(new Date())).kid ?? '';
  const kids = async (ring: KeyRing) => (await ring.published()).keys.map(({ kid }) => kid);
  /** Lets time pass for the keys that are there. */
  const age = (interval: string) =>
    owner.query('UPDATE chung.receipt_keys SET made_at = made_at - $1::interval, signs_from = signs_from - $1::interval', [interval]);
  const sealedParts = async () =>
    (await owner.query('SELECT kid FROM chung.receipt_keys WHERE sealed IS NOT NULL ORDER BY generation')).rows.map(({ kid }) => kid);

  test('begin with those that signed before there was a table, and the same one goes on signing', async () => {
    const [signing, old] = [await makeReceiptKey(), await makeReceiptKey()];
    const ring = node([signing, old]);
    expect(await signer(ring)).toBe(signing.kid);
    expect(await kids(ring)).toEqual([signing.kid, old.kid]);
    expect(await signer(node([await makeReceiptKey()])), 'a second node brings no other').toBe(signing.kid);
  });

  test('that a command rotates before any server has run keep the first one, which signs until the next one’s time', async () => {
    const first = await makeReceiptKey();
    const ring = node([first]);
    expect(await ring.rotate()).toBe(true);
    expect([(await kids(ring)).length, await signer(ring)]).toEqual([2, first.kid]);
    await age('2 hours');
    expect(await signer(node())).toBe((await kids(ring))[0]);
  });

  test('that wait when the signing one is stolen take over in their time from the one that was made in need', async () => {
    const ring = node();
    const stolen = await signer(ring);
    await ring.rotate();
    const [waiting = ''] = await kids(ring);
    await ring.revoke(stolen);
    const inNeed = await signer(ring);
    expect([inNeed === stolen, inNeed === waiting, await kids(ring)]).toEqual([false, false, [waiting, inNeed]]);
    await age('2 hours');
    expect(await signer(node())).toBe(waiting);
  });

  test('of nodes that start at the same moment are one', async () => {
    const nodes = Array.from({ length: 6 }, () => node());
    expect(new Set(await Promise.all(nodes.map(signer))).size).toBe(1);
  });

  test('lie in the table sealed: no private part can be read there', async () => {
    const first = await makeReceiptKey();
    await signer(node([first]));
    const { rows } = await owner.query('SELECT * FROM chung.receipt_keys');
    const stored = rows.map(
      (row) => `${JSON.stringify(row.public_key)} ${row.sealed.toString('latin1')} ${row.sealed.toString('base64url')}`,
    );
    expect(first.d).toHaveLength(43);
    expect(stored.join()).not.toContain(first.d);
  });

  test('a new key is published at once everywhere and signs only when every verifier has had it', async () => {
    const [one, other] = [node(), node()];
    const before = await signer(one);
    expect(await one.rotate()).toBe(true);
    const [next = ''] = await kids(one);
    expect([next === before, await signer(one), await signer(other)]).toEqual([false, before, before]);
    expect((await other.verifying(next, new Date()))?.kid, 'a node that has not read it yet asks').toBe(next);
    expect(PUBLISHED_AHEAD_SECONDS).toBeGreaterThan(2 * KEY_SET_MAX_AGE_SECONDS);
    await age(`${PUBLISHED_AHEAD_SECONDS - 10} seconds`);
    expect(await signer(node())).toBe(before);
    await age('20 seconds');
    const late = node();
    expect([await signer(late), (await late.verifying(before, new Date()))?.kid]).toEqual([next, before]);
  });

  test('the old key is published until ten years after it last signed, and no longer', async () => {
    const ring = node();
    const before = await signer(ring);
    await ring.rotate();
    const old = (await ring.published()).keys.find(({ kid }) => kid === before);
    const last = (await ring.published()).keys[0]?.nbf ?? 0;
    expect(old?.exp).toBe(last + KEPT_DAYS * 86_400);
    await age(`${KEPT_DAYS + 1} days`);
    expect(await kids(node())).not.toContain(before);
    expect(await node().verifying(before, new Date())).toBeNull();
  });

  test('one new key waits at a time, however many nodes ask for one', async () => {
    const nodes = Array.from({ length: 5 }, () => node());
    await Promise.all(nodes.map(signer));
    const made = await Promise.all(nodes.map((ring) => ring.rotate()));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await node().rotate()).toBe(false);
  });

  test('a quarter of a year old they are replaced by themselves, once; younger ones are left alone', async () => {
    const ring = node();
    await ring.tend();
    await ring.tend();
    expect(await kids(ring)).toHaveLength(1);
    await age('89 days');
    await ring.tend();
    expect(await kids(node())).toHaveLength(1);
    await age('2 days');
    await Promise.all([node(), node(), node()].map((one) => one.tend()));
    expect(await kids(node())).toHaveLength(2);
  });

  test('a replaced key loses its private part after a day, so that nobody can sign in its name', async () => {
    const ring = node();
    const before = await signer(ring);
    await ring.rotate();
    const [next = ''] = await kids(ring);
    await age('20 hours');
    await node().tend();
    expect(await sealedParts()).toEqual([before, next]);
    await age('6 hours');
    await node().tend();
    expect(await sealedParts()).toEqual([next]);
    expect(await kids(node())).toEqual([next, before]);
  });

  test('a stolen key verifies nowhere once it is revoked, and another signs at once', async () => {
    const [one, other] = [node(), node()];
    const stolen = await signer(one);
    await signer(other);
    expect(await one.revoke(stolen)).toBe(true);
    expect(await one.revoke(stolen)).toBe(false);
    expect(await one.verifying(stolen, new Date())).toBeNull();
    expect(await kids(one)).not.toContain(stolen);
    const now = await signer(one);
    expect([now === stolen, await sealedParts()]).toEqual([false, [now]]);
    // The other node still holds what it read; it reads again within seconds.
    await expect.poll(async () => other.verifying(stolen, new Date()), { timeout: 8_000, interval: 250 }).toBeNull();
    expect(await signer(other)).toBe(now);
  });

  test('sealed under another secret only verify, and a new one signs', async () => {
    const before = await signer(node());
    const changed = node([], randomBytes(32));
    expect(await signer(changed)).not.toBe(before);
    expect((await changed.verifying(before, new Date()))?.kid).toBe(before);
  });

  test('serve on while the database is away, and made-up names do not ask it again and again', async () => {
    let asked = 0;
    let isAway = false;
    const counting: Pick<Db, 'query'> = {
      query: (text, values) => {
        asked += 1;
        return isAway ? Promise.reject(new Error('away')) : db.query(text, values);
      },
    };
    const ring = createKeyRing({ db: counting, vault: createVault(vaultKey), first: [] });
    const kid = await signer(ring);
    const before = asked;
    for (let i = 0; i < 200; i++) expect(await ring.verifying(`made-up-${i}`, new Date())).toBeNull();
    expect(asked - before).toBeLessThan(5);
    isAway = true;
    expect((await ring.verifying(kid, new Date()))?.kid).toBe(kid);
    await expect(createKeyRing({ db: counting, vault: createVault(vaultKey), first: [] }).published()).rejects.toThrow('away');
  });
});
