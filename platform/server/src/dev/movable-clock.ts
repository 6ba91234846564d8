import pg from 'pg';

const SCHEMA = 'chung_clock';

export interface MovableClock {
  /** Connects as the same role, in sessions whose `now()` is this clock. */
  readonly url: string;
  /** Sets the clock to so many seconds after the real one; resolves with the time that it shows. */
  move(seconds: number): Promise<Date>;
  close(): Promise<void>;
}

/**
 * A clock for development: windows, holds, draws and receipts go by the database's time, so a schema of its own shadows `now()` and
 * `clock_timestamp()`. Only sessions that ask for it see it; functions that fix their search path are given it too. Nothing of it is in the
 * migrations, so no platform but the one of `chung dev` has it.
 */
export async function createMovableClock({ ownerUrl, serverUrl }: { ownerUrl: string; serverUrl: string }): Promise<MovableClock> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  // A lost connection shows in the statement that needs it.
  owner.on('error', () => {});
  await owner.connect();
  await owner.query(`
    CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
    CREATE TABLE IF NOT EXISTS ${SCHEMA}.moved (only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row), by interval NOT NULL);
    INSERT INTO ${SCHEMA}.moved VALUES (true, '0') ON CONFLICT (only_row) DO UPDATE SET by = '0';
    CREATE OR REPLACE FUNCTION ${SCHEMA}.now() RETURNS timestamptz LANGUAGE sql STABLE AS
      'SELECT pg_catalog.now() + by FROM ${SCHEMA}.moved';
    CREATE OR REPLACE FUNCTION ${SCHEMA}.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
      'SELECT pg_catalog.clock_timestamp() + by FROM ${SCHEMA}.moved';
    GRANT USAGE ON SCHEMA ${SCHEMA} TO PUBLIC;
    GRANT SELECT ON ${SCHEMA}.moved TO PUBLIC;`);
  await shadowInFunctions(owner);
  const url = new URL(serverUrl);
  url.searchParams.set('options', `-c search_path=${SCHEMA},pg_catalog,public`);
  return {
    url: url.href,
    move: async (seconds) => {
      const { rows } = await owner.query<{ now: Date }>(
        `WITH moved AS (UPDATE ${SCHEMA}.moved SET by = make_interval(secs => $1) RETURNING by) SELECT pg_catalog.now() + by AS now FROM moved`,
        [seconds],
      );
      if (!rows[0]) throw new Error('the clock has no row');
      return rows[0].now;
    },
    close: () => owner.end(),
  };
}

/** Functions with a search path of their own would go on by the real time. */
async function shadowInFunctions(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ signature: string; path: string }>(
    `SELECT p.oid::regprocedure::text AS signature, substr(setting, length('search_path=') + 1) AS path
     FROM pg_proc p CROSS JOIN LATERAL unnest(p.proconfig) AS setting
     WHERE setting LIKE 'search\\_path=%' AND setting NOT LIKE '%${SCHEMA}%' AND p.prosrc ~ '\\m(now|clock_timestamp)\\('`,
  );
  for (const { signature, path } of rows) await owner.query(`ALTER FUNCTION ${signature} SET search_path = ${SCHEMA}, ${path}`);
}
