import type { AccountId, ConsentReceipt, MemberGrant, MemberId, PartnerApp, PartnerId, PartnerStatus } from '@chung/contracts';
import { Router } from 'express';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import { createCursors } from '../../kernel/cursor.ts';
import type { Db, Tx } from '../../kernel/db.ts';
import { gatherReads } from '../../kernel/gather-reads.ts';
import type { Keys } from '../../kernel/keys.ts';
import type { Page } from '../../kernel/page.ts';
import type { Pairwise } from '../../kernel/pairwise.ts';
import type { Principal } from '../../kernel/principal.ts';
import type { Account, NewAccount } from './account.ts';
import type { NewApp } from './app.ts';
import { type ApiRequest, authenticate } from './authenticate.ts';
import { interactionRouter } from './authorization-server/interactions.ts';
import { createKnownApps } from './authorization-server/known-apps.ts';
import { createProvider } from './authorization-server/provider.ts';
import { createSeenIds } from './authorization-server/seen-ids.ts';
import { createAccount, normalUsername } from './create-account.ts';
import { ensureFirstPartyApps } from './first-party-apps.ts';
import { listClients } from './list-apps.ts';
import { listConsents, listGrants, type MemberPage } from './list-grants.ts';
import { oauthRouter } from './oauth-router.ts';
import { registerClient, saveClient } from './register-app.ts';
import { createRelyingParty, deriveClientKey } from './sessions/relying-party.ts';
import { sessionRouter } from './sessions/session-router.ts';
import type { WebApp } from './sessions/session-store.ts';
import { createWebSessions } from './sessions/web-sessions.ts';
import { setPartnerStatus } from './set-partner-status.ts';
import { deleteExpired, findAccount } from './store.ts';
import { type ChallengeDetail, challengeOf } from './tokens/challenge.ts';
import { createShortCache } from './tokens/short-cache.ts';
import type { Standing } from './tokens/standing.ts';
import { findStandings, type StandingKey, type StandingRow } from './tokens/standing-store.ts';
import { createTokenReader } from './tokens/token-reader.ts';
import { UPSTREAM_CALLBACK, upstreamRouter } from './upstream/http.ts';
import type { LinkDeps } from './upstream/link-account.ts';
import { createUpstream, type UpstreamOptions } from './upstream/provider.ts';
import { type Withdrawal, withdrawScope } from './withdraw-scope.ts';

export interface IdentityOptions {
  readonly db: Db;
  readonly keys: Keys;
  readonly pairwise: Pairwise;
  /** Public address of the platform without a slash at the end; also the issuer. */
  readonly baseUrl: string;
  readonly log: Logger;
  /** Where this very process answers, when `baseUrl` leads through a proxy; default `baseUrl`. */
  readonly selfOrigin?: () => string;
  /** Believe `X-Forwarded-*`; only behind a proxy that sets them. */
  readonly trustProxy?: boolean;
  /** The operator's own identity provider, through which members can also sign in. */
  readonly upstream?: UpstreamOptions & { readonly mapMember?: LinkDeps['memberOf'] };
  /** Of the members room, for people who sign in upstream. */
  readonly members?: { findByCode(memberCode: string): Promise<{ readonly id: MemberId; readonly fullName: string } | null> };
  /** A partner's name for consent and portal; the partners room has it. */
  readonly partnerName?: (partnerId: PartnerId) => Promise<string | null>;
  /** Told before an admin or a partner's person is let in; the composition root writes the audit. */
  readonly onStaffSignIn?: (account: Account) => Promise<void>;
}

export interface Identity {
  /** Sign-in, tokens, sessions. Mount it at the root and before any body parser. */
  readonly router: Router;
  /** Who calls the API; null when no credentials were sent. Throws DomainError with its challenge. */
  authenticate(request: ApiRequest): Promise<Principal | null>;
  /** `WWW-Authenticate` for refusals that the seam makes itself. */
  challenge(detail?: ChallengeDetail): string;
  ensureFirstPartyClients(): Promise<void>;
  createAccount(tx: Tx, account: NewAccount): Promise<AccountId>;
  registerClient(tx: Tx, app: NewApp): Promise<void>;
  /** Registers an app, or changes one of the same partner. */
  saveClient(tx: Tx, app: NewApp): Promise<void>;
  /** The account with this name; null when there is none. */
  findAccount(username: string): Promise<{ readonly id: AccountId } | null>;
  /** The name a person is shown by, e.g. as the reviewer of a decision. */
  accountName(on: Tx, accountId: AccountId): Promise<string | null>;
  setPartnerStatus(tx: Tx, partnerId: PartnerId, status: PartnerStatus): Promise<void>;
  listClients(page: { partnerId: PartnerId; cursor?: string | undefined; limit: number }): Promise<Page<PartnerApp>>;
  listGrants(page: MemberPage): Promise<Page<MemberGrant>>;
  listConsents(page: MemberPage): Promise<Page<ConsentReceipt>>;
  withdrawScope(withdrawal: Withdrawal): Promise<void>;
  /** Removes expired sessions, codes, tokens and counters; the worker calls it now and then. */
  sweepExpired(): Promise<number>;
}

/** Well under the second within which a withdrawal must be felt everywhere. */
const STANDING_CACHE_MILLISECONDS = 250;

export async function createIdentity(options: IdentityOptions): Promise<Identity> {
  const { db, keys, pairwise, baseUrl, log } = options;
  const resource = `${baseUrl}/v1`;
  const metadataUrl = `${baseUrl}/.well-known/oauth-protected-resource`;
  const signingKeys = await Promise.all(keys.tokenSigning.map(namedKey));
  const standings = createShortCache<Standing>(STANDING_CACHE_MILLISECONDS);
  const findStanding = gatherReads<StandingKey, StandingRow>((asked) => findStandings(db, asked));
  const tokens = createTokenReader({ findStanding, issuer: baseUrl, resource, publicKeys: signingKeys.map(publicPart), standings });
  const sessions = createWebSessions({ db, secret: keys.cookie, baseUrl, cacheMilliseconds: STANDING_CACHE_MILLISECONDS });
  const seenIds = createSeenIds(db);
  const apps = createKnownApps(db, STANDING_CACHE_MILLISECONDS);
  const trustProxy = options.trustProxy ?? false;
  const provider = createProvider({
    db,
    log,
    pairwise,
    tokens,
    seenIds,
    apps,
    issuer: baseUrl,
    resource,
    cookieKey: keys.cookie,
    signingKeys,
    trustProxy,
  });
  const partnerName = options.partnerName ?? (async () => null);
  const { privateKey, publicJwk } = deriveClientKey(keys.cookie);
  const selfOrigin = options.selfOrigin ?? (() => baseUrl);
  const relyingParty = remember((app: WebApp) => createRelyingParty({ issuer: baseUrl, app, privateKey, selfOrigin }));
  const seam = { seenIds, tokens, sessions, pairwise, baseUrl, metadataUrl };
  const lists = { db, cursors: createCursors(keys.cursor), partnerName };

  const router = Router();
  const upstreamLabel = options.upstream?.label;
  const onStaffSignIn = options.onStaffSignIn ?? (async () => {});
  router.use(
    interactionRouter({ db, provider, pairwise, resource, baseUrl, secret: keys.cookie, upstreamLabel, partnerName, onStaffSignIn }),
  );
  if (options.upstream) router.use(upstreamRoutes(options, options.upstream, provider));
  router.use(sessionRouter({ provider, sessions, tokens, relyingParty, baseUrl, resource, vaultKey: keys.vault, log, partnerName }));
  router.use(oauthRouter({ ...seam, provider, resource }));

  return {
    router,
    authenticate: (request) => authenticate(seam, request),
    challenge: (detail) => challengeOf(metadataUrl, detail),
    ensureFirstPartyClients: () => ensureFirstPartyApps(db, { baseUrl, publicKey: publicJwk }),
    createAccount,
    registerClient,
    saveClient,
    findAccount: async (username) => {
      const found = await findAccount(db, { username: normalUsername(username) });
      // The hash stays in the room.
      return found && { id: found.id };
    },
    accountName: async (on, id) => (await findAccount(on, { id }))?.displayName ?? null,
    setPartnerStatus,
    listClients: (page) => listClients(lists, page),
    listGrants: (page) => listGrants(lists, page),
    listConsents: (page) => listConsents(lists, page),
    withdrawScope: (withdrawal) => withdrawScope({ db, pairwise, resource }, withdrawal),
    sweepExpired: () => deleteExpired(db),
  };
}

function upstreamRoutes(options: IdentityOptions, settings: NonNullable<IdentityOptions['upstream']>, provider: Provider): Router {
  const { db, baseUrl, keys, log, members } = options;
  const claim = settings.memberCodeClaim ?? 'member_code';
  const byCode: LinkDeps['memberOf'] = async (claims) => {
    const code = claims[claim];
    return typeof code === 'string' && members ? members.findByCode(code) : null;
  };
  const upstream = createUpstream(settings, baseUrl + UPSTREAM_CALLBACK);
  return upstreamRouter({ db, upstream, provider, baseUrl, log, vaultKey: keys.vault, memberOf: settings.mapMember ?? byCode });
}

async function namedKey(key: JWK): Promise<JWK> {
  return { ...key, alg: 'ES256', use: 'sig', kid: key.kid ?? (await calculateJwkThumbprint(key)) };
}

function publicPart({ d: _private, ...key }: JWK): JWK {
  return key;
}

/** Makes each value once; a failure is tried again. */
function remember<Key, Value>(make: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const made = new Map<Key, Promise<Value>>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    known.catch(() => made.delete(key));
    return known;
  };
}
