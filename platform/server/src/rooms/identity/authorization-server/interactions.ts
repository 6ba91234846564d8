import { isScope, type Language, type PartnerId } from '@chung/contracts';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { errors, type Interaction, type Provider } from 'oidc-provider';
import { z } from 'zod';
import type { Db } from '../../../kernel/db.ts';
import type { Pairwise } from '../../../kernel/pairwise.ts';
import type { Account } from '../account.ts';
import type { App } from '../app.ts';
import { sortAsk } from '../give-consent.ts';
import { findGrant } from '../grant-store.ts';
import { consentPage } from '../pages/consent-page.ts';
import { languageOf, rememberLanguage } from '../pages/language.ts';
import { pageHeaders } from '../pages/layout.ts';
import { messagePage, targetsOf } from '../pages/message-page.ts';
import { signInPage } from '../pages/sign-in-page.ts';
import { WORDS } from '../pages/words.ts';
import { type SignInDeps, signIn } from '../sign-in.ts';
import { findAccount, findPartnerAccess, findUsableApp } from '../store.ts';
import { deleteSessionByUid } from './artifact-store.ts';
import { authorize } from './authorizations.ts';

export interface InteractionDeps {
  readonly db: Db;
  readonly provider: Provider;
  readonly pairwise: Pairwise;
  readonly resource: string;
  readonly baseUrl: string;
  readonly secret: string;
  /** Label of the button to the operator's identity provider; undefined where there is none. */
  readonly upstreamLabel: string | undefined;
  readonly partnerName: (partnerId: PartnerId) => Promise<string | null>;
  readonly onStaffSignIn: SignInDeps['onStaffSignIn'];
}

/** One sign-in on its way, with the app that asked for it. */
interface Scene {
  readonly interaction: Interaction;
  readonly app: App;
  readonly path: string;
  readonly language: Language;
}

const BODY_LIMIT = '16kb';
const SignInForm = z.object({ username: z.string().trim().min(1), password: z.string().min(1) });
const ConsentForm = z.object({ decision: z.literal('allow'), scope: z.union([z.string(), z.array(z.string())]).default([]) });

/** Our sign-in and consent pages, between oidc-provider's authorization endpoint and its answer to the app. */
export function interactionRouter(deps: InteractionDeps): Router {
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: BODY_LIMIT });
  const scene =
    (handle: (request: Request, response: Response, scene: Scene) => Promise<void>): RequestHandler =>
    async (request, response, next) => {
      try {
        await handle(request, response, await setScene(deps, request, response));
      } catch (error) {
        if (error instanceof errors.SessionNotFound) sendExpired(request, response);
        else next(error);
      }
    };
  router.get(
    '/oauth/interaction/:uid',
    scene((request, response, at) => showPage(deps, { request, response, at })),
  );
  router.use('/oauth/interaction', sameOriginPosts(deps.baseUrl));
  router.post(
    '/oauth/interaction/:uid/sign-in',
    form,
    scene((request, response, at) => handleSignIn(deps, { request, response, at })),
  );
  router.post(
    '/oauth/interaction/:uid/consent',
    form,
    scene((request, response, at) => handleConsent(deps, { request, response, at })),
  );
  router.post(
    '/oauth/interaction/:uid/cancel',
    scene((request, response) => refuse(deps, request, response)),
  );
  return router;
}

/** The interaction's cookie is `Lax` already; this also stops a form on a sibling site. */
export function sameOriginPosts(baseUrl: string): RequestHandler {
  const { origin } = new URL(baseUrl);
  return (request, response, next) => {
    const site = request.headers['sec-fetch-site'];
    const from = request.headers.origin;
    const foreign =
      (site !== undefined && site !== 'same-origin' && site !== 'none') || (from !== undefined && from !== 'null' && from !== origin);
    if (request.method === 'POST' && foreign) response.status(403).type('text/plain').send('cross-site request refused');
    else next();
  };
}

async function setScene(deps: InteractionDeps, request: Request, response: Response): Promise<Scene> {
  const interaction = await deps.provider.interactionDetails(request, response);
  if (interaction.uid !== request.params['uid']) throw new errors.SessionNotFound('another interaction');
  const app = await findUsableApp(deps.db, String(interaction.params['client_id']));
  if (!app) throw new errors.SessionNotFound('the app is gone');
  const language = languageOf(request, interaction.params['ui_locales']);
  return { interaction, app, path: `/oauth/interaction/${interaction.uid}`, language };
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly at: Scene;
}

function send({ response, at }: Pick<Exchange, 'response' | 'at'>, page: string, status = 200): void {
  response
    .status(status)
    .set(pageHeaders(targetsOf(at.interaction.params['redirect_uri'])))
    .send(page);
}

function sendExpired(request: Request, response: Response): void {
  const language = languageOf(request);
  const words = WORDS[language];
  const page = messagePage(language, { title: words.errorTitle, text: words.expired, href: '/', label: words.home });
  response.status(400).set(pageHeaders()).send(page);
}

async function showPage(deps: InteractionDeps, { request, response, at }: Exchange): Promise<void> {
  if (request.query['lang'] !== undefined) rememberLanguage(response, at.language);
  if (at.interaction.prompt.name === 'consent') return showConsent(deps, { response, at });
  const words = WORDS[at.language];
  const problems = new Map<unknown, string>([
    ['upstream', words.upstreamFailed],
    ['unknown', words.upstreamUnknown],
  ]);
  const problem = problems.get(request.query['problem']);
  showSignIn(deps, { response, at }, problem === undefined ? {} : { problem });
}

function showSignIn(
  deps: InteractionDeps,
  { response, at }: Pick<Exchange, 'response' | 'at'>,
  shown: { username?: string; problem?: string; status?: number },
): void {
  const { status, ...view } = shown;
  const hint = at.interaction.params['login_hint'];
  const username = view.username ?? (typeof hint === 'string' ? hint : undefined);
  const upstreamLabel = at.app.actor === null || at.app.actor === 'member' ? deps.upstreamLabel : undefined;
  const page = signInPage({
    language: at.language,
    path: at.path,
    appName: at.app.name,
    upstreamLabel,
    ...view,
    ...(username ? { username } : {}),
  });
  send({ response, at }, page, status);
}

async function handleSignIn(deps: InteractionDeps, { request, response, at }: Exchange): Promise<void> {
  const words = WORDS[at.language];
  const typed = SignInForm.safeParse(request.body);
  if (!typed.success) return showSignIn(deps, { response, at }, { problem: words.missing, status: 422 });
  const { username, password } = typed.data;
  const result = await signIn(deps, { username, password, address: request.ip ?? '' });
  switch (result.outcome) {
    case 'locked': {
      response.set('retry-after', String(result.retryAfterSeconds));
      return showSignIn(deps, { response, at }, { username, problem: words.locked(Math.ceil(result.retryAfterSeconds / 60)), status: 429 });
    }
    case 'refused':
      return showSignIn(deps, { response, at }, { username, problem: words.wrong, status: 401 });
    case 'signed-in': {
      const problem = await problemWith(deps, at, result.account);
      if (problem !== null) return showSignIn(deps, { response, at }, { username, problem, status: 403 });
      return finishSignIn(deps, { request, response, at }, { accountId: result.account.id, amr: ['pwd'] });
    }
  }
}

/** The password was right, so the reason may be told. */
async function problemWith(deps: InteractionDeps, at: Scene, account: Account): Promise<string | null> {
  const words = WORDS[at.language];
  if (at.app.actor !== null && at.app.actor !== account.kind) return words.otherKind[at.app.actor];
  if (account.partnerId !== null && (await findPartnerAccess(deps.db, account.partnerId)) === 'suspended') return words.partnerStopped;
  return null;
}

/** Hands the account to oidc-provider. Signing in as somebody else takes the place of the session that was there. */
export async function finishSignIn(
  deps: Pick<InteractionDeps, 'db' | 'provider'>,
  { request, response, at }: { request: Request; response: Response; at: { interaction: Interaction } },
  login: { accountId: string; amr: string[] },
): Promise<void> {
  const { interaction } = at;
  const before = interaction.session;
  if (before && before.accountId !== login.accountId) {
    // Left to itself the library asks through a scripted form and ends the grants of the other person's apps as well.
    delete interaction.session;
    await interaction.persist();
    await deleteSessionByUid(deps.db, before.uid);
  }
  await deps.provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

async function signedInAccount(deps: InteractionDeps, at: Scene): Promise<Account> {
  const account = at.interaction.session ? await findAccount(deps.db, { id: at.interaction.session.accountId }) : null;
  if (!account) throw new errors.SessionNotFound('nobody is signed in');
  return account;
}

async function askOf(deps: InteractionDeps, at: Scene, account: Account) {
  const requested = String(at.interaction.params['scope'] ?? '')
    .split(' ')
    .filter(Boolean);
  const again = String(at.interaction.params['prompt'] ?? '')
    .split(' ')
    .includes('consent');
  const grant = await findGrant(deps.db, { accountId: account.id, clientId: at.app.clientId });
  return { requested, ask: sortAsk(requested.filter(isScope), { app: at.app, account, grant, again }) };
}

async function showConsent(deps: InteractionDeps, { response, at }: Pick<Exchange, 'response' | 'at'>): Promise<void> {
  const account = await signedInAccount(deps, at);
  const { ask } = await askOf(deps, at, account);
  const partnerName = at.app.partnerId === null ? null : await deps.partnerName(at.app.partnerId);
  send(
    { response, at },
    consentPage({ language: at.language, path: at.path, app: at.app, partnerName, displayName: account.displayName, ask }),
  );
}

async function handleConsent(deps: InteractionDeps, { request, response, at }: Exchange): Promise<void> {
  const answer = ConsentForm.safeParse(request.body);
  // Anything but a clear yes is a no.
  if (!answer.success) return refuse(deps, request, response);
  const account = await signedInAccount(deps, at);
  const { requested, ask } = await askOf(deps, at, account);
  const named: readonly string[] = [answer.data.scope].flat();
  const chosen = ask.optional.filter((name) => named.includes(name));
  // Something changed while the page was open (another tab, a new purpose): show what is asked now.
  if (![...ask.settled, ...ask.required].every((name) => named.includes(name))) return showConsent(deps, { response, at });
  const grant = await authorize(deps.provider, deps, {
    account,
    app: at.app,
    granted: [...ask.settled, ...ask.required, ...chosen],
    refused: [...ask.refused, ...ask.optional.filter((name) => !chosen.includes(name))],
    requested,
    language: at.language,
  });
  await deps.provider.interactionFinished(request, response, { consent: { grantId: grant.jti } }, { mergeWithLastSubmission: true });
}

async function refuse(deps: InteractionDeps, request: Request, response: Response): Promise<void> {
  const result = { error: 'access_denied', error_description: 'the person did not allow it' };
  await deps.provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}
