// `npm run check`: everything about the sources that a machine can judge. One line a check, with its seconds.
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { generatedFiles } from './generated-files.mjs';
import { root } from './paths.mjs';
import { runCaptured } from './processes.mjs';
import { exitWithFailure, say } from './report.mjs';
import { summaryLine } from './summary.mjs';
import { checkTypes } from './types.mjs';

const tool = (...path) => join(root, 'node_modules', ...path);
const ours = (name) => join(root, 'platform', 'setup', 'checks', name);

/** Each ends with exit code 0 when all is well; `show` prints what it wrote also then. */
function commands() {
  const nodeScript = (name, args, options = {}) => ({ name, args, ...options });
  return [
    nodeScript('lint and format (Biome)', [
      tool('@biomejs', 'biome', 'bin', 'biome'),
      'check',
      '--error-on-warnings',
      '--max-diagnostics=40',
    ]),
    nodeScript('import rule (dependency-cruiser)', [
      tool('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
      ...['--config', '.dependency-cruiser.cjs', 'platform', 'sdk', 'test'],
    ]),
    nodeScript('unused files, exports, dependencies (knip)', [tool('knip', 'bin', 'knip.js')]),
    nodeScript('lock file has every system', [join(root, 'platform', 'setup', 'complete-lock.mjs'), '--check']),
    nodeScript('source figures', [ours('figures.ts')], { show: true }),
    nodeScript('data rules (migrations, SQL)', [ours('data-rules.ts')]),
    ...generatedFiles.map(({ name, command }) => nodeScript(`generated: ${name}`, command)),
  ];
}

async function runOne({ name, run, show }) {
  const began = Date.now();
  const { code, output } = await run();
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  say(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (code !== 0 || show) say(output.trimEnd());
  return code === 0;
}

async function check() {
  const { node, env } = await bootstrap({ web: false });
  const types = async () => {
    const { failed, report } = await checkTypes({ node, env });
    return { code: failed, output: report };
  };
  const checks = [
    { name: 'types', run: types },
    ...commands().map(({ name, args, show }) => ({ name, show, run: () => runCaptured(node, args, { env }) })),
  ];
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const one of checks) {
    const passed = await runOne(one);
    if (passed) total.passed++;
    else total.failed++;
  }
  say(summaryLine(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

check().catch(exitWithFailure);
