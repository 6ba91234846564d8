import { randomBytes } from 'node:crypto';
import type { PartnerId, PartnerStatus } from '@chung/contracts';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Provider } from 'oidc-provider';
import * as client from 'openid-client';
import type { Logger } from 'pino';
import { z } from 'zod';
import { DomainError } from '../../../kernel/errors.ts';
import { createVault } from '../../../kernel/vault.ts';
import { WEB_APP_SCOPES } from '../first-party-apps.ts';
import { cookieOf, languageOf } from '../pages/language.ts';
import { pageHeaders } from '../pages/layout.ts';
import { messagePage } from '../pages/message-page.ts';
import { WORDS } from '../pages/words.ts';
import type { TokenReader } from '../tokens/token-reader.ts';
import { sendProblem } from './problem.ts';
import { type SealedCookies, sealedCookies } from './sealed-cookie.ts';
import type { WebApp } from './session-store.ts';
import { isWebApp, SESSION_SECONDS, type WebSessions } from './web-sessions.ts';

export interface SessionRouterDeps {
  readonly provider: Provider;
  readonly sessions: WebSessions;
  readonly tokens: TokenReader;
  readonly relyingParty: (app: WebApp) => Promise<client.Configuration>;
  readonly baseUrl: string;
  readonly resource: string;
  readonly vaultKey: Buffer;
  readonly log: Logger;
  readonly partnerName: (partnerId: PartnerId) => Promise<string | null>;
}

const Attempt = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() });

/** Where each web app begins; the way back when none was asked for, or a strange one. */
const HOMES: Readonly<Record<WebApp, string>> = { member: '/', partner: '/partner/', admin: '/admin/' };
const ATTEMPT_SECONDS = 600;

/** The web apps' backend: sign-in by code + PKCE against our own server, a session cookie, and never a token in the browser. */
export function sessionRouter(deps: SessionRouterDeps): Router {
  const router = Router();
  const attempts = sealedCookies(createVault(deps.vaultKey), { secure: deps.baseUrl.startsWith('https:'), lifeSeconds: ATTEMPT_SECONDS });
  const forApp =
    (handle: (app: WebApp, request: Request, response: Response) => Promise<void>): RequestHandler =>
    async (request, response, next) => {
      const { app } = request.params;
      if (!isWebApp(app)) return next();
      response.set('cache-control', 'no-store');
      try {
        await handle(app, request, response);
      } catch (error) {
        if (error instanceof DomainError) sendProblem(request, response, error);
        else next(error);
      }
    };
  router.get(
    '/session/:app/login',
    forApp((app, request, response) => startLogin(deps, attempts, { app, request, response })),
  );
  router.get(
    '/session/:app/callback',
    forApp((app, request, response) => finishLogin(deps, attempts, { app, request, response })),
  );
  router.get(
    '/session/:app',
    forApp((app, request, response) => showSession(deps, { app, request, response })),
  );
  router.post(
    '/session/:app/logout',
    forApp((app, request, response) => logOut(deps, { app, request, response })),
  );
  return router;
}

interface Exchange {
  readonly app: WebApp;
  readonly request: Request;
  readonly response: Response;
}

/** Only a path on this very site; `//host`, `/\host` and control characters are ways to another one. */
export function safeReturn(wanted: unknown, app: WebApp, baseUrl: string): string {
  const home = HOMES[app];
  if (typeof wanted !== 'string' || wanted.length > 2000 || !/^\/(?![/\\])[^\\\s\p{Cc}]*$/u.test(wanted)) return home;
  const url = URL.parse(wanted, baseUrl);
  // Dots are taken out by the parser: `/.//host` and `/a/..//host` become `//host`, which a browser reads as another site.
  const stays = url !== null && url.origin === new URL(baseUrl).origin && !url.pathname.startsWith('//');
  return stays ? url.pathname + url.search + url.hash : home;
}

const callbackOf = (deps: SessionRouterDeps, app: WebApp) => `${deps.baseUrl}/session/${app}/callback`;

/** Sends the browser to sign in; what must fit when it comes back waits in a sealed cookie. */
async function startLogin(deps: SessionRouterDeps, attempts: SealedCookies, { app, request, response }: Exchange): Promise<void> {
  const sameMachine = loopbackTwin(request.headers.host, deps.baseUrl);
  if (sameMachine) return response.redirect(303, new URL(request.originalUrl, deps.baseUrl).href);
  const verifier = client.randomPKCECodeVerifier();
  const attempt: z.infer<typeof Attempt> = {
    state: randomBytes(24).toString('base64url'),
    nonce: client.randomNonce(),
    verifier,
    returnTo: safeReturn(request.query['return_to'], app, deps.baseUrl),
  };
  try {
    const url = await client.buildAuthorizationUrlWithPAR(await deps.relyingParty(app), {
      redirect_uri: callbackOf(deps, app),
      scope: WEB_APP_SCOPES[app].join(' '),
      resource: deps.resource,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ui_locales: languageOf(request),
    });
    attempts.set(response, { name: attemptCookie(app, attempt.state), path: `/session/${app}`, value: attempt });
    response.redirect(303, url.href);
  } catch (error) {
    deps.log.error({ app, reason: String(error) }, 'the authorization server does not answer the web apps');
    sendFailure({ app, request, response }, 503);
  }
}

/** `127.0.0.1` typed for `localhost`: cookies set here would be missing there, so the sign-in moves to the address that it comes back to. */
function loopbackTwin(host: string | undefined, baseUrl: string): boolean {
  const base = new URL(baseUrl);
  return base.hostname === 'localhost' && [`127.0.0.1:${base.port}`, `[::1]:${base.port}`].includes(host ?? '');
}

/** One cookie an attempt, so that two tabs can sign in at once. */
const attemptCookie = (app: WebApp, state: string) => `chung_${app}_${state.slice(0, 8)}`;

/** Exchanges the code at the token endpoint like any other client, keeps the session and forgets the tokens. */
async function finishLogin(deps: SessionRouterDeps, attempts: SealedCookies, { app, request, response }: Exchange): Promise<void> {
  const state = typeof request.query['state'] === 'string' ? request.query['state'] : '';
  const name = attemptCookie(app, state);
  const attempt = attempts.read(cookieOf(request, name), name, Attempt);
  attempts.clear(response, { name, path: `/session/${app}` });
  // Without its cookie the answer is another browser's, or an attacker's own sign-in: never a session here.
  if (!attempt || attempt.state !== state) return sendFailure({ app, request, response });
  try {
    const here = new URL(request.originalUrl, deps.baseUrl);
    const tokens = await client.authorizationCodeGrant(
      await deps.relyingParty(app),
      here,
      { expectedState: attempt.state, expectedNonce: attempt.nonce, pkceCodeVerifier: attempt.verifier, idTokenExpected: true },
      { resource: deps.resource },
    );
    const { standing, claims } = await deps.tokens.read(tokens.access_token);
    if (!standing.account || claims.gid === undefined) throw new DomainError('invalid_token');
    const cookie = await deps.sessions.start({
      app,
      accountId: standing.account.id,
      oidcGrant: claims.gid,
      scopes: claims.scope.split(' '),
    });
    setSessionCookie(deps, { app, response, value: cookie });
    response.redirect(303, attempt.returnTo);
  } catch (error) {
    // The person pressed "cancel": back to where they were, signed out as before.
    if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied') return response.redirect(303, HOMES[app]);
    // Only the sentence: the library's errors carry what was sent, codes and claims among it.
    deps.log.warn({ app, reason: String(error) }, 'web sign-in failed');
    sendFailure({ app, request, response });
  }
}

function sendFailure({ app, request, response }: Exchange, status: 400 | 503 = 400): void {
  const language = languageOf(request);
  const words = WORDS[language];
  const text = status === 400 ? words.expired : words.ourFault;
  const page = messagePage(language, { title: words.errorTitle, text, href: `/session/${app}/login`, label: words.tryAgain });
  response.status(status).set(pageHeaders()).send(page);
}

function setSessionCookie(deps: SessionRouterDeps, cookie: { app: WebApp; response: Response; value: string | null }): void {
  const { app, response, value } = cookie;
  response.cookie(deps.sessions.cookieName(app), value ?? '', {
    httpOnly: true,
    sameSite: 'lax',
    secure: deps.baseUrl.startsWith('https:'),
    path: '/',
    maxAge: value === null ? 0 : SESSION_SECONDS[app] * 1000,
  });
}

/** What a web app may know of who uses it; the CSRF token is only good together with this very cookie. */
async function showSession(deps: SessionRouterDeps, { app, request, response }: Exchange): Promise<void> {
  const cookie = cookieOf(request, deps.sessions.cookieName(app));
  const session = await deps.sessions.find(app, cookie);
  if (!session?.standing.account || !cookie) {
    response.json({ signedIn: false });
    return;
  }
  const { account, partnerStatus } = session.standing;
  response.json({
    signedIn: true,
    user: { displayName: account.displayName },
    actor: account.kind,
    csrfToken: deps.sessions.csrfTokenOf(cookie),
    scopes: session.scopes,
    ...(account.partnerId === null ? {} : { partner: await partnerView(deps, account.partnerId, partnerStatus) }),
  });
}

const partnerView = async (deps: SessionRouterDeps, id: PartnerId, status: PartnerStatus | null) => ({
  id,
  status,
  name: await deps.partnerName(id),
});

async function logOut(deps: SessionRouterDeps, { app, request, response }: Exchange): Promise<void> {
  const cookie = cookieOf(request, deps.sessions.cookieName(app));
  const session = await deps.sessions.find(app, cookie);
  if (session && cookie) {
    deps.sessions.checkCsrf(request, cookie);
    await deps.sessions.end(session);
    await endPlatformSession(deps, { request, response, accountId: session.standing.account?.id });
  }
  setSessionCookie(deps, { app, response, value: null });
  response.status(204).end();
}

/** The session at the authorization server too, or the next sign-in would ask for no password. Another person's is left alone. */
async function endPlatformSession(
  deps: SessionRouterDeps,
  ending: { request: Request; response: Response; accountId: string | undefined },
): Promise<void> {
  const context = deps.provider.createContext(ending.request, ending.response);
  const platform = await deps.provider.Session.get(context as Parameters<typeof deps.provider.Session.get>[0]);
  if (platform.accountId !== undefined && platform.accountId === ending.accountId) await platform.destroy();
}
