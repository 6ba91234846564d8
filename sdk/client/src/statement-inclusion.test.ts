import type { Statement } from '@chung/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Deed, FIRST_MIDNIGHT, PARTNER_ID, seal, writeStatements } from '../testing/write-statement.ts';
import { proveInclusion, verifyInclusion } from './statement.ts';

const deed = (index: number): Deed => ({
  ...{ at: FIRST_MIDNIGHT + index * 60_000, gross: 100_000 + index, commissionBasisPoints: 1_000, fee: 0, vatBasisPoints: 800 },
  ...{ parts: index % 3 === 0 ? [5_000] : [], fate: 'kept', pauseMs: 1_000 },
});

function statementOf(count: number): Statement {
  const [statement] = writeStatements(
    Array.from({ length: count }, (_, index) => deed(index)),
    1,
  ).statements;
  if (!statement) throw new Error('there is a statement');
  return statement;
}

test('every redemption of a statement can be proven to be in it, all its lines, from what has passed through a file', async () => {
  for (const count of [1, 2, 5, 11]) {
    const statement = statementOf(count);
    for (const { redemptionId, offerId } of statement.lines) {
      if (redemptionId === null || offerId === null) throw new Error('these lines are of redemptions');
      const proofs = await proveInclusion(statement, redemptionId);
      expect(proofs).toHaveLength(statement.lines.filter((line) => line.redemptionId === redemptionId).length);
      for (const proof of proofs) {
        const receipt = { redemptionId, offerId, partnerId: PARTNER_ID };
        const given = { proof: JSON.parse(JSON.stringify(proof)), receipt, statementHash: statement.hash };
        expect(await verifyInclusion(given)).toMatchObject({ verified: true, problems: [], proof: { line: { redemptionId } } });
        expect(JSON.stringify(proof)).not.toContain('lines');
      }
    }
  }
});

test('a redemption that is not in it has no proof', async () => {
  expect(await proveInclusion(statementOf(3), PARTNER_ID)).toEqual([]);
});

test('a proof of another line, place, statement or receipt is refused by what is wrong with it', async () => {
  const statement = statementOf(6);
  const id = statement.lines[2]?.redemptionId ?? '';
  const [proof] = await proveInclusion(statement, id);
  if (!proof) throw new Error('there is a proof');
  const receipt = { redemptionId: id, offerId: proof.line.offerId ?? '', partnerId: PARTNER_ID };
  const problems = async (changes: object, more: object = {}) =>
    (await verifyInclusion({ proof: { ...proof, ...changes }, ...more })).problems;
  expect(await problems({ line: { ...proof.line, net: '1' } })).toEqual(['root']);
  expect(await problems({ line: { ...proof.line, number: proof.line.number + 1 } })).toEqual(['root']);
  expect(await problems({ path: proof.path.slice(1) })).toEqual(['root']);
  expect(await problems({ path: proof.path.toReversed() })).toEqual(['root']);
  expect(await problems({ header: { ...proof.header, lineCount: 7 } })).toEqual(['hash']);
  expect(await problems({ header: { ...proof.header, closing: '0' } })).toEqual(['hash']);
  const other = seal({ ...statement, opening: '5' });
  expect(await problems({}, { statementHash: other.hash })).toEqual(['statement']);
  for (const field of ['redemptionId', 'offerId', 'partnerId'] as const)
    expect(await problems({}, { receipt: { ...receipt, [field]: statement.id } })).toEqual(['receipt']);
  expect(await problems({}, { receipt })).toEqual([]);
});

test('whatever is given as a proof never makes it fail', async () => {
  const [proof] = await proveInclusion(statementOf(4), statementOf(4).lines[1]?.redemptionId ?? '');
  if (!proof) throw new Error('there is a proof');
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.constantFrom('header', 'line', 'path'), async (value, field) => {
      expect((await verifyInclusion({ proof: value })).problems).toEqual(['unreadable']);
      expect((await verifyInclusion({ proof: { ...proof, [field]: value } })).verified).toBe(false);
    }),
  );
  const half = { ...proof, line: { ...proof.line, note: '\ud800' } };
  expect((await verifyInclusion({ proof: half })).problems).toEqual(['unreadable']);
});
