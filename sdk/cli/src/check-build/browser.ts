import { execFile } from 'node:child_process';
import { access, constants, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Text } from '@chung/contracts';
import type { Browser } from 'playwright-core';

/** A Chromium of this machine. */
export interface FoundBrowser {
  readonly file: string;
  /** What it needs in its environment, beside what is there. */
  readonly env: Readonly<Record<string, string>>;
}

export type Search = { readonly kind: 'found'; readonly browser: FoundBrowser } | { readonly kind: 'none'; readonly why: Text };

export interface SearchSettings {
  /** The app may have a browser among its packages. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'chromium-headless-shell'];
const MAC = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
const WINDOWS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** The one that `CHROMIUM_PATH` names, else the system's, else that of the package `@sparticuz/chromium` where the app has it. */
export async function findBrowser({ root, env }: SearchSettings): Promise<Search> {
  const named = env['CHROMIUM_PATH'];
  if (named) {
    if (await isProgram(named)) return { kind: 'found', browser: { file: named, env: {} } };
    return none(`CHROMIUM_PATH là ${named}, không chạy được.`, `CHROMIUM_PATH is ${named}, which is no program.`);
  }
  for (const file of systemPlaces(env)) if (await isProgram(file)) return { kind: 'found', browser: { file, env: {} } };
  const packaged = await sparticuzChromium(root);
  if (packaged) return { kind: 'found', browser: packaged };
  return none('Máy này không có Chromium hay Chrome.', 'There is no Chromium or Chrome on this machine.');
}

const none = (vi: string, en: string): Search => ({ kind: 'none', why: { vi, en } });

const isProgram = (file: string) =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

function systemPlaces(env: SearchSettings['env']): readonly string[] {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '' && !folder.includes('node_modules'));
  const windows = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = env[name];
    return folder ? WINDOWS.map((file) => path.join(folder, file)) : [];
  });
  return [...NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))), ...MAC, ...windows];
}

const run = promisify(execFile);

/**
 * Unpacks it once a version, with the libraries that a bare machine lacks. The package unpacks under fixed names, without telling a finished
 * file from a half-written one; so it runs in a process of its own with a folder of its own, which gets its final name when all is there.
 */
async function sparticuzChromium(root: string): Promise<FoundBrowser | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const door = doorOf(root);
  if (door === null) return null;
  const { version }: { version?: unknown } = JSON.parse(await readFile(path.join(path.dirname(door), '../package.json'), 'utf8'));
  const folder = path.join(tmpdir(), `chung-chromium-${String(version)}-${process.getuid?.() ?? 0}`);
  const file = path.join(folder, 'chromium');
  if (!(await isProgram(file))) await unpack(door, folder);
  const libraries = [path.join(folder, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH'] ?? ''].filter((one) => one !== '');
  return { file, env: { LD_LIBRARY_PATH: libraries.join(path.delimiter), FONTCONFIG_PATH: path.join(folder, 'fonts') } };
}

function doorOf(root: string): string | null {
  try {
    return createRequire(path.join(root, 'package.json')).resolve('@sparticuz/chromium');
  } catch {
    return null;
  }
}

const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><dir>/usr/share/fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

async function unpack(door: string, folder: string): Promise<void> {
  const workshop = await mkdtemp(`${folder}-`);
  const code = `const { default: chromium } = await import(${JSON.stringify(door)}); await chromium.executablePath();`;
  try {
    // It brings its libraries only where it believes to run as it was made for.
    const env = { ...process.env, TMPDIR: workshop, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
    await run(process.execPath, ['--input-type=module', '--eval', code], { env });
    await writeFile(path.join(workshop, 'fonts', 'fonts.conf'), FONTS);
    await rename(workshop, folder);
  } catch (error) {
    await rm(workshop, { recursive: true, force: true });
    // Another process may have been faster: then its folder is as good.
    if (!(await isProgram(path.join(folder, 'chromium')))) throw error;
  }
}

/** No name is looked up but those of this machine: what an app asks of the network while it is looked at does not leave the machine. */
const FLAGS = [
  ...[
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

/** Starts it without a window. Close it when done. */
export async function launch({ file, env }: FoundBrowser): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return chromium.launch({
    executablePath: file,
    headless: true,
    args: FLAGS,
    // Chromium’s own sandbox does not work for root.
    chromiumSandbox: process.getuid?.() !== 0,
    env: { ...Object.fromEntries(inherited), ...env },
  });
}
