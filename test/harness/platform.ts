// The whole platform on a database of its own, with a small demo, listening on a free port of this machine.
import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import pino, { type Logger } from 'pino';
import { composePlatform, type Platform } from '../../platform/server/src/compose.ts';
import { type Config, readConfig } from '../../platform/server/src/config.ts';
import type { DemoFile } from '../../platform/server/src/demo/file.ts';
import { seedDemo } from '../../platform/server/src/demo/seed.ts';
import { createHttpServer } from '../../platform/server/src/kernel/http-server.ts';
import { loadKeys } from '../../platform/server/src/secrets.ts';
import { createTestDatabase } from './database.ts';

export interface TestPlatform {
  readonly baseUrl: string;
  readonly demo: DemoFile;
  readonly config: Config;
  readonly platform: Platform;
  /** Looks behind the server's back, as the database's owner. */
  readonly owner: pg.Client;
  readonly dataDirectory: string;
  close(): Promise<void>;
}

export interface TestPlatformOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Takes the log, as lines of JSON; without it nothing is logged. */
  readonly log?: Logger;
  /** Another way to the same database, such as a wire that the test can cut. */
  readonly route?: (serverUrl: string) => Promise<string>;
}

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

export async function startTestPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const database = await createTestDatabase();
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'chung-test-'));
  const front: { handle: RequestListener } = { handle: (_request, response) => void response.writeHead(503).end() };
  const server = createHttpServer((request, response) => front.handle(request, response));
  const port = await listen(server);
  const settings = {
    PORT: String(port),
    CHUNG_DATA_DIR: dataDirectory,
    CHUNG_DEMO_MEMBERS: '100',
    CHUNG_RATE_FACTOR: '1000',
    CHUNG_LOG_LEVEL: 'silent',
    ...options.settings,
  };
  const config = readConfig(settings, REPOSITORY);
  const keys = await loadKeys(config);
  const log = options.log ?? pino({ level: config.CHUNG_LOG_LEVEL });
  const platform = await composePlatform({
    config,
    keys,
    serverUrl: (await options.route?.(database.serverUrl)) ?? database.serverUrl,
    webDirectory: path.join(REPOSITORY, 'platform/web'),
    log,
    selfOrigin: () => `http://127.0.0.1:${port}`,
  });
  await platform.members.seedReferenceData();
  // The identity room talks to its own authorization server, so the app must answer before anybody signs in.
  front.handle = platform.app;
  await platform.identity.ensureFirstPartyClients();
  const demo = await seedDemo({ platform, config, say: () => {} });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  return {
    baseUrl: config.baseUrl,
    demo,
    config,
    platform,
    owner,
    dataDirectory,
    close: async () => {
      await owner.end();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await platform.close();
      await database.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
