// Generates the Prisma client when a *.prisma file changed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFor } from './node-runtime.mjs';
import { root } from './paths.mjs';
import { runLogged } from './processes.mjs';
import { logPath, SetupError, say } from './report.mjs';
import { hashFiles, isStamped, sourceFiles, stamp } from './stamps.mjs';

const source = join(root, 'platform', 'server', 'src');
const output = join(source, 'generated', 'prisma', 'client.ts');

export async function ensurePrismaClient({ node, quiet = false }) {
  const schema = sourceFiles(source, (file) => file.endsWith('.prisma'));
  const hash = hashFiles([...schema, join(root, 'prisma.config.ts'), join(root, 'node_modules', 'prisma', 'package.json')]);
  if (isStamped('prisma', hash) && existsSync(output)) return;
  if (!quiet) say('• Generating the database client (prisma generate) …');
  const logFile = logPath('prisma');
  const prisma = join(root, 'node_modules', 'prisma', 'build', 'index.js');
  // `generate` runs on bundled WebAssembly, yet the CLI first tries to download an engine and fails offline.
  // Any executable named here stops it from trying.
  const env = { ...environmentFor(node), PRISMA_SCHEMA_ENGINE_BINARY: node };
  const code = await runLogged(node, [prisma, 'generate'], { logFile, env });
  if (code !== 0) throw new SetupError('prisma generate failed: is a *.prisma file wrong?', logFile);
  stamp('prisma', hash);
}
