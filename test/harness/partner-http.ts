// The four rooms of partner-rooms.ts, and redemptions, behind the real seam and app, over real HTTP. Who calls is said by a header,
// in the place of identity, so that these tests are about the operations and not about signing in.
import { createServer } from 'node:http';
import { type AccountId, type MemberId, OPERATIONS, type PartnerId, scopesOf } from '@chung/contracts';
import { Router } from 'express';
import pino, { type Logger } from 'pino';
import { createApp } from '../../platform/server/src/app.ts';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { createMetrics } from '../../platform/server/src/kernel/metrics.ts';
import { createPairwise } from '../../platform/server/src/kernel/pairwise.ts';
import type { Principal } from '../../platform/server/src/kernel/principal.ts';
import { createRateLimits, DEFAULT_BUDGETS, scaleBudgets } from '../../platform/server/src/kernel/rate-limit.ts';
import type { Route } from '../../platform/server/src/kernel/route.ts';
import { catalogueRoutes, createCatalogue } from '../../platform/server/src/rooms/catalogue/index.ts';
import { createLedger } from '../../platform/server/src/rooms/ledger/index.ts';
import { type MemberFacts, offersRoutes } from '../../platform/server/src/rooms/offers/index.ts';
import { partnersRoutes } from '../../platform/server/src/rooms/partners/index.ts';
import {
  createClaimEngine,
  createReceiptSigner,
  createUsage,
  fixedReceiptKeys,
  makeReceiptKey,
  redemptionsRoutes,
} from '../../platform/server/src/rooms/redemptions/index.ts';
import { reviewsRoutes } from '../../platform/server/src/rooms/reviews/index.ts';
import { cursors, memberFacts, openPartnerRooms, type PartnerRooms } from './partner-rooms.ts';

export interface Answer {
  readonly status: number;
  // Tests look into replies of every shape.
  readonly body: { readonly [name: string]: unknown };
}

export interface Caller {
  call(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
}

export interface PartnerHttp {
  readonly rooms: PartnerRooms;
  readonly baseUrl: string;
  readonly anyone: Caller;
  readonly admin: Caller;
  partner(partnerId: PartnerId): Caller;
  /** One of the partner's people, in the portal. */
  cashier(partnerId: PartnerId, accountId: AccountId): Caller;
  member(facts?: Partial<MemberFacts>): Caller;
  close(): Promise<void>;
}

const PRINCIPAL = 'x-test-principal';

export async function openPartnerHttp(log: Logger = pino({ level: 'silent' })): Promise<PartnerHttp> {
  const rooms = await openPartnerRooms();
  const directory = new Map<MemberId, MemberFacts>();
  const members = { factsOf: async (memberId: MemberId) => directory.get(memberId) ?? null };
  const catalogue = createCatalogue({ offers: rooms.offers, cursors, members, usageOf: createUsage(rooms.db) });
  const receipts = createReceiptSigner({ issuer: 'http://localhost', keys: fixedReceiptKeys([await makeReceiptKey()]) });
  const { db, offers } = rooms;
  const timeZone = 'Asia/Ho_Chi_Minh';
  const claims = createClaimEngine({ db, timeZone, offerForClaim: offers.offerForClaim });
  const shared = { db, offers, cursors, receipts, ledger: createLedger(), pairwise: createPairwise('test') };
  const routes = [
    ...partnersRoutes(rooms.partners),
    ...offersRoutes(rooms.offers),
    ...reviewsRoutes(rooms.reviews),
    ...catalogueRoutes(catalogue),
    ...redemptionsRoutes({ ...shared, timeZone, claims, factsOf: members.factsOf }),
  ];
  const server = createServer(appWith({ rooms, routes, log })).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const as = (principal: Principal | null): Caller => ({
    call: (method, path, options) => send(`${baseUrl}${path}`, { method, principal, ...options }),
  });
  return {
    rooms,
    baseUrl,
    anyone: as(null),
    admin: as({ actor: 'admin', accountId: newId<AccountId>(), clientId: 'test', scopes: scopesOf('admin') }),
    cashier: (partnerId, accountId) =>
      as({ actor: 'partner', partnerId, clientId: 'chung-partner', accountId, scopes: scopesOf('partner') }),
    partner: (partnerId) => as({ actor: 'partner', partnerId, clientId: 'test', accountId: null, scopes: scopesOf('partner') }),
    member: (changes) => {
      const facts = memberFacts(changes);
      directory.set(facts.memberId, facts);
      const about = { memberId: facts.memberId, partnerId: null, grantId: newId<never>(), subject: 'test' };
      return as({ actor: 'member', ...about, clientId: 'test', scopes: scopesOf('member') });
    },
    close: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await rooms.close();
    },
  };
}

function appWith({ rooms, routes, log }: { rooms: PartnerRooms; routes: readonly Route[]; log: Logger }) {
  const mine = new Set(routes.map((route) => route.operation.id));
  const others = OPERATIONS.filter((operation) => !mine.has(operation.id)).map(
    (operation): Route => ({
      operation,
      handle: () => Promise.reject(new Error(`${operation.id} is not part of this test`)),
    }),
  );
  return createApp({
    baseUrl: 'http://localhost',
    version: '0.0.0',
    log,
    metrics: createMetrics(),
    seam: {
      db: rooms.db,
      rateLimits: createRateLimits(scaleBudgets(DEFAULT_BUDGETS, 1000)),
      challenge: () => 'Bearer',
      authenticate: async (request) => {
        const header = request.headers[PRINCIPAL];
        return typeof header === 'string' ? (JSON.parse(header) as Principal) : null;
      },
      audit: async () => {},
    },
    routes: [...routes, ...others],
    identityRouter: Router(),
    publicDocuments: {},
    webDirectory: '/nowhere',
    trustedProxies: [],
    metricsToken: null,
    isReady: async () => true,
  });
}

interface Sent {
  readonly method: string;
  readonly principal: Principal | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function send(url: string, { method, principal, body, headers }: Sent): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(principal && { [PRINCIPAL]: JSON.stringify(principal) }),
      ...(method !== 'GET' && { 'idempotency-key': newId<string>(), 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}
