import type { PartnerScope, Scope } from '@chung/contracts';
import type { PlatformSettings } from './connection.ts';
import type { Declares, IdFor, Operations } from './scoped-types.ts';
import { type BeginOptions, type KeepTokens, openSignIn, type PersonTokens, type SignInAttempt } from './sign-in.ts';

export interface PartnerSignInSettings<Declared extends PartnerScope> extends PlatformSettings {
  /** Where the platform sends the person back to: a loopback address of this machine, any port (RFC 8252 §7.3). */
  readonly redirectUri: string;
  /** What the program cannot do without; a sign-in that grants less is an error. */
  readonly scopes: readonly Declared[];
  /** Asked for too; which of them were granted stands in `granted`. */
  readonly optional?: readonly PartnerScope[];
}

/** The platform for a program that a person of a partner runs, such as `chung`. */
export type PartnerPersonClient<Declared extends PartnerScope> = Operations<IdFor<'partner'>, Declared> &
  Declares<Declared> & {
    readonly subject: string;
    /** Scopes of the present token. */
    readonly granted: ReadonlySet<Scope>;
    /** Signs out: the platform forgets the tokens (RFC 7009). */
    end(): Promise<void>;
  };

export interface PartnerSignIn<Declared extends PartnerScope> {
  /** Where to send the person, and what `finish` must be given when they come back. */
  begin(options?: BeginOptions): Promise<{ readonly url: URL; readonly attempt: SignInAttempt }>;
  /** `callback` is the whole address that the person came back to. */
  finish(callback: URL, attempt: SignInAttempt, keep?: KeepTokens): Promise<PartnerPersonClient<Declared>>;
  /** Goes on with tokens that were kept. */
  resume(tokens: PersonTokens, keep?: KeepTokens): Promise<PartnerPersonClient<Declared>>;
}

/**
 * Signs a person of a partner in to a program on their own machine, a public client without a secret (RFC 8252): code with PKCE, tokens bound
 * to a key (DPoP) and renewed with rotation. A backend uses `connectPartner`.
 *
 * Rejects with the errors of openid-client when the platform or the person refuses, and with `ScopesNotGrantedError` when less than `scopes`
 * was granted, as to an account that is no partner's.
 *
 * @example
 * const signIn = await partnerSignIn({ issuer, clientId: 'chung-cli', redirectUri, scopes: ['partner.apps:read'] });
 * const { url, attempt } = await signIn.begin(); // open `url` in a browser
 * const chung = await signIn.finish(callback, attempt, { onTokens: (tokens) => keep(tokens) });
 * const { items } = await chung.partner.apps.list();
 */
export async function partnerSignIn<const Declared extends PartnerScope>(
  settings: PartnerSignInSettings<Declared>,
): Promise<PartnerSignIn<Declared>> {
  const { optional = [] } = settings;
  const signIn = await openSignIn({ settings: { ...settings, optional }, appKey: null, caller: 'partner' });
  // The tree of operations is built from the table that the types are made of.
  const typed = (client: object) => client as PartnerPersonClient<Declared>;
  return {
    begin: signIn.begin,
    finish: async (callback, attempt, keep) => typed(await signIn.finish(callback, attempt, keep)),
    resume: async (tokens, keep) => typed(await signIn.resume(tokens, keep)),
  };
}
