// `npm run docs:build`: makes the site of `docs/` and of the packages' READMEs, in `docs/dist`. A broken link fails the build.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildSite } from './src/site.ts';

const root = path.resolve(import.meta.dirname, '../..');
const place = path.join(root, 'docs/dist');
// Made beside the old one, in a folder of this process, and put in its place whole: a running platform never serves half a site.
const workshop = path.join(import.meta.dirname, 'dist', String(process.pid));

const ATTEMPTS = 20;

/**
 * The old site is moved aside, which takes no time, and not removed in its place. Another process may do the same at this moment, as when
 * tests and a start begin together: then the later one stays.
 */
function putInPlace(): void {
  const old = `${workshop}-old`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (existsSync(place)) renameSync(place, old);
      renameSync(workshop, place);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

async function build(): Promise<number> {
  const began = performance.now();
  mkdirSync(workshop, { recursive: true });
  const { pages, broken } = await buildSite({ root, into: workshop });
  if (broken.length > 0) {
    process.stderr.write(`Links of the docs that lead nowhere:\n${broken.map((line) => `  ${line}`).join('\n')}\n`);
    return 1;
  }
  putInPlace();
  process.stdout.write(`docs: ${pages} pages in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  return 0;
}

try {
  process.exitCode = await build();
} finally {
  rmSync(workshop, { recursive: true, force: true });
}
