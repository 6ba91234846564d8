import type { PartnerScope, Scope } from '@chung/contracts';
import * as oauth from 'openid-client';
import { type AppKey, clientOf, discover, endOf, type PlatformSettings, type Token, tokenSource } from './connection.ts';
import { grantedOf } from './scope-errors.ts';
import type { Declares, IdFor, Operations } from './scoped-types.ts';

export type { AppKey, PlatformSettings } from './connection.ts';
export { type PartnerPersonClient, type PartnerSignIn, type PartnerSignInSettings, partnerSignIn } from './partner-sign-in.ts';
export { ScopesNotGrantedError } from './scope-errors.ts';
export type { ListMethod, Method, MethodInput, MethodOptions, MethodReply, MissingScope, WalkMethod } from './scoped-types.ts';
export type { BeginOptions, KeepTokens, PersonTokens, SignInAttempt } from './sign-in.ts';

export interface PartnerSettings<Declared extends PartnerScope, Optional extends PartnerScope> extends PlatformSettings {
  readonly privateKey: AppKey;
  /** What the program cannot do without; a start without one of them is an error. */
  readonly scopes: readonly Declared[];
  /** What it can do without: ask `has()` first. */
  readonly optional?: readonly Optional[];
  /** Binds tokens to a key of this process (DPoP, RFC 9449): a stolen token is of no use elsewhere. */
  readonly proof?: 'bearer' | 'dpop';
}

/**
 * The platform for a partner's backend: operations by their names, callable where the scope is declared. Elsewhere they are a type error
 * that names the scope.
 */
export type PartnerClient<Declared extends PartnerScope, Optional extends PartnerScope = never> = Operations<IdFor<'partner'>, Declared> &
  Declares<Declared> & {
    /** Scopes of the present token. */
    readonly granted: ReadonlySet<Scope>;
    /** Whether an optional scope is granted now; in the branch where it is, its operations can be called. */
    has<Asked extends Optional>(scope: Asked): this is PartnerClient<Declared | Asked, Optional>;
  };

/**
 * Signs a partner's backend in (client credentials with `private_key_jwt`, RFC 7523) and keeps it signed in.
 *
 * Rejects with `ScopesNotGrantedError` when the platform grants less than `scopes`, and with the errors of openid-client when it refuses the
 * app. Calls reject with `ApiError`, `UnreachableError` or `UnexpectedReplyError`.
 *
 * @example
 * const chung = await connectPartner({ issuer, clientId, privateKey, scopes: ['partner.redemptions:fulfil', 'partner.events:read'] });
 * for await (const event of chung.partner.events.list.all()) remember(event);
 * await chung.partner.redemptions.fulfil({ redemptionId });
 */
export async function connectPartner<const Declared extends PartnerScope, const Optional extends PartnerScope = never>(
  settings: PartnerSettings<Declared, Optional>,
): Promise<PartnerClient<Declared, Optional>> {
  const server = await discover(settings, settings.privateKey);
  const proof: oauth.DPoPOptions =
    settings.proof === 'dpop' ? { DPoP: oauth.getDPoPHandle(server, await oauth.randomDPoPKeyPair('ES256')) } : {};
  const ask = async (optional: readonly Scope[] = settings.optional ?? []): Promise<Token> => {
    const scope = [...settings.scopes, ...optional].join(' ');
    try {
      const tokens = await oauth.clientCredentialsGrant(server, { resource: `${settings.issuer}/v1`, scope }, proof);
      return { value: tokens.access_token, endsAt: endOf(tokens.expiresIn()), granted: grantedOf(tokens.scope ?? scope, settings.scopes) };
    } catch (error) {
      const refused = refusedScopes(error);
      const left = optional.filter((one) => !refused.has(one));
      // Only optional ones may be missing; whatever else was refused is an error of its own.
      grantedOf(settings.scopes.filter((one) => !refused.has(one)).join(' '), settings.scopes);
      if (left.length === optional.length) throw error;
      return ask(left);
    }
  };
  const tokens = tokenSource(() => ask());
  await tokens.fresh();
  // The tree is built from the table that the types are made of.
  return clientOf({ settings, server, tokens, proof, caller: 'partner' }, {}) as PartnerClient<Declared, Optional>;
}

/** The platform refuses unknown scopes and those it has not approved by name (`scope` beside RFC 6749's error). */
function refusedScopes(error: unknown): ReadonlySet<string> {
  if (!(error instanceof oauth.ResponseBodyError) || error.error !== 'invalid_scope') return new Set();
  const { scope } = error.cause;
  return new Set(typeof scope === 'string' ? scope.split(' ') : []);
}
