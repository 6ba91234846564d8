import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest, Text } from '@chung/contracts';
import { FRAME_REACT_VERSION } from '@chung/host/frame';
import { satisfy } from '@module-federation/enhanced/runtime';
import { z } from 'zod';
import { readManifestFile } from '../analysis/manifest-file.ts';
import { MANIFEST_FILE, openManifest } from '../analysis/project.ts';
import { BuildError } from './problems.ts';

/** An app with a screen, as the bundler needs to know it. */
export interface MiniAppSource {
  readonly root: string;
  readonly manifest: Manifest;
  /** Relative to the root, e.g. `./src/main.tsx`. */
  readonly main: string;
  /** The range of React that the app asks for and the frame has; null where it must bring its own. */
  readonly sharedReact: string | null;
  /** Whether the packages of the SDK that the app finds are this repository's own folders, whose sources are bundled, or installed ones. */
  readonly sdk: 'sources' | 'installed';
}

const MAINS = ['src/main.tsx', 'src/main.ts', 'src/main.jsx', 'src/main.js'] as const;

/** An app of offers alone: there is nothing to build, which is no mistake. */
export class NothingToBuildError extends Error {
  override readonly name = 'NothingToBuildError';

  constructor() {
    super('The app has no pages: it offers without a screen of its own, and there is nothing to build.');
  }
}

/**
 * Reads what is needed to bundle the app in a folder. Runs nothing of it.
 *
 * Throws `BuildError` where its manifest or its first file is missing or wrong, `NothingToBuildError` where it has no pages.
 *
 * @example
 * const { manifest } = readMiniApp('.');
 * show(manifest.version.name);
 */
export function readMiniApp(root: string): MiniAppSource {
  const folder = path.resolve(root);
  const { manifest: file, findings } = readManifestFile(openManifest(folder));
  const manifest = file?.manifest;
  if (!manifest)
    throw new BuildError(
      findings.map(({ at, message }) => ({ file: at?.file ?? null, line: at?.line ?? null, column: at?.column ?? null, message })),
    );
  if (manifest.pages.length === 0) throw new NothingToBuildError();
  const main = MAINS.find((name) => existsSync(path.join(folder, name)));
  if (main === undefined) throw new BuildError([noMain(folder)]);
  return { root: folder, manifest, main: `./${main}`, sharedReact: sharedReactOf(folder), sdk: sdkOf(folder) };
}

const noMain = (folder: string) => ({
  file: MANIFEST_FILE,
  line: null,
  column: null,
  message: {
    vi: `Bản kê khai có trang nhưng ${path.basename(folder)} không có ${MAINS[0]}.`,
    en: `The manifest has pages, and ${path.basename(folder)} has no ${MAINS[0]}.`,
  } satisfies Text,
});

/**
 * By what lies there, and not by how this program runs: a server that runs from its sources has to build what the developer's laptop built of
 * installed packages, byte for byte.
 */
function sdkOf(folder: string): MiniAppSource['sdk'] {
  const packages = path.join(folder, 'node_modules/@chung/contracts');
  if (existsSync(packages)) return existsSync(path.join(packages, 'src/index.ts')) ? 'sources' : 'installed';
  const above = path.dirname(folder);
  return above === folder ? 'installed' : sdkOf(above);
}

const PackageJson = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
});

/** Names of versions (`latest`, `workspace:*`) promise nothing; such an app takes what the frame has. */
const IS_RANGE = /^[\d^~<>=*x|. -]+$/;

function sharedReactOf(root: string): string | null {
  const usual = `^${FRAME_REACT_VERSION.split('.')[0]}.0.0`;
  const asked = askedReact(root);
  if (asked === undefined || !IS_RANGE.test(asked)) return usual;
  return satisfy(FRAME_REACT_VERSION, asked) ? asked : null;
}

function askedReact(root: string): string | undefined {
  const file = path.join(root, 'package.json');
  if (!existsSync(file)) return undefined;
  const read = PackageJson.safeParse(parsed(readFileSync(file, 'utf8')));
  if (!read.success) return undefined;
  const { dependencies, peerDependencies, devDependencies } = read.data;
  return dependencies?.['react'] ?? peerDependencies?.['react'] ?? devDependencies?.['react'];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
