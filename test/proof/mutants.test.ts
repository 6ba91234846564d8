// Each guard is taken away in a database of its own, and somebody must tell. A checker that cannot fail proves nothing.
import { expect, test } from 'vitest';
import { runIntact, runMutant } from './mutant.ts';
import { MUTANTS } from './mutant-list.ts';

test.each(MUTANTS)('without $name the proof turns red', async (mutant) => {
  expect(await runMutant(mutant)).toEqual(expect.arrayContaining([...mutant.caughtBy]));
});

test('with every guard in place the same scenes break nothing', async () => {
  expect(await runIntact(MUTANTS)).toEqual([]);
});
