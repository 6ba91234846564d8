import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { CheckReport } from './submission.ts';

const TIME_MS = 120_000;
const MEMORY_MEBIBYTES = 1_024;
const SAID_MAX = 4_000;

/** Beside this file, by the ending that this file has: `.ts` from the sources, `.js` in the package. */
const ENDING = path.extname(import.meta.filename);
const PROGRAM = fileURLToPath(new URL(`./check-process${ENDING}`, import.meta.url));
/** The packages of the SDK lie here as sources where this file does; installed, they have none. */
const CONDITIONS = ENDING === '.ts' ? ['--conditions=chung-source'] : [];
const PACKAGE = fileURLToPath(new URL('../../../package.json', import.meta.url));

const Answer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('checked'), report: CheckReport }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);

export type CheckOutcome =
  | { readonly kind: 'checked'; readonly report: CheckReport }
  | { readonly kind: 'failed'; readonly message: string }
  /** It took more time or memory than any app may. */
  | { readonly kind: 'unfinished' };

export interface CheckSettings {
  readonly readable: readonly string[];
  /** Under which the platform itself is reached: a request past the SDK to one of them is shown to the reviewer. */
  readonly platformHosts: readonly string[];
  /** Ends what is running when the server stops. */
  readonly signal: AbortSignal;
  readonly timeMs?: number;
  readonly memoryMebibytes?: number;
}

/** Judges the app in a folder in a process of its own, that a hostile program can exhaust and the server goes on. */
export function checkApp(folder: string, settings: CheckSettings): Promise<CheckOutcome> {
  const { readable, platformHosts, signal, timeMs = TIME_MS, memoryMebibytes = MEMORY_MEBIBYTES } = settings;
  const allowed = [...readable, path.dirname(folder)].map((one) => `--allow-fs-read=${one}${path.sep}`);
  const own = [PROGRAM, PACKAGE].map((one) => `--allow-fs-read=${one}`);
  return new Promise((resolve, reject) => {
    const child = fork(PROGRAM, [folder, ...platformHosts], {
      cwd: folder,
      env: {},
      execArgv: [...CONDITIONS, `--max-old-space-size=${memoryMebibytes}`, '--permission', ...allowed, ...own],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      signal,
      killSignal: 'SIGKILL',
    });
    let answer: unknown;
    let said = '';
    let isLate = false;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-SAID_MAX);
    });
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeMs);
    child.once('message', (message) => {
      answer = message;
    });
    child.once('error', reject);
    child.once('close', (code, killedBy) => {
      clearTimeout(timer);
      const read = Answer.safeParse(answer);
      if (read.success) return resolve(read.data);
      // V8 aborts when its room is used up; the kernel kills when the machine's is.
      if (isLate || killedBy === 'SIGABRT' || killedBy === 'SIGKILL' || code === 134) return resolve({ kind: 'unfinished' });
      reject(new Error(`the check of a submission ended with ${killedBy ?? code} and no answer: ${said}`));
    });
  });
}
