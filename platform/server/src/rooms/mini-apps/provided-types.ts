import { existsSync, realpathSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';

/**
 * The packages whose types the check has beside a submission: the platform's own SDK, never what a partner sends under its name, and what the
 * templates are made of. Others are not there: a program that hands the SDK to one of them has findings that say so (decision 0015).
 */
const PROVIDED = [
  ...['@chung/client', '@chung/contracts', '@chung/mini-app', '@chung/testing', '@chung/webhooks'],
  ...['@types/react', '@types/react-dom', '@types/express', '@types/node'],
] as const;

/** What the program of the check is made of, and what the packages above need of the SDK. */
const BEHIND = ['@chung/cli', '@chung/host', 'ts-morph', 'zod'] as const;

export interface ProvidedTypes {
  /** Makes `node_modules` in a folder, of links to the packages of this server. */
  linkInto(folder: string): Promise<void>;
  /** Folders that the process of the check may read; the submission's own comes on top. */
  readonly readable: readonly string[];
}

/** Looks for the packages once; one that is not installed stops the start, not a partner's submission. */
export function findProvidedTypes(from: string = import.meta.dirname): ProvidedTypes {
  const found = new Map(PROVIDED.map((name) => [name, locate(name, from)]));
  const behind = BEHIND.map((name) => locate(name, from));
  const places = [...found.values(), ...behind];
  return {
    // With the folder that each was installed in: what a package needs lies beside it.
    readable: [...new Set([...installedAbove(from), ...places.flatMap((place) => [place, ...installedAbove(place)])])],
    linkInto: async (folder) => {
      for (const [name, target] of found) {
        const link = path.join(folder, 'node_modules', name);
        await mkdir(path.dirname(link), { recursive: true });
        await symlink(target, link, 'junction');
      }
    },
  };
}

/** Where Node would find it; by its folder, because `exports` of a package may hide its `package.json`. */
function locate(name: string, from: string): string {
  for (const folder of foldersAbove(from)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return realpathSync(candidate);
  }
  throw new Error(`the package ${name}, whose types the check of submissions needs, is not installed`);
}

/** The nearest folders of installed packages, by what they really are. */
const installedAbove = (from: string): readonly string[] =>
  foldersAbove(from)
    .map((folder) => (path.basename(folder) === 'node_modules' ? folder : path.join(folder, 'node_modules')))
    .filter((folder) => existsSync(folder))
    .map((folder) => realpathSync(folder));

function foldersAbove(folder: string): readonly string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersAbove(above)];
}
