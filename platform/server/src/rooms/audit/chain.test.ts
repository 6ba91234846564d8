import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/harness/database.ts';
import { createDb, type Db } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import { type ChainedEntry, canonicalJson, hashOf } from './entry.ts';
import { type AuditRecord, recordEntry, verifyAudit } from './index.ts';

const zero = Buffer.alloc(32);
const entry: ChainedEntry = {
  partnerId: null,
  id: newId<string>(),
  at: new Date('2026-03-01T00:00:00.001Z'),
  position: 7n,
  actor: { kind: 'admin', id: 'a' },
  action: 'admin.partners.decide',
  target: 'partner:1',
  requestId: 'request-1',
  detail: { decision: 'approve' },
};

describe('the hash of an entry', () => {
  test('does not depend on the order in which the database hands back an object’s names', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (detail) => {
        const shuffled = Object.fromEntries(Object.entries(detail).toReversed());
        expect(canonicalJson(shuffled)).toBe(canonicalJson(detail));
        expect(JSON.parse(canonicalJson(detail))).toEqual(JSON.parse(JSON.stringify(detail)));
      }),
    );
  });

  test('changes with every part of it and with the entry before', () => {
    const changed: ChainedEntry[] = [
      { ...entry, id: newId<string>() },
      { ...entry, at: new Date(entry.at.getTime() + 1) },
      { ...entry, position: 8n },
      { ...entry, actor: { kind: 'partner', id: 'a' } },
      { ...entry, actor: { kind: 'admin', id: 'b' } },
      { ...entry, action: 'admin.submissions.decide' },
      { ...entry, target: 'partner:2' },
      { ...entry, requestId: null },
      { ...entry, detail: { decision: 'refuse' } },
      { ...entry, detail: {} },
    ];
    const hashes = [entry, ...changed].map((one) => hashOf(one, zero).toString('hex'));
    hashes.push(hashOf(entry, Buffer.alloc(32, 1)).toString('hex'));
    expect(new Set(hashes).size).toBe(changed.length + 2);
  });
});

describe('a chain', () => {
  let database: TestDatabase;
  let db: Db;
  let owner: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    db = createDb(database.serverUrl, { poolSize: 4, onIdleError: () => {} });
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await db.close();
    await database.drop();
  });

  const record = (partnerId: string, changes: Partial<AuditRecord> = {}): AuditRecord => ({
    partnerId,
    actor: { kind: 'partner', id: 'backend' },
    action: 'partner.redemptions.fulfil',
    target: 'redemption:1',
    requestId: null,
    detail: {},
    ...changes,
  });
  async function chainOf(length: number): Promise<string> {
    const partnerId = randomUUID();
    for (let i = 0; i < length; i++) await db.tx((tx) => recordEntry(tx, record(partnerId, { target: `redemption:${i}` })));
    return partnerId;
  }
  const brokenOf = async (chainId: string) => (await verifyAudit(db)).broken.filter((one) => one.chainId === chainId);
  /** Does it as the owner could, looks, and takes it back. */
  async function tampered(chainId: string, statement: string): Promise<unknown[]> {
    const { rows } = await owner.query('SELECT * FROM chung.audit_entries WHERE chain_id = $1 ORDER BY position', [chainId]);
    const { rows: chains } = await owner.query('SELECT * FROM chung.audit_chains WHERE chain_id = $1', [chainId]);
    await owner.query(statement, [chainId]);
    const broken = await brokenOf(chainId);
    await owner.query('DELETE FROM chung.audit_entries WHERE chain_id = $1', [chainId]);
    await owner.query('DELETE FROM chung.audit_chains WHERE chain_id = $1', [chainId]);
    await owner.query('INSERT INTO chung.audit_chains SELECT * FROM jsonb_populate_recordset(NULL::chung.audit_chains, $1)', [
      asJson(chains),
    ]);
    await owner.query('INSERT INTO chung.audit_entries SELECT * FROM jsonb_populate_recordset(NULL::chung.audit_entries, $1)', [
      asJson(rows),
    ]);
    return broken;
  }
  const asJson = (rows: Record<string, unknown>[]) =>
    JSON.stringify(rows, (_name, value: { type?: string; data?: number[] }) =>
      value?.type === 'Buffer' ? `\\x${Buffer.from(value.data ?? []).toString('hex')}` : value,
    );

  test('names the first entry that was changed, moved, removed or put in, wherever it is', async () => {
    const chainId = await chainOf(6);
    const where = 'WHERE chain_id = $1 AND position';
    const cases: [string, string, string][] = [
      ['an actor', `UPDATE chung.audit_entries SET actor_id = 'somebody' ${where} = 1`, '1'],
      ['a millisecond', `UPDATE chung.audit_entries SET at = at + interval '1 ms' ${where} = 3`, '3'],
      ['a detail', `UPDATE chung.audit_entries SET detail = '{"decision":"approve"}' ${where} = 6`, '6'],
      ['the first removed', `DELETE FROM chung.audit_entries ${where} = 1`, '2'],
      ['one removed', `DELETE FROM chung.audit_entries ${where} = 4`, '5'],
      ['the last removed', `DELETE FROM chung.audit_entries ${where} = 6`, '6'],
      ['the end cut off', `DELETE FROM chung.audit_entries ${where} > 3`, '4'],
      ['all removed', `DELETE FROM chung.audit_entries ${where} > 0`, '1'],
      [
        'two in each other’s place',
        `UPDATE chung.audit_entries SET target = CASE position WHEN 2 THEN 'redemption:2' ELSE 'redemption:1' END ${where} IN (2, 3)`,
        '2',
      ],
    ];
    for (const [name, statement, position] of cases)
      expect([name, await tampered(chainId, statement)]).toEqual([name, [{ chainId, position }]]);
    expect(await brokenOf(chainId)).toEqual([]);
  });

  test('has no gap where a change was rolled back, and goes on after it', async () => {
    const chainId = await chainOf(2);
    await expect(
      db.tx(async (tx) => {
        await recordEntry(tx, record(chainId));
        throw new Error('the change failed');
      }),
    ).rejects.toThrow('the change failed');
    await db.tx((tx) => recordEntry(tx, record(chainId)));
    const { rows } = await owner.query('SELECT position FROM chung.audit_entries WHERE chain_id = $1 ORDER BY position', [chainId]);
    expect(rows.map(({ position }) => position)).toEqual(['1', '2', '3']);
    expect(await brokenOf(chainId)).toEqual([]);
  });

  test('of one partner neither waits for nor touches that of another', async () => {
    const [one, two] = [await chainOf(1), await chainOf(1)];
    await db.tx(async (tx) => {
      await recordEntry(tx, record(one));
      // While the first chain is locked by this open transaction.
      await db.tx((inner) => recordEntry(inner, record(two)));
    });
    expect([...(await brokenOf(one)), ...(await brokenOf(two))]).toEqual([]);
  });
});
