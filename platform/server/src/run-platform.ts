import { openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import path from 'node:path';
import type { Logger } from 'pino';
import { composePlatform, type Platform } from './compose.ts';
import type { Config } from './config.ts';
import { type OpenDatabase, openDatabase } from './database.ts';
import { createHttpServer } from './kernel/http-server.ts';
import { createLogger } from './kernel/log.ts';
import { createLogDestination } from './kernel/log-destination.ts';
import { StartupError } from './kernel/startup-error.ts';
import { loadKeys, writePrivate } from './secrets.ts';
import { startWorker } from './worker.ts';

const DRAIN_SECONDS = 10;
const STANDARD_OUTPUT = 1;

/** Where the built web apps lie: beside the sources in the repository, inside the package where it was installed. */
const WEB_DIRECTORIES = ['../../web', '../web'] as const;
/** And the built docs, which `npm run docs:build` and every set-up make. */
const DOCS_DIRECTORIES = ['../../../docs/dist', '../web/docs'] as const;

export interface RunSettings {
  readonly config: Config;
  /** What the person who started it reads. */
  readonly say: (line: string) => void;
  /** How the rooms reach the database; `chung dev` goes by a clock that it can move. */
  readonly databaseUrls?: (database: OpenDatabase) => Promise<{ readonly serverUrl: string; readonly identityUrl?: string }>;
  /** Fills the platform before it answers its first request from outside. */
  readonly prepare: (running: { readonly platform: Platform; readonly config: Config }) => Promise<void>;
}

export interface RunningPlatform {
  readonly platform: Platform;
  /** With the port and address that it really has. */
  readonly config: Config;
  readonly log: Logger;
}

/** While the platform starts it is alive and not ready; a taken port shows at once and not after minutes of set-up. */
const starting: RequestListener = (request, response) => {
  response.writeHead(request.url === '/healthz' ? 200 : 503, { 'content-type': 'application/json', 'retry-after': '2' });
  response.end(JSON.stringify({ status: request.url === '/healthz' ? 'ok' : 'starting' }));
};

/**
 * Starts everything that one process of the platform is: port, database, rooms, worker, deliveries. What was opened is put on `closers` as
 * soon as it is, so that the caller can close it also when a later step fails.
 */
export async function runPlatform(settings: RunSettings, closers: (() => Promise<void>)[]): Promise<RunningPlatform> {
  const front = { handle: starting };
  const server = createHttpServer((request, response) => front.handle(request, response));
  const port = await listen(server, settings.config);
  closers.push(() => closeServer(server));
  const config = { ...settings.config, PORT: port, baseUrl: withPort(settings.config, port) };
  const log = await createLog(config);
  const platform = await openPlatform({ ...settings, config }, { log, closers, ready: ({ app }) => (front.handle = app) });
  return { platform, config, log };
}

/** With PORT=0 the system chooses; the address follows unless it was set. */
function withPort(config: Config, port: number): string {
  return config.CHUNG_BASE_URL ? config.baseUrl : `http://localhost:${port}`;
}

async function openPlatform(
  { config, say, prepare, databaseUrls }: RunSettings,
  { log, closers, ready }: { log: Logger; closers: (() => Promise<void>)[]; ready: (platform: Platform) => void },
): Promise<Platform> {
  const keys = await loadKeys(config);
  const database = await openDatabase(config, { serverPassword: keys.databaseRole, say });
  closers.push(() => database.close());
  const platform = await composePlatform({
    config,
    keys,
    ...((await databaseUrls?.(database)) ?? { serverUrl: database.serverUrl }),
    webDirectory: whereBuilt(WEB_DIRECTORIES),
    docsDirectory: whereBuilt(DOCS_DIRECTORIES),
    log,
    selfOrigin: () => `http://${config.HOST === '0.0.0.0' ? '127.0.0.1' : config.HOST}:${config.PORT}`,
  });
  closers.push(() => platform.close());
  await platform.members.seedReferenceData();
  await platform.identity.ensureFirstPartyClients();
  await prepare({ platform, config });
  await tellTools(config, database, closers);
  const worker = startWorker(platform.jobs, { log });
  closers.push(() => worker.stop());
  const deliveries = platform.startDeliveries();
  closers.push(() => deliveries.stop());
  ready(platform);
  return platform;
}

function whereBuilt([inRepository, inPackage]: readonly [string, string]): string {
  const isPackage = path.basename(import.meta.dirname) === 'dist';
  return path.resolve(import.meta.dirname, isPackage ? inPackage : inRepository);
}

/** Command-line tools on this machine find the running database here; the file goes with the server. */
async function tellTools(config: Config, { serverUrl }: OpenDatabase, closers: (() => Promise<void>)[]): Promise<void> {
  const file = path.join(config.dataDirectory, 'runtime.json');
  await writePrivate(file, { serverUrl, baseUrl: config.baseUrl, pid: process.pid });
  closers.push(() => rm(file, { force: true }));
}

async function createLog(config: Config): Promise<Logger> {
  const level = config.CHUNG_LOG_LEVEL;
  if (config.production) return createLogger(level, createLogDestination(STANDARD_OUTPUT));
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

/** Last opened, first closed; one that fails does not keep the others open. */
export async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
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
