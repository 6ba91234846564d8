// All set-up of a clone, in order and only where needed: packages, pinned Node, database client, web apps, docs.
// Plain JavaScript without dependencies: it runs on the system's Node (20.19 or newer) before anything is installed.
import { pathToFileURL } from 'node:url';
import { ensureDocsSite } from './docs-site.mjs';
import { ensureInstalled } from './install.mjs';
import { environmentFor, findNode } from './node-runtime.mjs';
import { ensurePrismaClient } from './prisma-client.mjs';
import { exitWithFailure } from './report.mjs';
import { ensureWebApps } from './web-apps.mjs';

/**
 * @param {{ web?: boolean, quiet?: boolean }} [options] `web: false` leaves the web apps and the docs alone; `quiet` prints failures only.
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>} the Node to run and the environment to run it in
 */
export async function bootstrap({ web = true, quiet = false } = {}) {
  await ensureInstalled({ quiet });
  const node = findNode({ quiet });
  await ensurePrismaClient({ node, quiet });
  if (web) await ensureWebApps({ node, quiet });
  if (web) await ensureDocsSite({ node, quiet });
  return { node, env: environmentFor(node) };
}

/** Flags with which Node runs our TypeScript sources, in every command. */
export const nodeFlags = ['--conditions=chung-source'];

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  bootstrap().catch(exitWithFailure);
}
