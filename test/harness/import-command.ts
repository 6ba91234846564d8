// `members:import` as an operator runs it: a process of its own that a test may stop or kill.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

interface ImportCommand {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

export function runImportCommand(dataDirectory: string, args: readonly string[]): ImportCommand {
  const file = path.join(REPOSITORY, 'platform/server/src/commands/import-members.ts');
  const child = spawn(process.execPath, ['--conditions=chung-source', '--max-old-space-size=112', file, ...args], {
    env: { ...process.env, NODE_ENV: 'development', CHUNG_DATA_DIR: dataDirectory, INIT_CWD: REPOSITORY },
    // An operator's own folder: relative names of files count from there.
    cwd: dataDirectory,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  return { child, output: () => output, exited: new Promise((resolve) => child.once('close', resolve)) };
}
