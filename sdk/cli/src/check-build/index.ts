import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Manifest } from '@chung/contracts';
import type { Finding } from '../analysis/findings.ts';
import { NothingToBuildError, readMiniApp } from '../build/app.ts';
import { buildMiniApp } from '../build/build.ts';
import { type Bundle, FIRST_LOAD_BUDGET_BYTES, firstLoadBytes } from '../build/bundle.ts';
import { BuildError } from '../build/problems.ts';
import { type FoundBrowser, findBrowser, launch } from './browser.ts';
import { doesNotBuild, lookFindings, notLookedAt, tooLarge } from './findings.ts';
import { lookAt } from './look.ts';
import { checkReproducible } from './reproducible.ts';
import { openStage } from './stage.ts';

export type { FoundBrowser } from './browser.ts';

export type BuildCheckStep = 'build' | 'build-again' | 'browser';

export interface BuildCheckSettings {
  /** The folder of the app, with `chung.config.ts`. */
  readonly root: string;
  /** Where `CHROMIUM_PATH` and `PATH` are; those of this process unless told. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The browser to look with, or null for none; one of this machine unless told. */
  readonly browser?: FoundBrowser | null;
  readonly signal?: AbortSignal;
  /** Told as each step begins, for those who wait. */
  readonly onStep?: (step: BuildCheckStep) => void;
}

/**
 * Judges an app by what is built of it: whether it builds, how much the first screen loads, whether a second build in another folder gives
 * the same bytes, and whether its first page starts and is accessible in a real browser, in Vietnamese and English. Laptop and server run
 * this same function. An app of offers alone has nothing of it and no finding.
 *
 * It runs the app: in a browser's frame without an origin, with a platform in memory and no name looked up. Where that is not enough of a
 * fence, as on a server, run it in a process that may do nothing else.
 *
 * @example
 * const findings = await checkBuild({ root: '.' });
 */
export async function checkBuild(settings: BuildCheckSettings): Promise<readonly Finding[]> {
  const { root, signal, onStep = () => {} } = settings;
  const folder = path.resolve(root);
  const into = await mkdtemp(path.join(tmpdir(), 'chung-check-'));
  try {
    const { manifest } = readMiniApp(folder);
    onStep('build');
    const bundle = await buildMiniApp({ root: folder, into, ...(signal && { signal }) });
    const bytes = firstLoadBytes(bundle);
    onStep('build-again');
    const again = await checkReproducible(folder, bundle, signal);
    onStep('browser');
    const seen = await look({ manifest, bundle }, settings);
    return [...(bytes > FIRST_LOAD_BUDGET_BYTES ? [tooLarge(bytes, FIRST_LOAD_BUDGET_BYTES)] : []), ...again, ...seen];
  } catch (error) {
    if (error instanceof NothingToBuildError) return [];
    if (error instanceof BuildError) return error.problems.map((problem) => doesNotBuild(problem, folder));
    throw error;
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

async function look(
  { manifest, bundle }: { readonly manifest: Manifest; readonly bundle: Bundle },
  { root, env = process.env, browser: given, signal }: BuildCheckSettings,
): Promise<readonly Finding[]> {
  const search = await searched(given, { root, env });
  if (search.kind === 'none') return [notLookedAt(search.why)];
  const opened = await launch(search.browser).catch((error: unknown) => reasonOf(error));
  if (typeof opened === 'string')
    return [notLookedAt({ vi: `Không mở được trình duyệt: ${opened}.`, en: `The browser does not open: ${opened}.` })];
  const stage = await openStage(manifest, { kind: 'bundle', bundle });
  try {
    const looks = [];
    for (const language of ['vi', 'en'] as const) {
      signal?.throwIfAborted();
      looks.push({ language, look: await lookAt(opened, stage, language) });
    }
    return lookFindings(looks);
  } finally {
    await opened.close();
    await stage.close();
  }
}

async function searched(given: FoundBrowser | null | undefined, place: Parameters<typeof findBrowser>[0]) {
  if (given) return { kind: 'found', browser: given } as const;
  if (given === undefined) return findBrowser(place);
  return { kind: 'none', why: { vi: 'Không dùng trình duyệt.', en: 'No browser was to be used.' } } as const;
}

/** Of all that a browser says when it does not open: the line about its sandbox, which is the reason most often, or the first. */
function reasonOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n').map((line) => line.trim());
  return lines.find((line) => /sandbox/i.test(line)) ?? lines[0] ?? '';
}
