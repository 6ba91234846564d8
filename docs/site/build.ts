// `npm run docs:build`: makes the site of `docs/` and of the packages' READMEs, in `docs/dist`. A broken link fails the build.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildSite } from './src/site.ts';

const root = path.resolve(import.meta.dirname, '../..');
const place = path.join(root, 'docs/dist');
// Made beside the old one and put in its place whole, so that a running platform never serves half a site.
const workshop = path.join(import.meta.dirname, 'dist');

const began = Date.now();
rmSync(workshop, { recursive: true, force: true });
mkdirSync(workshop, { recursive: true });
const { pages, broken } = await buildSite({ root, into: workshop });
if (broken.length > 0) {
  process.stderr.write(`Links of the docs that lead nowhere:\n${broken.map((line) => `  ${line}`).join('\n')}\n`);
  process.exitCode = 1;
} else {
  rmSync(place, { recursive: true, force: true });
  renameSync(workshop, place);
  process.stdout.write(`docs: ${pages} pages in ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
}
