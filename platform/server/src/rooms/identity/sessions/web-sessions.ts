import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Scope } from '@chung/contracts';
import type { Db } from '../../../kernel/db.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { gatherReads } from '../../../kernel/gather-reads.ts';
import { revokeByGrantId } from '../authorization-server/artifact-store.ts';
import { cookieOf } from '../pages/language.ts';
import { createShortCache } from '../tokens/short-cache.ts';
import { effectiveScopes, type Standing, standingFrom } from '../tokens/standing.ts';
import { findSessions, insertSession, type SessionKey, type StoredSession, tokenHashOf, type WebApp } from './session-store.ts';

/** A session with all it hangs on, as it stands now. */
export interface LiveSession {
  readonly standing: Standing;
  readonly scopes: readonly Scope[];
  readonly oidcGrant: string;
}

export interface WebSessions {
  /** Starts a session and answers the cookie's value; only its hash is kept. */
  start(session: { app: WebApp; accountId: string; oidcGrant: string; scopes: readonly string[] }): Promise<string>;
  /** The session of the app that the call names, or null without one. Throws `csrf_failed`. */
  authenticate(request: IncomingMessage): Promise<LiveSession | null>;
  find(app: WebApp, cookie: string | undefined): Promise<LiveSession | null>;
  end(session: LiveSession): Promise<void>;
  csrfTokenOf(cookie: string): string;
  checkCsrf(request: IncomingMessage, cookie: string): void;
  readonly cookieName: (app: WebApp) => string;
}

/** A portal left open overnight must not be open in the morning; a member's phone is their own. */
export const SESSION_SECONDS: Readonly<Record<WebApp, number>> = { member: 14 * 86_400, partner: 12 * 3600, admin: 12 * 3600 };

export const isWebApp = (name: unknown): name is WebApp => name === 'member' || name === 'partner' || name === 'admin';

/** 256 bits: not to be guessed, so looking it up by its hash needs no constant time. */
const TOKEN_BYTES = 32;
/** Reading changes nothing, and another site cannot read our answer. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function createWebSessions(deps: { db: Db; secret: string; baseUrl: string; cacheMilliseconds: number }): WebSessions {
  const { db } = deps;
  const secret = createSecretKey(Buffer.from(deps.secret));
  const { origin, protocol } = new URL(deps.baseUrl);
  // `__Host-`: https only, this host only, whole site; a sibling domain cannot plant one.
  const cookieName = (app: WebApp) => `${protocol === 'https:' ? '__Host-' : ''}chung_${app}`;
  const csrfTokenOf = (cookie: string) => createHmac('sha256', secret).update(`csrf\0${cookie}`).digest('base64url');

  // Both reads under one short memory: a page's calls come in a burst.
  const live = createShortCache<LiveSession | null>(deps.cacheMilliseconds);
  const read = gatherReads<SessionKey, StoredSession>((keys) => findSessions(db, keys));
  const find = (app: WebApp, cookie: string | undefined): Promise<LiveSession | null> => {
    if (!cookie) return Promise.resolve(null);
    const tokenHash = tokenHashOf(cookie);
    return live.get(`${app} ${tokenHash}`, async () => liveFrom(await read({ app, tokenHash })));
  };

  const checkCsrf = (request: IncomingMessage, cookie: string): void => {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') throw new DomainError('csrf_failed');
    const from = request.headers.origin;
    if (from !== undefined && from !== origin) throw new DomainError('csrf_failed');
    const given = Buffer.from(String(request.headers['x-csrf-token'] ?? ''));
    const expected = Buffer.from(csrfTokenOf(cookie));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new DomainError('csrf_failed');
  };

  return {
    start: async (session) => {
      const cookie = randomBytes(TOKEN_BYTES).toString('base64url');
      await insertSession(db, { ...session, tokenHash: tokenHashOf(cookie), lifeSeconds: SESSION_SECONDS[session.app] });
      return cookie;
    },
    authenticate: async (request) => {
      // A custom header cannot be sent from another site without our permission, so a bare cookie opens nothing.
      const app = request.headers['x-chung-app'];
      if (!isWebApp(app)) return null;
      const cookie = cookieOf(request, cookieName(app));
      if (!cookie) return null;
      const session = await find(app, cookie);
      if (session && !SAFE_METHODS.has(request.method ?? '')) checkCsrf(request, cookie);
      return session;
    },
    find,
    end: async ({ oidcGrant }) => revokeByGrantId(db, oidcGrant),
    csrfTokenOf,
    checkCsrf,
    cookieName,
  };
}

function liveFrom(session: StoredSession | null): LiveSession | null {
  if (!session) return null;
  const { oidcGrant } = session;
  try {
    const standing = standingFrom(session.standing, { oidcGrant });
    return { standing, scopes: effectiveScopes(standing, session.scopes), oidcGrant };
  } catch (error) {
    // Its grant was revoked: to the web app that is the same as no session.
    if (error instanceof DomainError && error.code === 'invalid_token') return null;
    throw error;
  }
}
