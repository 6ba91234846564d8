// A reference in a process of its own, as the server has one.
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { BenchContext } from './bench.ts';

/** Starts a file of this folder that says "ready" when it listens; it ends with the bench. */
export async function startSide(context: BenchContext, file: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--conditions=chung-source', path.join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  context.defer(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => String(chunk).includes('ready') && resolve());
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it listened`)));
  });
}
