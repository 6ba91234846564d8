// Works out which scopes the program needs, in a thread: it takes seconds of a processor, and the page goes on answering meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { analyse, openProject } from '../analysis/index.ts';

const { root } = z.object({ root: z.string() }).parse(workerData);
const { findings, scopes } = analyse(openProject(root));
const uses = scopes.uses.map(({ scope, at }) => ({ scope, at: `${at.file}:${at.line}` }));
parentPort?.postMessage({ uses, findings: findings.filter(({ severity }) => severity === 'error').length });
