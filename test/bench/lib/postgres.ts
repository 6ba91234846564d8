// The PostgreSQL of a bench: the embedded one as the platform starts it, durable, with a migrated template to clone.
import { totalmem } from 'node:os';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../platform/server/src/embedded-postgres.ts';
import { migrate } from '../../../platform/server/src/kernel/migrate.ts';

export interface BenchDatabase {
  /** Connects as the owner. */
  readonly ownerUrl: string;
  /** Connects as the server's role, with no more rights than in production. */
  readonly serverUrl: string;
}

export interface BenchPostgres {
  readonly version: string;
  /** A new database with our schema. */
  database(name: string): Promise<BenchDatabase>;
  /** Writes all dirty pages now, so that the next turn does not pay for the last one. */
  checkpoint(): Promise<void>;
  stop(): Promise<void>;
}

/** What "durable" means here; a server that says otherwise is not measured. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' } as const;
const TEMPLATE = 'chung_bench_template';
const SERVER_PASSWORD = 'bench';

export async function startBenchPostgres(say: (line: string) => void): Promise<BenchPostgres> {
  // `BENCH_DATABASE_URL` measures another server, as a superuser of it.
  const given = process.env['BENCH_DATABASE_URL'];
  const embedded = given ? null : await startEmbeddedPostgres({ ephemeral: true });
  const adminUrl = given ?? embedded?.ownerUrl ?? '';
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const show = async (setting: string) => String((await admin.query(`SHOW ${setting}`)).rows[0][setting]);
  const stop = async () => {
    await admin.end();
    await embedded?.stop();
  };
  try {
    for (const [setting, wanted] of Object.entries(DURABLE)) {
      const value = await show(setting);
      if (value !== wanted) throw new Error(`${setting} is ${value}: only a durable server is measured`);
    }
    const version = await show('server_version');
    say(`PostgreSQL ${version}: ${Object.keys(DURABLE).join(', ')} on, shared_buffers ${await show('shared_buffers')}`);
    if (embedded) await roomForWal(admin);
    await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${TEMPLATE} TEMPLATE template0`);
    const { serverUrl } = await migrate({ ownerUrl: at(adminUrl, TEMPLATE), serverPassword: SERVER_PASSWORD, log: () => {} });
    return {
      version,
      database: async (name) => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        await admin.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
        return { ownerUrl: at(adminUrl, name), serverUrl: at(serverUrl, name) };
      },
      checkpoint: async () => void (await admin.query('CHECKPOINT')),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** No checkpoint starts within a turn for want of WAL space: it would hit one side and not the other. Nothing here is less durable. */
async function roomForWal(admin: pg.Client): Promise<void> {
  const gigabytes = totalmem() > 8 * 1024 ** 3 ? 8 : 2;
  await admin.query(`ALTER SYSTEM SET max_wal_size = '${gigabytes}GB'`);
  await admin.query(`ALTER SYSTEM SET checkpoint_timeout = '30min'`);
  await admin.query('SELECT pg_reload_conf()');
}

function at(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
