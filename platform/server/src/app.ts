import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { OPERATIONS, openApiDocument } from '@chung/contracts';
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler, type Response, Router } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { createDispatch } from './kernel/dispatch.ts';
import { DomainError } from './kernel/errors.ts';
import { type HeaderList, headerList, headersOf, setHeaders } from './kernel/headers.ts';
import { createJsonReader } from './kernel/json-body.ts';
import type { Metrics } from './kernel/metrics.ts';
import { asOutside } from './kernel/outside.ts';
import { fromExpress, problemOf } from './kernel/problem.ts';
import { languageOf, requestIdOf } from './kernel/request.ts';
import { type Route, signsOf } from './kernel/route.ts';
import { handlerFor, type SeamPorts } from './kernel/seam.ts';
import { apiReferencePage } from './reference/api-reference.ts';
import { docsSiteRouter } from './reference/docs-site.ts';
import { errorIndexPage, errorPage } from './reference/error-pages.ts';

const JSON_LIMIT_BYTES = 256 * 1024;
const RETRY_SECONDS = '2';
/** For 256 kB even a bad line needs less; who sends a byte a second holds a place in flight. */
const JSON_WITHIN_MS = 15_000;

/** A document that anybody may read and keep for a while. */
export interface PublicDocument {
  read(): Promise<unknown>;
  readonly maxAgeSeconds: number;
}

export interface AppOptions {
  readonly baseUrl: string;
  readonly version: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly seam: SeamPorts;
  readonly routes: readonly Route[];
  /** Sign-in, OAuth endpoints and discovery. */
  readonly identityRouter: Router;
  /** Public addresses that no operation stands for, such as the receipts' key set. */
  readonly publicDocuments: Readonly<Record<string, PublicDocument>>;
  /** Folder with the built web apps: member, partner, admin. */
  readonly webDirectory: string;
  /** Folder with the built docs; without it there are the reference pages alone. */
  readonly docsDirectory?: string | undefined;
  readonly trustedProxies: readonly string[];
  readonly metricsToken: string | null;
  /** How long a JSON body may take; tests shorten it. */
  readonly jsonWithinMs?: number;
  isReady(): Promise<boolean>;
}

/** Mounts every room's routes in one table. Opens no socket, so that tests use it as it is. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', [...options.trustedProxies]);
  const headers = headersOf(helmet(helmetOptions(options.baseUrl)));
  app.use(observe(options), operations(options, headers), common(headers));
  app.use(healthRouter(options));
  app.use('/oauth', limitByAddress(options));
  app.use(options.identityRouter);
  if (options.docsDirectory !== undefined) app.use('/docs', docsSiteRouter(options.docsDirectory, cacheByName));
  app.use('/docs', referenceRouter());
  app.use(apiRouter(options));
  app.use('/v1', refuseMethod);
  app.use(webRouter(options.webDirectory));
  app.use((_request, _response, next) => next(new DomainError('not_found')));
  app.use(problemHandler(options, headers));
  return app;
}

function helmetOptions(baseUrl: string): Parameters<typeof helmet>[0] {
  const secure = baseUrl.startsWith('https:');
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        // The component library sets style attributes; scripts stay strict.
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        ...(secure && { 'upgrade-insecure-requests': [] }),
      },
    },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'same-origin' },
  };
}

function observe({ log, metrics }: AppOptions): RequestHandler {
  // The second net is for what somebody logs by mistake; these lines are made here, of ids and our own words, on every request.
  const requests = log.child({}, { redact: [] });
  return (request, response, next) => {
    const started = performance.now();
    const requestId = requestIdOf(request);
    // Kept now: a router mounted further down shortens the path while it answers.
    const { path: address } = request;
    response.on('finish', () => {
      const seconds = (performance.now() - started) / 1000;
      const operation = String(response.locals['operation'] ?? 'other');
      metrics.observe({ operation, status: response.statusCode, seconds });
      // Queries may hold what a member searched for and a mistyped path anything at all, so neither gets into the log.
      requests.info(
        {
          requestId,
          method: request.method,
          path: pathForLog(address),
          operation,
          status: response.statusCode,
          ms: Math.round(seconds * 1000),
        },
        'request',
      );
    });
    next();
  };
}

/** What every answer carries; operations write it themselves, with their own. */
function common(headers: HeaderList): RequestHandler {
  return (request, response, next) => {
    setHeaders(response, [...headers, 'x-request-id', requestIdOf(request)]);
    next();
  };
}

/** What a path may show in the log: the words of our own addresses, and ids. Anything else may be a phone number, a code or a name. */
const OUR_WORDS = new Set(['', ...OPERATIONS.flatMap((operation) => operation.path.split('/'))]);
/** Addresses outside the operations that an operator looks for. */
const OUTSIDE_WORDS = new Set([
  'healthz',
  'readyz',
  'metrics',
  'docs',
  'api',
  'errors',
  'session',
  'oauth',
  'login',
  'logout',
  'callback',
  'token',
  'authorize',
]);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function pathForLog(address: string): string {
  const isShown = (segment: string) => OUR_WORDS.has(segment) || UUID.test(segment) || OUTSIDE_WORDS.has(segment);
  return address
    .split('/')
    .map((segment) => (isShown(segment) ? segment : '…'))
    .join('/');
}

/** Endpoints that work for anybody who asks: what one address may ask of them is bounded, as for the operations. */
function limitByAddress({ seam }: AppOptions): RequestHandler {
  return (request, response, next) => {
    if (request.method === 'POST')
      response.set(seam.rateLimits.take({ key: `oauth:${request.ip ?? ''}`, kind: 'organisation' }, 'sensitive'));
    next();
  };
}

function healthRouter({ isReady, metrics, metricsToken }: AppOptions): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const ready = await isReady();
    if (!ready) response.set('retry-after', RETRY_SECONDS);
    response.status(ready ? 200 : 503).json({ status: ready ? 'ok' : 'unavailable' });
  });
  router.get('/metrics', async (request, response) => {
    const local =
      ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.socket.remoteAddress ?? '') && !request.headers['x-forwarded-for'];
    const allowed = metricsToken === null ? local : isSame(request.get('authorization') ?? '', `Bearer ${metricsToken}`);
    if (!allowed) throw new DomainError('not_found');
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  return router;
}

/** Takes the same time whatever is wrong, so that a token cannot be guessed sign by sign. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function referenceRouter(): Router {
  const router = Router();
  const html = (response: Response, body: string) => void response.type('html').send(body);
  router.use((request, response, next) => {
    const asked = request.query['lang'];
    response.locals['language'] = asked === 'vi' || asked === 'en' ? asked : languageOf(request);
    next();
  });
  router.get('/api', (_request, response) => html(response, apiReferencePage(response.locals['language'])));
  router.get('/errors', (_request, response) => html(response, errorIndexPage(response.locals['language'])));
  router.get('/errors/:code', (request, response) => {
    const body = errorPage(request.params.code, response.locals['language']);
    if (body === null) throw new DomainError('not_found');
    html(response, body);
  });
  return router;
}

/**
 * The table of operations, asked before anything else: they are nearly all of the traffic. A declared operation without a handler,
 * or a handler twice, stops the start.
 */
function operations(options: AppOptions, headers: HeaderList): RequestHandler {
  assertComplete(options.routes);
  const readJson = createJsonReader({ limitBytes: JSON_LIMIT_BYTES, withinMs: options.jsonWithinMs ?? JSON_WITHIN_MS });
  // Without proxies to believe nobody is heard about whom a request is from.
  const addressOf =
    options.trustedProxies.length === 0 ? ({ socket }: Request) => socket.remoteAddress ?? '' : (request: Request) => request.ip ?? '';
  const find = createDispatch(
    options.routes.map((route) => {
      const { id, method, path: address } = route.operation;
      return { method, path: address, target: { id, handle: handlerFor(route, { ...options.seam, readJson, headers, addressOf }) } };
    }),
  );
  return (request, response, next) => {
    const found = find(request.method, request.path);
    if (!found) return next();
    response.locals['operation'] = found.target.id;
    return found.target.handle(request, response, found.params);
  };
}

/** What of the API is no operation: documents that anybody may read. */
function apiRouter(options: AppOptions): Router {
  const router = Router();
  const document = openApiDocument({ baseUrl: options.baseUrl, version: options.version });
  router.get('/v1/openapi.json', (_request, response) => void response.json(document));
  for (const [address, document] of Object.entries(options.publicDocuments)) router.get(address, publicDocument(document));
  return router;
}

/** Under the API's address nothing else answers: an operation by another method, or nothing. */
const refuseMethod: RequestHandler = (request, response) => {
  const allowed = methodsAt(request.originalUrl.split('?')[0] ?? '');
  if (allowed.length === 0) throw new DomainError('not_found');
  response.set('allow', allowed.join(', '));
  throw new DomainError('method_not_allowed');
};

/** Readable from any web page, and asked for again only by its ETag: thousands of tills read the same small set. */
function publicDocument({ read, maxAgeSeconds }: PublicDocument): RequestHandler {
  return async (request, response) => {
    const body = JSON.stringify(await read());
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    response.set({
      'cache-control': `public, max-age=${maxAgeSeconds}`,
      etag,
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    // Not `request.fresh`: every `fetch` that sends an ETag also sends `no-cache`, which it takes for a reload.
    if (request.get('if-none-match')?.includes(etag)) response.status(304).end();
    else response.type('json').send(body);
  };
}

function assertComplete(routes: readonly Route[]): void {
  const seen = new Set<string>();
  for (const { operation } of routes) {
    if (seen.has(operation.id)) throw new Error(`operation ${operation.id} has two handlers`);
    seen.add(operation.id);
  }
  const missing = OPERATIONS.filter((operation) => !seen.has(operation.id)).map((operation) => operation.id);
  if (missing.length > 0) throw new Error(`operations without a handler: ${missing.join(', ')}`);
}

const ADDRESSES = OPERATIONS.map(({ method, path: address }) => ({
  method,
  pattern: new RegExp(`^${address.replace(/\{\w+\}/g, '[^/]+')}/?$`),
}));

function methodsAt(address: string): string[] {
  return [...new Set(ADDRESSES.filter(({ pattern }) => pattern.test(address)).map(({ method }) => method))];
}

/** The three web apps; an address inside an app that is no file is the app's own route. */
function webRouter(webDirectory: string): Router {
  const router = Router();
  for (const [base, name] of [
    ['/partner', 'partner'],
    ['/admin', 'admin'],
    ['/', 'member'],
  ] as const) {
    const folder = path.join(webDirectory, name, 'dist');
    const shell = path.join(folder, 'index.html');
    router.use(base, express.static(folder, { index: false, redirect: false, setHeaders: cacheByName }));
    router.use(base, (request, response, next) => {
      const isPage =
        (request.method === 'GET' || request.method === 'HEAD') && request.accepts('html') && path.extname(request.path) === '';
      if (!isPage || !existsSync(shell)) return next();
      // Whole or not at all: a range of the shell is of no use to anyone.
      response.set('cache-control', 'no-cache').sendFile(shell, { acceptRanges: false });
    });
  }
  return router;
}

/** Built files carry a hash in their name and never change; the shell must be asked for each time. */
function cacheByName(response: Response, file: string): void {
  response.set('cache-control', /-[\w-]{8,}\.\w+$/.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function problemHandler({ baseUrl, log, metrics }: AppOptions, headers: HeaderList): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = asOutside(fromExpress(thrown));
    const requestId = requestIdOf(request);
    const problem = problemOf(error, { language: languageOf(request), requestId, instance: request.path, baseUrl });
    metrics.countProblem(problem.body.code);
    if (problem.status >= 500) log.error({ requestId, err: error }, 'request failed');
    if (response.headersSent) return next(error);
    // An operation's refusal comes from before the place where they are set.
    if (!response.hasHeader('x-request-id')) setHeaders(response, [...headers, 'x-request-id', requestId]);
    // By hand, as the answers of operations: when a sale is over, most answers are refusals.
    const bytes = signsOf(JSON.stringify(problem.body));
    setHeaders(response, [...headerList(problem.headers), 'content-length', String(bytes.length)]);
    response.status(problem.status).end(bytes, 'latin1');
  };
}
