// Keeps package-lock.json complete for every system. npm leaves out a platform package (@biomejs/cli-win32-x64, …) that
// the registry in use does not carry at that moment, and then refuses its own file: "npm ci can only install packages
// when … are in sync". An entry with the exact version, system and processor is all that it needs to go on.
//   node platform/setup/complete-lock.mjs            adds what is missing (after an `npm install`)
//   node platform/setup/complete-lock.mjs --check    only tells; exit 1 when something is missing
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';
import { say } from './report.mjs';

const lockFile = join(root, 'package-lock.json');

/** What names of platform packages call a system or a processor → what npm calls it. */
const systems = { darwin: 'darwin', win32: 'win32', windows: 'win32', win: 'win32', linux: 'linux', android: 'android' };
const otherSystems = { freebsd: 'freebsd', openharmony: 'openharmony', aix: 'aix', sunos: 'sunos', netbsd: 'netbsd', openbsd: 'openbsd' };
const processors = {
  x64: 'x64',
  64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  x32: 'ia32',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  wasm32: 'wasm32',
};

function firstKnown(words, table) {
  const found = words.find((word) => Object.hasOwn(table, word));
  return found === undefined ? undefined : table[found];
}

function platformEntry(name, version, parent) {
  const words = name.split(/[/-]/).slice(1);
  const os = firstKnown(words, { ...systems, ...otherSystems });
  const cpu = firstKnown(words, processors);
  return {
    version,
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(parent.dev ? { dev: true } : {}),
    ...(parent.devOptional ? { devOptional: true } : {}),
    optional: true,
    ...(os ? { os: [os] } : {}),
  };
}

/** The optional dependencies with an exact version that have no entry where Node would find them. */
export function missingEntries(packages) {
  return Object.entries(packages).flatMap(([path, parent]) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name, version]) => /^\d/.test(version) && !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`])
      .map(([name, version]) => ({ path: `node_modules/${name}`, entry: platformEntry(name, version, parent) })),
  );
}

function main() {
  const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
  const missing = missingEntries(lock.packages);
  if (process.argv.includes('--check')) {
    for (const { path } of missing) say(`package-lock.json has no ${path}: run node platform/setup/complete-lock.mjs`);
    process.exitCode = missing.length > 0 ? 1 : 0;
    return;
  }
  for (const { path, entry } of missing) lock.packages[path] = entry;
  const [own, ...rest] = Object.entries(lock.packages);
  lock.packages = Object.fromEntries([own, ...rest.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
  writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
  say(`package-lock.json: ${missing.length} entries added.`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
