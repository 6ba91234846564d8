// vitest's globalSetup: one PostgreSQL and one migrated template for the whole run, however many projects take part.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../platform/server/src/embedded-postgres.ts';
import { migrate } from '../../platform/server/src/kernel/migrate.ts';

interface Shared {
  users: number;
  ready: Promise<{ adminUrl: string; serverUrl: string; template: string; serverPassword: string; stop: () => Promise<void> }>;
}

// Each project loads this file anew, so the run's one server cannot be a variable of this module.
const shelf: { [key: symbol]: Shared | undefined } = globalThis;
// The role belongs to the whole cluster, so all tests share its password; the signs are those that addresses must encode.
const serverPassword = 'test p@ss/w?rd#%';
const place = Symbol.for('chung.test.database');

/** A throw-away PostgreSQL with a migrated template, or a template in the one that `TEST_DATABASE_URL` names. */
export async function prepare(): Shared['ready'] {
  const given = process.env['TEST_DATABASE_URL'];
  // Nothing here has to survive a power cut, and without fsync the runs take half as long.
  const server = given ? undefined : await startEmbeddedPostgres({ ephemeral: true, durability: 'off-for-tests' });
  const adminUrl = given ?? server?.ownerUrl ?? '';
  const template = `chung_template_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const stop = async () => {
    if (given) await admin.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await admin.end();
    await server?.stop();
  };
  try {
    await admin.query(`CREATE DATABASE ${template} TEMPLATE template0`);
    const ownerUrl = new URL(adminUrl);
    ownerUrl.pathname = `/${template}`;
    const { serverUrl } = await migrate({ ownerUrl: ownerUrl.href, serverPassword, log: () => {} });
    return { adminUrl, serverUrl, serverPassword, template, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shelf[place] ??= { users: 0, ready: prepare() };
  const shared = shelf[place];
  shared.users++;
  const { adminUrl, serverUrl, serverPassword, template, stop } = await shared.ready;
  project.provide('chungDatabase', { adminUrl, serverUrl, serverPassword, template });
  return async () => {
    shared.users--;
    if (shared.users > 0) return;
    shelf[place] = undefined;
    await stop();
  };
}
