// The app and its seam with handlers of the test's own: what the seam does for every operation, and no room behind it.
import { OPERATIONS, type OperationById, type OperationId } from '@chung/contracts';
import { Router } from 'express';
import { type AppOptions, createApp } from '../../platform/server/src/app.ts';
import { createDb, type Db } from '../../platform/server/src/kernel/db.ts';
import { createHttpServer } from '../../platform/server/src/kernel/http-server.ts';
import { createLogger } from '../../platform/server/src/kernel/log.ts';
import { createMetrics } from '../../platform/server/src/kernel/metrics.ts';
import type { Principal } from '../../platform/server/src/kernel/principal.ts';
import { createRateLimits, DEFAULT_BUDGETS, scaleBudgets } from '../../platform/server/src/kernel/rate-limit.ts';
import { type Handler, on, type Route } from '../../platform/server/src/kernel/route.ts';
import type { SeamPorts } from '../../platform/server/src/kernel/seam.ts';

const byId = new Map(OPERATIONS.map((operation) => [operation.id, operation]));

/** A handler for one operation, bound by its id. */
export function handle<Id extends OperationId>(id: Id, handler: Handler<OperationById<Id>>): Route {
  const operation = byId.get(id);
  // The map is made of the very table that the type is looked up in.
  return on(operation as OperationById<Id>, handler);
}

export interface BareApp {
  readonly baseUrl: string;
  readonly lines: string[];
  readonly metrics: AppOptions['metrics'];
  /** Who calls is said by a header, in the place of identity. */
  call(method: string, path: string, options?: BareCall): Promise<BareReply>;
  close(): Promise<void>;
}

export interface BareCall {
  readonly as?: Principal;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

export interface BareReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The code of a problem, else empty. */
  readonly code: string;
}

export interface BareOptions extends Partial<Omit<AppOptions, 'seam' | 'routes'>> {
  readonly routes?: readonly Route[];
  readonly db?: Db;
  readonly seam?: Partial<SeamPorts>;
  readonly headersWithinMs?: number | undefined;
}

const PRINCIPAL = 'x-test-principal';

export async function startBareApp({ routes = [], db, seam, headersWithinMs, ...options }: BareOptions = {}): Promise<BareApp> {
  const lines: string[] = [];
  const mine = new Set<string>(routes.map(({ operation }) => operation.id));
  const others = OPERATIONS.filter(({ id }) => !mine.has(id)).map(
    (operation): Route => ({ operation, handle: () => Promise.reject(new Error(`${operation.id} has no handler in this test`)) }),
  );
  const ownDb = db ?? createDb('postgresql://nobody@127.0.0.1:1/none', { poolSize: 2, onIdleError: () => {} });
  const metrics = createMetrics();
  const app = createApp({
    baseUrl: 'http://localhost',
    version: '0.0.0',
    log: createLogger('info', { write: (line: string) => void lines.push(line) }),
    metrics,
    identityRouter: Router(),
    publicDocuments: {},
    webDirectory: '/nowhere',
    trustedProxies: [],
    metricsToken: null,
    isReady: async () => true,
    ...options,
    routes: [...routes, ...others],
    seam: {
      db: ownDb,
      rateLimits: createRateLimits(scaleBudgets(DEFAULT_BUDGETS, 1000)),
      challenge: () => 'Bearer',
      authenticate: async (request) => {
        const header = request.headers[PRINCIPAL];
        return typeof header === 'string' ? JSON.parse(header) : null;
      },
      audit: async () => {},
      ...seam,
    },
  });
  const server = createHttpServer(app, { headersWithinMs }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    baseUrl,
    lines,
    metrics,
    call: (method, path, options) => send(`${baseUrl}${path}`, method, options),
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      if (!db) await ownDb.close();
    },
  };
}

async function send(url: string, method: string, { as, headers, body }: BareCall = {}): Promise<BareReply> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: {
      ...(as && { [PRINCIPAL]: JSON.stringify(as) }),
      ...(typeof body === 'object' && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  return { status: response.status, headers: response.headers, text, code: isProblem ? JSON.parse(text).code : '' };
}
