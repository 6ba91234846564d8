import type { IncomingMessage } from 'node:http';
import type { Language, OperationSpec } from '@chung/contracts';
import type { Request, Response } from 'express';
import type { Db, Tx } from './db.ts';
import { DomainError } from './errors.ts';
import { type HeaderList, headerList, setHeaders } from './headers.ts';
import { type Attempt, keepReply, readIdempotencyKey, takeKey } from './idempotency.ts';
import type { ReadJson } from './json-body.ts';
import { assertShallow, parsePart } from './parse.ts';
import { type Principal, principalKey } from './principal.ts';
import type { Caller, RateLimits } from './rate-limit.ts';
import { headerOf, languageOf, requestIdOf } from './request.ts';
import { type Call, ReadyReply, type Route, signsOf } from './route.ts';

/** What the seam takes from rooms: the kernel knows none of them, the composition root hands these in. */
export interface SeamPorts {
  readonly db: Db;
  readonly rateLimits: RateLimits;
  authenticate(request: IncomingMessage): Promise<Principal | null>;
  /** The `WWW-Authenticate` of a refusal made here. */
  challenge(detail?: { readonly error: 'insufficient_scope'; readonly scopes: readonly string[] }): string;
  /** Writes the audit entry of a change, last in its transaction. */
  audit(
    tx: Tx,
    entry: { principal: Principal; action: string; target: string; requestId: string; detail: Record<string, unknown> },
  ): Promise<void>;
}

/** Parts of the app. The body is read here, so that nobody without the right is listened to. */
export interface SeamInput {
  readonly readJson: ReadJson;
  /** What every answer carries. */
  readonly headers: HeaderList;
  addressOf(request: Request): string;
}

/** Answers one operation's requests; `params` are the parts of its path. */
export type OperationHandler = (request: Request, response: Response, params: Readonly<Record<string, string>>) => Promise<void>;

const NO_TRANSACTION: Tx = {
  query: () => Promise.reject(new Error('this operation has no transaction of the seam; open one with db.tx')),
};

/**
 * One handler for every operation, driven by its declaration. The order is the security argument: who calls, may they,
 * how often, and only then what they sent; so a caller without the right learns nothing about ids or bodies.
 */
export function handlerFor(route: Route, ports: SeamPorts & SeamInput): OperationHandler {
  const { operation } = route;
  const send = senderOf(operation, ports.headers);
  return async (request, response, params) => {
    const leaving = [enterUnknown(request, ports)];
    const address = ports.addressOf(request);
    let budget: HeaderList = [];
    try {
      ports.rateLimits.takeAddress(address);
      const principal = operation.actor === 'public' ? null : await authorise(operation, request, ports);
      const caller = callerOf(principal, request, address);
      budget = headerList(ports.rateLimits.take(caller, operation.rate));
      assertContentType(operation, request);
      leaving.push(ports.rateLimits.enter(caller));
      if (operation.bodyType !== 'stream') await ports.readJson(request, response);
      const call = parseCall(operation, request, { principal, params });
      const result = await run(route, call, ports);
      send(response, result, ['x-request-id', call.requestId, ...budget]);
    } catch (error) {
      if (!response.headersSent) setHeaders(response, budget);
      throw error;
    } finally {
      for (const leave of leaving) leave();
    }
  };
}

/** To find out who calls costs a look into the database: one credential may not put that question without end either. */
function enterUnknown(request: Request, { rateLimits }: SeamPorts): () => void {
  const credential = request.headers.authorization ?? request.headers.cookie;
  return credential === undefined ? () => {} : rateLimits.enter({ key: `credential:${credential}`, kind: 'organisation' });
}

async function authorise(operation: OperationSpec, request: Request, ports: SeamPorts): Promise<Principal> {
  const principal = await ports.authenticate(request);
  if (!principal) throw new DomainError('unauthenticated', { challenge: ports.challenge() });
  const needed = operation.scope === null ? [] : [operation.scope];
  const lacking = { requiredScopes: needed, grantedScopes: principal.scopes };
  if (operation.scope !== null && !principal.scopes.includes(operation.scope))
    throw new DomainError('insufficient_scope', {
      ...lacking,
      challenge: ports.challenge({ error: 'insufficient_scope', scopes: needed }),
    });
  if (principal.actor !== operation.actor) throw new DomainError('wrong_actor', lacking);
  return principal;
}

function callerOf(principal: Principal | null, request: Request, address: string): Caller {
  if (!principal) return { key: `ip:${address}`, kind: 'person' };
  const key = principalKey(principal);
  switch (principal.actor) {
    case 'member':
      return { key, kind: 'person', device: deviceOf(request) };
    case 'partner':
      return { key, kind: 'organisation', party: `partner:${principal.partnerId}` };
    case 'admin':
      return { key, kind: 'organisation' };
  }
}

/**
 * A device is the key that its DPoP proofs are signed with; authentication has just verified the proof. A web session has no
 * such key: many of them from one device are bounded by their address.
 */
function deviceOf(request: Request): string | undefined {
  const [header] = (headerOf(request, 'dpop') ?? '').split('.');
  if (!header) return undefined;
  try {
    const { jwk }: { jwk?: { x?: unknown } } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
    return typeof jwk?.x === 'string' ? jwk.x : undefined;
  } catch {
    // A web session may carry any header; it is no proof of anything.
    return undefined;
  }
}

function assertContentType(operation: OperationSpec, request: Request): void {
  const { headers } = request;
  const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
  // An operation without fields takes a request without a body too; an upload always has one.
  if (operation.bodyType === 'none' || (operation.bodyType === 'json' && !hasBody)) return;
  const accepted = operation.bodyType === 'json' ? ['application/json'] : operation.accepts;
  if (hasBody && accepted.includes(headers['content-type'] ?? '')) return;
  if (!request.is([...accepted]))
    throw new DomainError('unsupported_media_type', {
      detail: { vi: `Hãy gửi ${accepted.join(' hoặc ')}.`, en: `Send ${accepted.join(' or ')}.` },
    });
}

function parseCall(
  operation: OperationSpec,
  request: Request,
  given: { principal: Principal | null; params: Readonly<Record<string, string>> },
): Call<OperationSpec> {
  const language = languageOf(request);
  const params = parsePart(operation.params, given.params, { part: 'params', language });
  const query = parsePart(operation.query, request.url.includes('?') ? request.query : {}, { part: 'query', language });
  const body = operation.body ? parseBody(operation, request, language) : undefined;
  return {
    principal: given.principal,
    params,
    query,
    body,
    stream: request,
    language,
    requestId: requestIdOf(request),
    idempotencyKey: operation.idempotency === 'none' ? '' : readIdempotencyKey(headerOf(request, 'idempotency-key')),
    tx: NO_TRANSACTION,
  };
}

function parseBody(operation: OperationSpec, request: Request, language: Language): unknown {
  const body: unknown = request.body ?? {};
  assertShallow(body);
  return operation.body ? parsePart(operation.body, body, { part: 'body', language }) : undefined;
}

/** Changes by partners and admins leave an audit entry; members' own acts are told by events and consent receipts. */
function isAudited(operation: OperationSpec): boolean {
  return operation.method !== 'GET' && (operation.actor === 'partner' || operation.actor === 'admin');
}

async function run(route: Route, call: Call<OperationSpec>, ports: SeamPorts): Promise<unknown> {
  const { operation } = route;
  if (operation.idempotency !== 'header' && operation.bodyType !== 'stream' && !isAudited(operation)) return route.handle(call);
  const audit = async (tx: Tx, outcome: Record<string, unknown> = {}) => {
    const principal: Principal | null = call.principal;
    if (!principal || !isAudited(operation)) return;
    await ports.audit(tx, {
      principal,
      action: operation.id,
      target: targetOf(call.params),
      requestId: call.requestId,
      detail: { ...detailOf(call), ...outcome },
    });
  };
  if (operation.idempotency !== 'header') {
    const result = await route.handle(call).catch(async (error: unknown) => {
      // A stream that is cut off may leave whole batches behind: that it was tried is written down too. The first failure is the one to tell.
      if (operation.bodyType === 'stream') await ports.db.tx((tx) => audit(tx, { outcome: 'failed' })).catch(() => undefined);
      throw error;
    });
    if (isAudited(operation)) await ports.db.tx((tx) => audit(tx));
    return result;
  }
  const principal: Principal | null = call.principal;
  const attempt: Attempt = {
    principal: principal ? principalKey(principal) : 'public',
    key: call.idempotencyKey,
    operationId: operation.id,
    request: [call.params, call.body],
  };
  return ports.db.tx(async (tx) => {
    const earlier = await takeKey(tx, attempt);
    if (earlier) return earlier.reply;
    const reply = await route.handle({ ...call, tx });
    await keepReply(tx, attempt, { status: operation.status, reply });
    await audit(tx);
    return reply;
  });
}

function targetOf(params: unknown): string {
  const [entry] = Object.entries(params ?? {});
  return entry ? `${entry[0].replace(/Id$/, '')}:${entry[1]}` : '';
}

/** Decisions are told, texts are not: a body may carry personal data, so only its short enumerated words are kept. */
function detailOf(call: Call<OperationSpec>): Record<string, unknown> {
  const body: unknown = call.body;
  if (body === null || typeof body !== 'object') return {};
  const decision = 'decision' in body ? { decision: body.decision } : {};
  const rules =
    'reasons' in body && Array.isArray(body.reasons) ? { rules: body.reasons.map((reason: { rule?: unknown }) => reason.rule) } : {};
  return { ...decision, ...rules, fields: Object.keys(body) };
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Writes an answer in one piece. What Express works out for each JSON (charset, length, freshness) is known here, and was a tenth of a claim's time. */
function senderOf(operation: OperationSpec, headers: HeaderList): (response: Response, result: unknown, own: HeaderList) => void {
  const common = [...headers, 'cache-control', 'no-store'];
  const withBody = [...common, 'content-type', JSON_TYPE];
  const { status } = operation;
  return (response, result, own) => {
    if (status === 204) {
      response.writeHead(status, common.concat(own)).end();
      return;
    }
    // Parsing our own answer drops what the declaration does not name, so that a wider row can never leak.
    const bytes = result instanceof ReadyReply ? result.bytes : signsOf(JSON.stringify(operation.reply.parse(result)));
    response.writeHead(status, withBody.concat(own, 'content-length', String(bytes.length))).end(bytes, 'latin1');
  };
}
