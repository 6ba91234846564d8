// Looks at the whole database with the invariants' own SQL, and counts how often each was looked at.
import pg from 'pg';
import { INVARIANTS } from '../harness/redemption-invariants.ts';
import { deniedToServer } from './rights.ts';
import type { Tally } from './tally.ts';

export async function checkInvariants(tally: Tally, urls: { owner: string; server: string | null }): Promise<string[]> {
  const owner = new pg.Client({ connectionString: urls.owner });
  await owner.connect();
  const broken: string[] = [];
  try {
    for (const [name, query] of Object.entries(INVARIANTS)) {
      const { rows } = await owner.query(query);
      tally.checked(name, { checks: 1, broken: rows.length > 0 ? 1 : 0 });
      if (rows.length > 0) broken.push(`${name}: ${rows.length} rows, such as ${JSON.stringify(rows[0])}`);
    }
    if (urls.server) {
      const { checks, allowed } = await deniedToServer(urls.server);
      tally.checked('I11 what is append-only refuses change', { checks, broken: allowed.length });
      broken.push(...allowed.map((statement) => `I11 the server may run: ${statement}`));
    }
  } finally {
    await owner.end();
  }
  return broken;
}
