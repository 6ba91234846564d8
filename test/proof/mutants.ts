import { runIntact, runMutant } from './mutant.ts';
import { MUTANTS } from './mutant-list.ts';
import type { Tally } from './tally.ts';
import { tell } from './tell.ts';

/** Every mutant must be caught, and by what was said; and with every guard in place the same scenes must break nothing. */
export async function tryMutants(tally: Tally): Promise<void> {
  for (const mutant of MUTANTS) {
    const caughtBy = await runMutant(mutant).catch((error: unknown) => {
      tally.fail(`the mutant without ${mutant.name} could not be tried: ${String(error)}`);
      return [] as string[];
    });
    tally.mutants.push({ name: mutant.name, caughtBy });
    const missed = mutant.caughtBy.filter((name) => !caughtBy.includes(name));
    tell(`without ${mutant.name}: ${caughtBy.length === 0 ? 'SURVIVED' : 'caught'}`);
    if (missed.length > 0) tally.fail(`without ${mutant.name}, not caught by: ${missed.join('; ')}`);
  }
  tally.add('mutants caught', tally.mutants.filter(({ caughtBy }) => caughtBy.length > 0).length);
  const broken = await runIntact(MUTANTS);
  tally.checked('the scenes of the mutants break nothing while every guard stands', { checks: MUTANTS.length, broken: broken.length });
  tally.fail(...broken);
}
