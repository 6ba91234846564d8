// Breaks functions and constraints of a database on purpose. A change that meets nothing, or meets two places, is an error: a
// mutant that no longer applies proves nothing.
import type pg from 'pg';

export interface FunctionChange {
  /** As in `chung.claim_offers`. */
  readonly name: string;
  readonly from: string | RegExp;
  readonly to: string;
  /** How many places it must meet, where one guard is written in several. */
  readonly places?: number;
}

export class MutantNoLongerApplies extends Error {
  constructor(place: string, matches: number) {
    super(`the mutant no longer applies: ${matches} places in ${place}`);
  }
}

export function replaceOnce(text: string, change: Omit<FunctionChange, 'name'>, place: string): string {
  const matches =
    typeof change.from === 'string' ? text.split(change.from).length - 1 : [...text.matchAll(new RegExp(change.from, 'g'))].length;
  if (matches !== (change.places ?? 1)) throw new MutantNoLongerApplies(`${place} for ${change.from}`, matches);
  // A function, because `$1` in the new text is SQL's and not a group of the search.
  return text.replaceAll(typeof change.from === 'string' ? change.from : new RegExp(change.from, 'g'), () => change.to);
}

export async function changeFunctions(owner: pg.Client, changes: readonly FunctionChange[]): Promise<void> {
  for (const change of changes) {
    const { rows } = await owner.query('SELECT pg_get_functiondef($1::regproc) AS body', [change.name]);
    await owner.query(replaceOnce(String(rows[0]?.body), change, change.name));
  }
}
