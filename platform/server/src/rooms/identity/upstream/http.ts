import { type Request, type Response, Router } from 'express';
import { errors, type Provider } from 'oidc-provider';
import type { Logger } from 'pino';
import { z } from 'zod';
import { createVault } from '../../../kernel/vault.ts';
import { finishSignIn } from '../authorization-server/interactions.ts';
import { cookieOf, languageOf } from '../pages/language.ts';
import { pageHeaders } from '../pages/layout.ts';
import { messagePage } from '../pages/message-page.ts';
import { WORDS } from '../pages/words.ts';
import { sealedCookies } from '../sessions/sealed-cookie.ts';
import { type LinkDeps, linkAccount } from './link-account.ts';
import type { Upstream } from './provider.ts';

export interface UpstreamRouterDeps extends LinkDeps {
  readonly upstream: Upstream;
  readonly provider: Provider;
  readonly baseUrl: string;
  readonly vaultKey: Buffer;
  readonly log: Logger;
}

export const UPSTREAM_CALLBACK = '/oauth/upstream/callback';

/** `uid` is the sign-in at our server that this one is for. */
const Journey = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), uid: z.string() });
const Done = z.object({ uid: z.string(), accountId: z.string() });

const JOURNEY_SECONDS = 600;

/**
 * Out to the operator's identity provider and back: from the sign-in page (`…/upstream`) to the callback, which our interaction's cookie does
 * not reach, and from there to the interaction again (`…/upstream/done`) with the account in a sealed cookie.
 */
export function upstreamRouter(deps: UpstreamRouterDeps): Router {
  const router = Router();
  const cookies = sealedCookies(createVault(deps.vaultKey), { secure: deps.baseUrl.startsWith('https:'), lifeSeconds: JOURNEY_SECONDS });
  const journeyCookie = (state: string) => `chung_upstream_${state.slice(0, 8)}`;
  const interactionPath = (uid: string) => `/oauth/interaction/${uid}`;

  router.get('/oauth/interaction/:uid/upstream', async (request, response) => {
    const { uid } = await deps.provider.interactionDetails(request, response).catch(() => ({ uid: '' }));
    if (uid === '' || uid !== request.params.uid) return sendExpired(request, response);
    try {
      const { url, attempt } = await deps.upstream.begin(languageOf(request));
      const journey: z.infer<typeof Journey> = { ...attempt, uid };
      cookies.set(response, { name: journeyCookie(attempt.state), path: UPSTREAM_CALLBACK, value: journey });
      response.redirect(303, url.href);
    } catch (error) {
      deps.log.warn({ reason: String(error) }, 'the upstream identity provider does not answer');
      response.redirect(303, `${interactionPath(uid)}?problem=upstream`);
    }
  });

  router.get(UPSTREAM_CALLBACK, async (request, response) => {
    const state = typeof request.query['state'] === 'string' ? request.query['state'] : '';
    const name = journeyCookie(state);
    const journey = cookies.read(cookieOf(request, name), name, Journey);
    cookies.clear(response, { name, path: UPSTREAM_CALLBACK });
    if (!journey || journey.state !== state) return sendExpired(request, response);
    const path = interactionPath(journey.uid);
    try {
      const person = await deps.upstream.finish(new URL(request.originalUrl, deps.baseUrl), journey);
      const account = await linkAccount(deps, person);
      if (!account) return response.redirect(303, `${path}?problem=unknown`);
      cookies.set(response, { name: 'chung_upstream_done', path, value: { uid: journey.uid, accountId: account.id } });
      response.redirect(303, `${path}/upstream/done`);
    } catch (error) {
      deps.log.warn({ reason: String(error) }, 'sign-in at the upstream identity provider failed');
      response.redirect(303, `${path}?problem=upstream`);
    }
  });

  router.get('/oauth/interaction/:uid/upstream/done', async (request, response, next) => {
    try {
      const interaction = await deps.provider.interactionDetails(request, response);
      const done = cookies.read(cookieOf(request, 'chung_upstream_done'), 'chung_upstream_done', Done);
      cookies.clear(response, { name: 'chung_upstream_done', path: interactionPath(interaction.uid) });
      if (done?.uid !== interaction.uid) return sendExpired(request, response);
      await finishSignIn(deps, { request, response, at: { interaction } }, { accountId: done.accountId, amr: ['upstream'] });
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return sendExpired(request, response);
      next(error);
    }
  });
  return router;
}

function sendExpired(request: Request, response: Response): void {
  const language = languageOf(request);
  const words = WORDS[language];
  const page = messagePage(language, { title: words.errorTitle, text: words.expired, href: '/', label: words.home });
  response.status(400).set(pageHeaders()).send(page);
}
