// Every test file gets a database of its own, cloned from a template that one run migrates once.
// A clone costs about 50 ms, so no test has to clean up after another or to run alone.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  /** Connects as the owner: for set-up and for looking behind the server's back. */
  ownerUrl: string;
  /** Connects as the server's role, with no more rights than in production. */
  serverUrl: string;
  drop(): Promise<void>;
}

interface TestCluster {
  readonly adminUrl: string;
  readonly serverUrl: string;
  readonly serverPassword: string;
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    chungDatabase: TestCluster;
  }
}

const ofProgram: { cluster: TestCluster | null } = { cluster: null };

/** For programs that use the harness outside a test run: clones come from this cluster from now on. */
export function useCluster(cluster: TestCluster): void {
  ofProgram.cluster = cluster;
}

const currentCluster = (): TestCluster => ofProgram.cluster ?? inject('chungDatabase');

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, serverUrl, template } = currentCluster();
  const name = `chung_test_${randomBytes(8).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    ownerUrl: withDatabase(adminUrl, name),
    serverUrl: withDatabase(serverUrl, name),
    drop: () => asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

export interface EmptyDatabase {
  ownerUrl: string;
  /** The one password of the server's role in this run: a test that sets another would lock out its neighbours. */
  serverPassword: string;
  drop(): Promise<void>;
}

/** A database without our schema, for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const { adminUrl, serverPassword } = currentCluster();
  const name = `chung_test_${randomBytes(8).toString('hex')}`;
  await asAdmin(adminUrl, `CREATE DATABASE ${name} TEMPLATE template0`);
  return {
    ownerUrl: withDatabase(adminUrl, name),
    serverPassword,
    drop: () => asAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
