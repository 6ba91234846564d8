// The real server as a process of its own, with its own data folder, that a test may kill.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const READY_WITHIN_MS = 90_000;

export interface ServerProcess {
  readonly baseUrl: string;
  readonly pid: number;
  readonly output: () => string;
  /** kill -9: nothing is flushed, nothing is closed. */
  kill(): Promise<void>;
  /** Ctrl-C. Answers the exit code. */
  interrupt(): Promise<number | null>;
  exited: Promise<number | null>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Starts without waiting until it is ready. */
export function spawnServer(settings: Readonly<Record<string, string>>): ServerProcess {
  const child: ChildProcess = spawn(process.execPath, ['--conditions=chung-source', path.join(REPOSITORY, 'platform/server/src/main.ts')], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      CHUNG_DEMO_MEMBERS: '100',
      CHUNG_RATE_FACTOR: '1000',
      INIT_CWD: REPOSITORY,
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    baseUrl: `http://localhost:${settings['PORT']}`,
    pid: child.pid ?? 0,
    output: () => output,
    exited,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    interrupt: () => {
      child.kill('SIGINT');
      return exited;
    },
  };
}

export async function startServer(settings: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = spawnServer(settings);
  const began = Date.now();
  let over = false;
  void server.exited.then(() => {
    over = true;
  });
  while (!over && Date.now() - began < READY_WITHIN_MS) {
    const ready = await fetch(`${server.baseUrl}/readyz`).catch(() => null);
    if (ready?.ok) return server;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await server.kill();
  throw new Error(`the server did not become ready:\n${server.output()}`);
}
