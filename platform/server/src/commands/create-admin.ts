import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pino from 'pino';
import { composePlatform } from '../compose.ts';
import { type Config, readConfig } from '../config.ts';
import { DomainError } from '../kernel/errors.ts';
import { migrate } from '../kernel/migrate.ts';
import { StartupError } from '../kernel/startup-error.ts';
import { loadKeys } from '../secrets.ts';

/** The database of the settings, or the embedded one of the server that runs on this data folder. */
async function serverUrlOf(config: Config, serverPassword: string): Promise<string> {
  if (config.DATABASE_URL) return (await migrate({ ownerUrl: config.DATABASE_URL, serverPassword, log: () => {} })).serverUrl;
  const text = await readFile(path.join(config.dataDirectory, 'runtime.json'), 'utf8').catch(() => null);
  if (text === null) throw new StartupError('Start the platform first (npm start), or set DATABASE_URL.');
  const runtime: { serverUrl: string } = JSON.parse(text);
  return runtime.serverUrl;
}

/** Makes an admin with a random password, told once. The first admin of a platform without demo comes from here. */
async function createAdmin(username: string | undefined): Promise<void> {
  if (username === undefined || !/^[a-z0-9][a-z0-9._-]{2,39}$/.test(username))
    throw new StartupError('Name the admin: npm run admin:create -- USERNAME (3 to 40 of a–z, 0–9, dot, dash, underscore)');
  const config = readConfig(process.env, process.cwd());
  const keys = await loadKeys(config);
  const serverUrl = await serverUrlOf(config, keys.databaseRole);
  const log = pino({ level: 'silent' });
  const platform = await composePlatform({ config, keys, serverUrl, webDirectory: '', log, selfOrigin: () => config.baseUrl });
  try {
    const password = randomBytes(18).toString('base64url');
    await platform.db.tx((tx) => platform.identity.createAccount(tx, { kind: 'admin', username, password, displayName: username }));
    process.stdout.write(`Admin ${username} was made. Password, shown only now: ${password}\n`);
  } finally {
    await platform.close();
  }
}

await createAdmin(process.argv[2]).catch((error: unknown) => {
  const known = error instanceof DomainError && error.code === 'username_taken' ? 'This username is taken.' : null;
  process.stderr.write(`${known ?? (error instanceof StartupError ? error.message : String(error))}\n`);
  process.exitCode = 1;
});
