import { openSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import path from 'node:path';
import type { Logger } from 'pino';
import { composePlatform, type Platform } from './compose.ts';
import { type Config, readConfig } from './config.ts';
import { type OpenDatabase, openDatabase } from './database.ts';
import { seedDemo } from './demo/seed.ts';
import { createHttpServer } from './kernel/http-server.ts';
import { createLogger } from './kernel/log.ts';
import { createLogDestination } from './kernel/log-destination.ts';
import { StartupError } from './kernel/startup-error.ts';
import { loadKeys, writePrivate } from './secrets.ts';
import { startWorker } from './worker.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
const DRAIN_SECONDS = 10;
const STANDARD_OUTPUT = 1;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** While the platform starts it is alive and not ready; a taken port shows at once and not after minutes of set-up. */
const starting: RequestListener = (request, response) => {
  response.writeHead(request.url === '/healthz' ? 200 : 503, { 'content-type': 'application/json', 'retry-after': '2' });
  response.end(JSON.stringify({ status: request.url === '/healthz' ? 'ok' : 'starting' }));
};

async function start(): Promise<void> {
  const config = readConfig(process.env, process.env['INIT_CWD'] ?? REPOSITORY);
  const closers: (() => Promise<void>)[] = [];
  stopOnSignals(closers);
  const front = { handle: starting };
  const server = createHttpServer((request, response) => front.handle(request, response));
  try {
    const port = await listen(server, config);
    closers.push(() => closeServer(server));
    const platform = await startPlatform({ ...config, PORT: port, baseUrl: withPort(config, port) }, closers);
    front.handle = platform.app;
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

/** With PORT=0 the system chooses; the address follows unless it was set. */
function withPort(config: Config, port: number): string {
  return config.CHUNG_BASE_URL ? config.baseUrl : `http://localhost:${port}`;
}

async function startPlatform(config: Config, closers: (() => Promise<void>)[]): Promise<Platform> {
  const log = await createLog(config);
  const keys = await loadKeys(config);
  const database = await openDatabase(config, { serverPassword: keys.databaseRole, say });
  closers.push(() => database.close());
  const platform = await composePlatform({
    config,
    keys,
    serverUrl: database.serverUrl,
    webDirectory: path.join(REPOSITORY, 'platform/web'),
    log,
    selfOrigin: () => `http://${config.HOST === '0.0.0.0' ? '127.0.0.1' : config.HOST}:${config.PORT}`,
  });
  closers.push(() => platform.close());
  await platform.members.seedReferenceData();
  await platform.identity.ensureFirstPartyClients();
  if (config.CHUNG_DEMO) await seedDemo({ platform, config, say });
  await tellTools(config, database, closers);
  const worker = startWorker(platform.jobs, { log });
  closers.push(() => worker.stop());
  const deliveries = platform.startDeliveries();
  closers.push(() => deliveries.stop());
  announce(config, log);
  return platform;
}

/** Command-line tools on this machine find the running database here; the file goes with the server. */
async function tellTools(config: Config, { serverUrl }: OpenDatabase, closers: (() => Promise<void>)[]): Promise<void> {
  const file = path.join(config.dataDirectory, 'runtime.json');
  await writePrivate(file, { serverUrl, baseUrl: config.baseUrl, pid: process.pid });
  const { rm } = await import('node:fs/promises');
  closers.push(() => rm(file, { force: true }));
}

async function createLog(config: Config): Promise<Logger> {
  const level = config.CHUNG_LOG_LEVEL;
  if (config.production) return createLogger(level, createLogDestination(STANDARD_OUTPUT));
  const { mkdir } = await import('node:fs/promises');
  await mkdir(config.dataDirectory, { recursive: true });
  return createLogger(level, createLogDestination(openSync(path.join(config.dataDirectory, 'server.log'), 'a')));
}

function listen(server: Server, config: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `Port ${config.PORT} is taken by another program; set PORT to a free one.`
          : `Cannot listen on ${config.HOST}:${config.PORT} (${error.code}).`;
      reject(new StartupError(reason, { cause: error }));
    });
    server.listen(config.PORT, config.HOST, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : config.PORT);
    });
  });
}

function announce(config: Config, log: Logger): void {
  log.info({ baseUrl: config.baseUrl }, 'started');
  say(`
  Chung is running.

  Member app       ${config.baseUrl}/
  Partner portal   ${config.baseUrl}/partner/
  Admin console    ${config.baseUrl}/admin/
  API reference    ${config.baseUrl}/docs/api
`);
  if (config.CHUNG_DEMO)
    say(`  Sign in to the demo (more in ${path.join(config.CHUNG_DATA_DIR, 'demo.json')}):
    member   an.hanoi        demo-member-2026
    partner  vnpt-money      demo-partner-2026
    admin    admin           demo-admin-2026

  These passwords are development defaults; production refuses the demo.
`);
  if (config.CHUNG_WEBHOOK_HOSTS.length > 0)
    say(`  Webhooks may reach these hosts without TLS and on private addresses: ${config.CHUNG_WEBHOOK_HOSTS.join(', ')}
  That is for development; production refuses it.
`);
  say('  Press Ctrl-C to stop.');
}

function stopOnSignals(closers: (() => Promise<void>)[]): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    say(`\n  Stopping (${signal}) …`);
    void closeAll(closers).then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** Last opened, first closed; one that fails does not keep the others open. */
async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
}

/** Refuses new requests, lets the running ones finish, and after a while cuts what hangs. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_SECONDS * 1000);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

start().catch((error: unknown) => {
  // A reason the operator can act on is one sentence; anything else is our bug and shows its stack.
  process.stderr.write(
    error instanceof StartupError
      ? `\n${error.message}\n`
      : `\nChung could not start: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});
