// The type check of every workspace, counted as a suite: one part of the repository is one test.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { runCaptured } from './processes.mjs';

/** Parts in dependency order; each is a tsconfig of the root. */
const parts = ['sdk', 'server', 'web', 'test'];

function hasSources(part) {
  if (part !== 'web') return true;
  const folder = join(root, 'platform', 'web');
  return readdirSync(folder, { recursive: true }).some((file) => /\.tsx?$/.test(file) && !file.includes('node_modules'));
}

/** @returns {Promise<{ passed: number, failed: number, report: string }>} */
export async function checkTypes({ node, env }) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = { passed: 0, failed: 0, report: '' };
  for (const part of parts) {
    const config = join(root, `tsconfig.${part}.json`);
    if (!existsSync(config) || !hasSources(part)) continue;
    const { code, output } = await runCaptured(node, [tsc, '-p', config], { env });
    if (code === 0) result.passed++;
    else result.failed++;
    if (code !== 0) result.report += `types of ${part}:\n${output}\n`;
  }
  return result;
}
