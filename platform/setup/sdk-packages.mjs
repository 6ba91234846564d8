// Builds what is installed from npm: every package of `sdk/` and the platform itself, from the sources to `dist/`, and packs it as npm
// would publish it.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { root, stampFolder } from './paths.mjs';
import { runCaptured } from './processes.mjs';
import { SetupError } from './report.mjs';
import { hashFiles, sourceFiles } from './stamps.mjs';

const server = join(root, 'platform', 'server');
const webApps = ['member', 'partner', 'admin'];
const KEPT_MS = 24 * 3_600_000;

/** What partners build upon, in the order in which one package needs the other. */
export const sdkPackages = () => publishedPackages().filter(({ folder }) => folder !== server);

/** All that is published: the SDK, and the platform, which needs most of it and comes last. */
export function publishedPackages() {
  const folders = readdirSync(join(root, 'sdk')).map((name) => join(root, 'sdk', name));
  const all = [...folders, server]
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }));
  const ordered = [];
  const add = (one) => {
    if (!one || ordered.includes(one)) return;
    const needed = Object.keys({ ...one.manifest.dependencies, ...one.manifest.peerDependencies });
    for (const name of needed) add(all.find(({ manifest }) => manifest.name === name));
    ordered.push(one);
  };
  for (const one of all) add(one);
  return ordered;
}

/** What is reached from a package's doors; tests and scripts are not. */
function doorsOf({ folder, manifest }) {
  const sources = Object.values(manifest.exports ?? {}).map((door) => door['chung-source']);
  const commands = Object.values(manifest.bin ?? {}).map((file) => file.replace(/^(\.\/)?dist\//, './src/').replace(/\.js$/, '.ts'));
  // Threads and processes are started by their file, which nobody imports.
  const started = readdirSync(join(folder, 'src'), { recursive: true }).filter((file) => /-(thread|process)\.ts$/.test(file));
  return [...sources, ...commands, ...started.map((file) => join('src', file))].map((file) => relative(root, join(folder, file)));
}

/** The platform takes its tables, its web apps and the docs along; those are built by the set-up. */
function addPlatformFiles() {
  const web = join(server, 'web');
  rmSync(web, { recursive: true, force: true });
  for (const name of webApps) {
    const built = join(root, 'platform', 'web', name, 'dist');
    if (!existsSync(built)) throw new SetupError(`the web app ${name} is not built: run npm start or npm test once.`);
    cpSync(built, join(web, name, 'dist'), { recursive: true });
  }
  // `chung dev` has the docs too, without a network. A platform without them is whole all the same.
  const docs = join(root, 'docs', 'dist');
  if (existsSync(docs)) cpSync(docs, join(web, 'docs'), { recursive: true });
}

/** Without the condition for sources: a package is compiled against the built packages it needs, as a partner's program will be. */
function compilerFlags({ folder }) {
  const flags = {
    ...{
      target: 'ES2024',
      lib: 'ES2024,DOM,DOM.Iterable,DOM.AsyncIterable',
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      jsx: 'react-jsx',
    },
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, skipLibCheck: true, types: 'node' },
    ...{ rewriteRelativeImportExtensions: true, verbatimModuleSyntax: true, declaration: true, sourceMap: false },
    ...{ rootDir: join(folder, 'src'), outDir: join(folder, 'dist') },
  };
  return Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** Two builds at once would take each other's `dist` away: the second waits for the first. */
async function alone(work) {
  const lock = join(stampFolder, 'building');
  mkdirSync(stampFolder, { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isRunning(readFileSync(lock, 'utf8'))) rmSync(lock, { force: true });
      else await setTimeout(500);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isRunning(pid) {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

/** Compiles all that is published; throws with what the compiler said. */
export const buildPackages = (tools) => alone(() => compilePackages(tools));

async function compilePackages({ node, env }) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  for (const one of publishedPackages()) {
    rmSync(join(one.folder, 'dist'), { recursive: true, force: true });
    const { code, output } = await runCaptured(node, [tsc, '--ignoreConfig', ...compilerFlags(one), ...doorsOf(one)], { env });
    if (code !== 0) throw new SetupError(`${one.manifest.name} does not compile:\n${output}`);
    for (const file of readdirSync(join(one.folder, 'dist'), { recursive: true }))
      if (file.endsWith('.d.ts')) nameBuiltFiles(join(one.folder, 'dist', file));
    await buildForBrowsers(one, env);
  }
  addPlatformFiles();
}

/** What a package brings for browsers is bundled by a script of its own. */
async function buildForBrowsers({ folder, manifest }, env) {
  if (!manifest.scripts?.['build:browser']) return;
  const { code, output } = await runCaptured('npm', ['run', '--silent', 'build:browser'], { env, cwd: folder });
  if (code !== 0) throw new SetupError(`${manifest.name} cannot be bundled for browsers:\n${output}`);
}

/** The compiler rewrites `./types.ts` in programs and leaves it in declarations, where older compilers do not understand it. */
function nameBuiltFiles(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll(/((?:from|import\()\s*'\.{1,2}\/[^']*)\.tsx?'/g, "$1.js'"));
}

/** Packs all that is published into a folder; resolves with the tarball of each by its name. */
async function packPackages(into, { env }) {
  mkdirSync(into, { recursive: true });
  const tarballs = {};
  for (const { folder, manifest } of publishedPackages()) {
    const { code, output } = await runCaptured('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', into], {
      env,
      cwd: folder,
    });
    if (code !== 0) throw new SetupError(`${manifest.name} cannot be packed:\n${output}`);
    tarballs[manifest.name] = join(into, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`);
  }
  return tarballs;
}

/** What the tarballs are made of. */
function inputsHash() {
  const folders = [join(root, 'sdk'), server, join(root, 'platform', 'web'), join(root, 'platform', 'setup')];
  const files = folders.flatMap((folder) => sourceFiles(folder, (file) => !/\.test\.tsx?$|\.log$|\/corpus\//.test(file)));
  return hashFiles([...files, join(root, 'package-lock.json')]);
}

/** Those of other sources are kept for a while: another run may be reading them. */
function removeOldPackages() {
  for (const name of readdirSync(stampFolder).filter((one) => one.startsWith('packages-'))) {
    const folder = join(stampFolder, name);
    if (Date.now() - statSync(folder).mtimeMs > KEPT_MS) rmSync(folder, { recursive: true, force: true });
  }
}

/** The tarballs of this very source: built and packed once, and kept until something that they are made of changes. */
export async function packedPackages({ node, env }) {
  const folder = join(stampFolder, `packages-${inputsHash().slice(0, 16)}`);
  const list = join(folder, 'list.json');
  await alone(async () => {
    if (existsSync(list)) return;
    removeOldPackages();
    rmSync(folder, { recursive: true, force: true });
    await compilePackages({ node, env });
    const tarballs = await packPackages(folder, { env });
    // Last: a folder without its list was cut off half-way.
    writeFileSync(list, JSON.stringify(tarballs));
  });
  return JSON.parse(readFileSync(list, 'utf8'));
}
