import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync, watch } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import type { AppliedApp } from './protocol.ts';
import type { BackendLine } from './state.ts';

const LINES_MAX = 100;
const RESTART_AFTER_MS = 300;
/** The script of package.json that starts the backend, and the folder of its source. */
const SCRIPT = 'server';
const WEBHOOK_PATH = '/webhooks';
/** `.ts` from the sources, `.js` in the package. */
const KEEPER = new URL(`./backend-process${path.extname(import.meta.url)}`, import.meta.url);

const PackageJson = z.looseObject({ scripts: z.record(z.string(), z.string()).default({}) });

/** What a backend is told, in the variables that the templates read. */
export interface BackendEnvironment {
  readonly issuer: string;
  readonly backend: AppliedApp['backend'];
  readonly webhookKey: string;
}

export interface Backend {
  readonly line: BackendLine;
  /** Where webhooks are handed on to; null while it does not run. */
  readonly webhookUrl: string | null;
  close(): Promise<void>;
}

export interface BackendSettings {
  readonly root: string;
  readonly environment: BackendEnvironment;
  readonly onChange: () => void;
}

/** Whether the project has a backend of its own: a script `server` in its package.json. */
export function hasBackend(root: string): 'yes' | 'no' {
  const file = path.join(root, 'package.json');
  if (!existsSync(file)) return 'no';
  try {
    return SCRIPT in PackageJson.parse(JSON.parse(readFileSync(file, 'utf8'))).scripts ? 'yes' : 'no';
  } catch {
    return 'no';
  }
}

/** Runs the project's backend against the development platform, and again when its source changes. */
export async function startBackend({ root, environment, onChange }: BackendSettings): Promise<Backend> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const lines: string[] = [];
  let status: BackendLine['status'] = 'running';
  let isClosing = false;
  const run = () => {
    status = 'running';
    const child = fork(KEEPER, [SCRIPT], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: environmentOf(environment, port),
    });
    const say = (bytes: Buffer) => {
      lines.push(...bytes.toString().trimEnd().split('\n'));
      lines.splice(0, lines.length - LINES_MAX);
      onChange();
    };
    child.stdout?.on('data', say);
    child.stderr?.on('data', say);
    child.once('error', (error) => say(Buffer.from(error.message)));
    child.once('exit', () => {
      if (child !== current) return;
      status = 'ended';
      onChange();
    });
    return child;
  };
  let current: ChildProcess = run();
  const watcher = watchSource(root, async () => {
    const before = current;
    await stop(before);
    if (isClosing) return;
    current = run();
    onChange();
  });
  return {
    get line() {
      return { status, url, lines: [...lines] };
    },
    get webhookUrl() {
      return status === 'running' ? `${url}${WEBHOOK_PATH}` : null;
    },
    close: async () => {
      isClosing = true;
      watcher?.close();
      await stop(current);
    },
  };
}

function environmentOf({ issuer, backend, webhookKey }: BackendEnvironment, port: number): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PORT: String(port),
    CHUNG_ISSUER: issuer,
    CHUNG_CLIENT_ID: backend.clientId,
    CHUNG_PRIVATE_KEY: JSON.stringify(backend.privateKey),
    CHUNG_WEBHOOK_SECRET: webhookKey,
  };
}

function watchSource(root: string, restart: () => Promise<void>) {
  const folder = path.join(root, SCRIPT);
  if (!existsSync(folder)) return null;
  let timer: NodeJS.Timeout | undefined;
  return watch(folder, { recursive: true }, (_event, name) => {
    // What its own start writes is no change of its source.
    if (name === null || name.split(path.sep).some((part) => part === 'dist' || part === 'node_modules')) return;
    clearTimeout(timer);
    timer = setTimeout(() => void restart(), RESTART_AFTER_MS);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.disconnect();
  await ended;
}

/** A port that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
