import { setTimeout } from 'node:timers/promises';
import { AccountId, type PartnerId } from '@chung/contracts';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import type { Config } from './config.ts';
import { createCursors } from './kernel/cursor.ts';
import { createDb, type Db } from './kernel/db.ts';
import { deleteOldKeys } from './kernel/idempotency.ts';
import type { Keys } from './kernel/keys.ts';
import { createMetrics, type Metrics } from './kernel/metrics.ts';
import { createPairwise } from './kernel/pairwise.ts';
import { createRateLimits, DEFAULT_BUDGETS, scaleBudgets, scaleInFlight } from './kernel/rate-limit.ts';
import type { Route } from './kernel/route.ts';
import type { SeamPorts } from './kernel/seam.ts';
import { createVault } from './kernel/vault.ts';
import { type AuditRecord, auditRoutes, recordEntry } from './rooms/audit/index.ts';
import { catalogueRoutes, createCatalogue } from './rooms/catalogue/index.ts';
import { createIdentity, type Identity, type IdentityOptions, identityRoutes } from './rooms/identity/index.ts';
import { createLedger, ledgerRoutes } from './rooms/ledger/index.ts';
import { createMembers, type Members, type MembersDeps, memberRoutes } from './rooms/members/index.ts';
import { createMiniApps, miniAppsRoutes } from './rooms/mini-apps/index.ts';
import { createOffers, type Offers, type OnCodesLocked, offersRoutes } from './rooms/offers/index.ts';
import { createPartners, type Partners, partnersRoutes } from './rooms/partners/index.ts';
import {
  createClaimEngine,
  createKeyRing,
  createReceiptSigner,
  createUsage,
  drawLotteries,
  expireLapsedHolds,
  fixedReceiptKeys,
  KEY_SET_MAX_AGE_SECONDS,
  lapsePromises,
  openQueue,
  queueRoutes,
  type RedemptionPorts,
  redemptionsRoutes,
} from './rooms/redemptions/index.ts';
import { createReviews, type Reviews, reviewsRoutes } from './rooms/reviews/index.ts';
import {
  createNameResolver,
  createRelayMetrics,
  deleteOldDeliveries,
  type Relay,
  startDeliveries,
  type WebhookPorts,
  webhookRoutes,
} from './rooms/webhooks/index.ts';

/** The market this platform serves; a second market is a second module, not a condition in the code. */
const TIME_ZONE = 'Asia/Ho_Chi_Minh';

export interface Platform {
  readonly app: Express;
  readonly db: Db;
  readonly identity: Identity;
  readonly members: Members;
  readonly partners: Partners;
  readonly offers: Offers;
  readonly reviews: Reviews;
  readonly redemptions: RedemptionPorts;
  /** What the worker runs again and again; each is safe on several nodes at once. */
  readonly jobs: Readonly<Record<string, () => Promise<unknown>>>;
  /** Begins to deliver webhooks; apart from the jobs, so that a slow one holds up no delivery. */
  startDeliveries(): Relay;
  close(): Promise<void>;
}

export interface Parts {
  readonly config: Config;
  readonly keys: Keys;
  readonly serverUrl: string;
  /** Where identity's own statements go, when the clock of `serverUrl` can be moved (`chung dev`): tokens live by the real time. */
  readonly identityUrl?: string;
  readonly webDirectory: string;
  readonly docsDirectory?: string | undefined;
  readonly log: Logger;
  /** Where this process answers itself, when the public address leads through a proxy. */
  readonly selfOrigin: () => string;
}

/** Builds every room and hands each what it may know of the others. Opens no socket. */
export async function composePlatform(parts: Parts): Promise<Platform> {
  const base = openFoundations(parts);
  const { db, identityDb } = base;
  const rooms = await openRooms(parts, base);
  const { identity, members, partners, offers, reviews, miniApps } = rooms;
  const claiming = openClaiming(parts, base, rooms);
  const metrics = createMetrics();
  metrics.watch({ name: 'chung_claims_waiting', help: 'Claims in the queue of this process', read: () => claiming.claims.waiting });
  const { cursors, vault } = base;
  const webhooks = webhookPorts({ config: parts.config, metrics, shared: { db, cursors, vault, partners, log: parts.log } });
  const app = openApp(parts, { base, rooms, claiming, metrics, webhooks });
  const close = async () => {
    miniApps.stop();
    await offers.codeGenerator.stop();
    if (identityDb !== db) await identityDb.close();
    await db.close();
  };
  return {
    app,
    db,
    ...{ identity, members, partners, offers, reviews, redemptions: claiming.redemptions },
    jobs: jobsOf({ db, rooms, claiming, webhooks }),
    startDeliveries: () => startDeliveries(webhooks),
    close,
  };
}

type Foundations = ReturnType<typeof openFoundations>;
type Rooms = Awaited<ReturnType<typeof openRooms>>;
type Claiming = ReturnType<typeof openClaiming>;

/** What every room stands on: the database and what is made of the operator's keys. */
function openFoundations({ config, keys, serverUrl, identityUrl, log }: Parts) {
  const pool = {
    poolSize: config.CHUNG_POOL_SIZE,
    onIdleError: (error: Error) => log.warn({ err: error }, 'idle database connection lost'),
  };
  const db = createDb(serverUrl, pool);
  return {
    db,
    identityDb: identityUrl === undefined ? db : createDb(identityUrl, pool),
    cursors: createCursors(keys.cursor),
    vault: createVault(keys.vault),
    pairwise: createPairwise(keys.pairwise),
  };
}

/** People, partners and what they publish. */
async function openRooms(parts: Parts, { db, identityDb, cursors, vault, pairwise }: Foundations) {
  const { config, keys, log, selfOrigin } = parts;
  const { baseUrl, dataDirectory } = config;
  const audited = auditHooks(db);
  const members = createMembers({ db, vault, dataDirectory, log, cursors, onContactRead: audited.onContactRead });
  const names = await members.placeNames();
  const late: { partners?: Partners } = {};
  // Identity shows a partner's name and may not open the partners room, which opens identity.
  const partnerName = async (partnerId: PartnerId) => (await late.partners?.find(partnerId))?.name ?? null;
  const trustProxy = config.CHUNG_TRUSTED_PROXIES.length > 0;
  const identity = await createIdentity({
    db: identityDb,
    keys,
    pairwise,
    baseUrl,
    log,
    partnerName,
    trustProxy,
    selfOrigin,
    members,
    onStaffSignIn: audited.onStaffSignIn,
    ...upstreamOf(config),
  });
  const partners = createPartners({ db, cursors, identity });
  late.partners = partners;
  const offers = createOffers({
    db,
    cursors,
    vault,
    partners,
    names,
    onPublish: (tx, offer) => openQueue(tx, { vault }, offer),
    onCodesLocked: audited.onCodesLocked,
  });
  const miniApps = await createMiniApps({ db, log, cursors, partners, dataDirectory, baseUrl });
  const reviews = createReviews({ db, cursors, partners, offers, accountName: identity.accountName });
  const catalogue = createCatalogue({ cursors, offers, members, usageOf: createUsage(db) });
  return { identity, members, partners, offers, miniApps, reviews, catalogue };
}

/** From a published offer to a redemption with its journal and its receipt. */
function openClaiming({ config, keys }: Parts, { db, cursors, vault, pairwise }: Foundations, { offers, members: { factsOf } }: Rooms) {
  const ledger = createLedger();
  // Keys that the operator sets are the operator's to rotate; else they live in the database and rotate by themselves.
  const keyRing = config.CHUNG_RECEIPT_KEYS ? null : createKeyRing({ db, vault, first: keys.receiptSigning });
  const receipts = createReceiptSigner({ issuer: config.baseUrl, keys: keyRing ?? fixedReceiptKeys(keys.receiptSigning) });
  const claims = createClaimEngine({ db, timeZone: TIME_ZONE, offerForClaim: offers.offerForClaim });
  const redemptions: RedemptionPorts = { db, offers, ledger, pairwise, cursors, receipts, timeZone: TIME_ZONE, claims, factsOf };
  return { keyRing, receipts, claims, redemptions, queue: { ...redemptions, vault } };
}

interface Opened {
  readonly base: Foundations;
  readonly rooms: Rooms;
  readonly claiming: Claiming;
  readonly metrics: Metrics;
  readonly webhooks: WebhookPorts;
}

function openApp({ config, webDirectory, docsDirectory, log }: Parts, opened: Opened): Express {
  const { db } = opened.base;
  const { receipts } = opened.claiming;
  const { identity } = opened.rooms;
  return createApp({
    baseUrl: config.baseUrl,
    version: '0.1.0',
    log,
    metrics: opened.metrics,
    seam: seamPorts(db, identity, config),
    routes: routesOf(opened),
    identityRouter: identity.router,
    publicDocuments: {
      '/.well-known/chung-receipt-keys.json': { read: () => receipts.published(), maxAgeSeconds: KEY_SET_MAX_AGE_SECONDS },
    },
    webDirectory,
    docsDirectory,
    trustedProxies: config.CHUNG_TRUSTED_PROXIES,
    metricsToken: config.CHUNG_METRICS_TOKEN ?? null,
    isReady: () => answers(db),
  });
}

function routesOf({ base: { db, cursors }, rooms, claiming, webhooks }: Opened): Route[] {
  const { identity } = rooms;
  return [
    ...memberRoutes(rooms.members),
    ...identityRoutes(identity),
    ...partnersRoutes(rooms.partners),
    ...offersRoutes(rooms.offers),
    ...miniAppsRoutes(rooms.miniApps),
    ...reviewsRoutes(rooms.reviews),
    ...catalogueRoutes(rooms.catalogue),
    ...redemptionsRoutes(claiming.redemptions),
    ...queueRoutes(claiming.queue),
    ...ledgerRoutes({ db }),
    ...webhookRoutes(webhooks),
    ...auditRoutes({ db, cursors, nameOf: ({ id }) => actorName(identity, db, id) }),
  ];
}

function jobsOf(given: { db: Db; rooms: Rooms; claiming: Claiming; webhooks: WebhookPorts }): Platform['jobs'] {
  const { db, rooms, webhooks } = given;
  const { keyRing, redemptions, queue } = given.claiming;
  return {
    expireLapsedHolds: () => expireLapsedHolds(redemptions),
    lapsePromises: () => lapsePromises(queue),
    drawLotteries: () => drawLotteries(queue),
    sweepExpiredTokens: () => rooms.identity.sweepExpired(),
    deleteOldKeys: () => deleteOldKeys(db),
    makeCodes: () => rooms.offers.codeGenerator.runWaiting(),
    deleteOldDeliveries: deleteOldDeliveries(webhooks),
    sweepSubmissions: () => rooms.miniApps.sweepLeftovers(),
    ...(keyRing && { tendReceiptKeys: () => keyRing.tend() }),
  };
}

/** What rooms do outside an operation and must be written down; they may not open the audit themselves. */
function auditHooks(db: Db): Required<Pick<MembersDeps, 'onContactRead'> & Pick<IdentityOptions, 'onStaffSignIn'>> & {
  onCodesLocked: OnCodesLocked;
} {
  const record = (entry: Omit<AuditRecord, 'requestId' | 'detail'>) =>
    db.tx((tx) => recordEntry(tx, { ...entry, requestId: null, detail: {} }));
  return {
    onContactRead: ({ memberId, partnerId, clientId }) =>
      record({ partnerId, actor: { kind: 'app', id: clientId }, action: 'member.contact.read', target: `member:${memberId}` }),
    onStaffSignIn: ({ id, kind, partnerId }) =>
      record({ partnerId, actor: { kind, id }, action: 'account.signIn', target: `account:${id}` }),
    // Who guesses codes is locked out by the offers room; that it happened is for the partner's people to see.
    onCodesLocked: ({ partnerId, accountId, clientId }) =>
      record({
        partnerId,
        actor: { kind: 'partner', id: accountId ?? clientId },
        action: 'partner.codes.locked',
        target: `account:${accountId ?? clientId}`,
      }),
  };
}

function webhookPorts({
  config,
  metrics,
  shared,
}: {
  config: Config;
  metrics: Metrics;
  shared: Pick<WebhookPorts, 'db' | 'cursors' | 'vault' | 'partners' | 'log'>;
}): WebhookPorts {
  return {
    ...shared,
    metrics: createRelayMetrics(metrics.registry),
    resolver: createNameResolver(),
    allowedHosts: new Set(config.CHUNG_WEBHOOK_HOSTS),
    now: () => new Date(),
    random: Math.random,
    audit: (tx, entry) => recordEntry(tx, { ...entry, actor: { kind: 'platform', id: 'webhooks' }, requestId: null }),
  };
}

/** The operator's own identity provider, when the settings name one. */
function upstreamOf(config: Config): Pick<IdentityOptions, 'upstream'> {
  const { CHUNG_UPSTREAM_ISSUER: issuer, CHUNG_UPSTREAM_CLIENT_ID: clientId, CHUNG_UPSTREAM_CLIENT_SECRET: clientSecret } = config;
  if (!issuer || !clientId) return {};
  return { upstream: { issuer, clientId, label: config.CHUNG_UPSTREAM_LABEL ?? 'SSO', ...(clientSecret && { clientSecret }) } };
}

function seamPorts(db: Db, identity: Identity, config: Config): SeamPorts {
  return {
    db,
    rateLimits: createRateLimits(scaleBudgets(DEFAULT_BUDGETS, config.CHUNG_RATE_FACTOR), scaleInFlight(config.CHUNG_RATE_FACTOR)),
    challenge: (detail) => identity.challenge(detail),
    authenticate: (request) => identity.authenticate(request),
    audit: (tx, { principal, action, target, requestId, detail }) =>
      recordEntry(tx, {
        partnerId: principal.actor === 'partner' ? principal.partnerId : null,
        actor: {
          kind: principal.actor,
          id:
            principal.actor === 'admin'
              ? principal.accountId
              : principal.actor === 'partner'
                ? (principal.accountId ?? principal.clientId)
                : principal.subject,
        },
        action,
        target,
        requestId,
        detail,
      }),
  };
}

/** An app acts under its client id, which is its name; a person under an account. */
async function actorName(identity: Identity, db: Db, id: string): Promise<string | null> {
  const account = AccountId.safeParse(id);
  return account.success ? identity.accountName(db, account.data) : id;
}

const READY_WITHIN_MS = 2_000;

/** Ready means the database answers a query now, not that it once did; one that hangs is as good as gone. */
async function answers(db: Db): Promise<boolean> {
  const waiting = new AbortController();
  const asked = db.query('SELECT 1').then(
    () => true,
    () => false,
  );
  const late = setTimeout(READY_WITHIN_MS, false, { signal: waiting.signal }).catch(() => false);
  return Promise.race([asked, late]).finally(() => waiting.abort());
}
