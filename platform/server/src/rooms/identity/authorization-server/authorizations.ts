import type { Language, Scope } from '@chung/contracts';
import { isScope } from '@chung/contracts';
import type { Grant, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Account } from '../account.ts';
import type { App } from '../app.ts';
import { type ConsentDeps, giveConsent, needsAnswer, sortAsk } from '../give-consent.ts';
import { findGrant } from '../grant-store.ts';
import { languageOf } from '../pages/language.ts';
import { findAccount, findUsableApp } from '../store.ts';

export interface Answer {
  readonly account: Account;
  readonly app: App;
  readonly granted: readonly Scope[];
  readonly refused: readonly Scope[];
  /** As requested, with those of the protocol. */
  readonly requested: readonly string[];
  readonly language: Language;
}

/**
 * Writes the member's decision and makes oidc-provider's own grant of it. That one belongs to this one sign-in, so that a stolen refresh
 * token ends one sign-in and not what the member decided; every use is checked against both.
 */
export async function authorize(provider: Provider, deps: ConsentDeps, answer: Answer): Promise<Grant> {
  await giveConsent(deps, answer);
  const grant = new provider.Grant({ accountId: answer.account.id, clientId: answer.app.clientId });
  grant.addOIDCScope(answer.requested.filter((scope) => scope === 'openid' || scope === 'offline_access').join(' '));
  if (answer.granted.length > 0) grant.addResourceScope(deps.resource, answer.granted.join(' '));
  if (answer.refused.length > 0) grant.rejectResourceScope(deps.resource, answer.refused.join(' '));
  await grant.save();
  return grant;
}

/** The grant for a request that needs no question; undefined when the member must be asked first. */
export async function authorizeWithoutAsking(ctx: KoaContextWithOIDC, deps: ConsentDeps): Promise<Grant | undefined> {
  const { provider, result, client, account: signedIn, prompts } = ctx.oidc;
  const answered = result?.consent?.grantId;
  if (answered !== undefined) return provider.Grant.find(answered);
  if (!client || !signedIn || prompts.has('consent') || (prompts.has('login') && !result?.login)) return undefined;
  const [app, account] = await Promise.all([findUsableApp(deps.db, client.clientId), findAccount(deps.db, { id: signedIn.accountId })]);
  // RFC 8252 §8.6: a command-line app can be anybody's, so its person is always asked.
  if (!app || !account || app.kind === 'native' || (app.actor !== null && app.actor !== account.kind)) return undefined;
  const requested = [...ctx.oidc.requestParamScopes];
  const grant = await findGrant(deps.db, { accountId: account.id, clientId: app.clientId });
  const ask = sortAsk(requested.filter(isScope), { app, account, grant });
  if (needsAnswer(ask)) return undefined;
  const language = languageOf(ctx.req, ctx.oidc.params?.['ui_locales']);
  return authorize(provider, deps, { app, account, granted: ask.settled, refused: ask.refused, requested, language });
}
