// Finds a Chromium and starts it. The order is that of the architecture: named by the person, the system's, the one
// inside an npm package (Linux x64: a fresh machine has nothing else), Playwright's own.
import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

export interface FoundBrowser {
  path: string;
  source: 'CHROMIUM_PATH' | 'system' | '@sparticuz/chromium' | 'playwright';
  env: Record<string, string>;
}

const systemNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chromium-headless-shell'];

/** The tests talk to our own server only: everything that would phone home is off. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The package's own file names folders of AWS Lambda; this one finds the fonts beside it, wherever the repository lies. */
const fontSettings = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><dir>/usr/share/fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function systemChromium(): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  for (const path of systemNames.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (await isProgram(path)) return path;
  }
  return undefined;
}

/**
 * Unpacks the packaged Chromium with the libraries and fonts that a bare machine lacks.
 *
 * The package unpacks into the temporary folder under fixed names, without telling a finished file from a half-written
 * one, and brings its libraries (NSS and friends) only when it believes to run in AWS Lambda. So it runs in a process
 * of its own with a temporary folder of ours, which gets its final name when all is there.
 */
async function unpackSparticuz(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const workshop = await mkdtemp(`${folder}-`);
  const code = `const { default: chromium } = await import(${JSON.stringify(require.resolve('@sparticuz/chromium'))}); await chromium.executablePath();`;
  try {
    await run(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, TMPDIR: workshop, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
    });
    await writeFile(join(workshop, 'fonts', 'fonts.conf'), fontSettings);
    await rename(workshop, folder);
  } catch (error) {
    await rm(workshop, { recursive: true, force: true });
    // Another test process may have been faster: then its folder is as good.
    if (!(await isProgram(join(folder, 'chromium')))) throw error;
  }
}

async function sparticuzChromium(): Promise<FoundBrowser | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const { version } = require(join(dirname(require.resolve('@sparticuz/chromium')), '..', 'package.json'));
  const folder = join(import.meta.dirname, '..', '..', 'node_modules', '.chung', `chromium-${version}`);
  const path = join(folder, 'chromium');
  if (!(await isProgram(path))) await unpackSparticuz(folder);
  const libraries = [join(folder, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter);
  return { path, source: '@sparticuz/chromium', env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(folder, 'fonts') } };
}

export async function findBrowser(): Promise<FoundBrowser> {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (await isProgram(named)) return { path: named, source: 'CHROMIUM_PATH', env: {} };
    throw new Error(`CHROMIUM_PATH names ${named}, which is not a program.`);
  }
  const system = await systemChromium();
  if (system) return { path: system, source: 'system', env: {} };
  const packaged = await sparticuzChromium();
  if (packaged) return packaged;
  const own = chromium.executablePath();
  if (own && (await isProgram(own))) return { path: own, source: 'playwright', env: {} };
  throw new Error('No Chromium was found: install one, or set CHROMIUM_PATH.');
}

/** `extraFlags` come after ours. Close the browser when done. */
export async function launchBrowser(extraFlags: readonly string[] = []): Promise<Browser> {
  const { path, env } = await findBrowser();
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return chromium.launch({
    executablePath: path,
    headless: true,
    args: [...flags, ...extraFlags],
    env: { ...Object.fromEntries(inherited), ...env },
  });
}
