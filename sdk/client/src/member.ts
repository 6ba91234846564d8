import type { MemberScope, Scope } from '@chung/contracts';
import type { AppKey, PlatformSettings } from './connection.ts';
import type { Declares, IdFor, Operations } from './scoped-types.ts';
import { type BeginOptions, type KeepTokens, openSignIn, type PersonTokens, type SignInAttempt } from './sign-in.ts';

export type { AppKey, PlatformSettings } from './connection.ts';
export { ScopesNotGrantedError } from './scope-errors.ts';
export type { ListMethod, Method, MethodInput, MethodOptions, MethodReply, MissingScope, WalkMethod } from './scoped-types.ts';
export type { KeepTokens, SignInAttempt } from './sign-in.ts';

/** What a signed-in member leaves with the app. */
export type MemberTokens = PersonTokens;

export interface SignInSettings<Declared extends MemberScope, Optional extends MemberScope> extends PlatformSettings {
  /** Where the platform sends the member back to; registered for the app. */
  readonly redirectUri: string;
  /** What the app cannot do without; a sign-in that grants less is an error. */
  readonly scopes: readonly Declared[];
  /** What it can do without: the member may say no, ask `has()` first. */
  readonly optional?: readonly Optional[];
  /** Of an app with a backend. Without it the app is a public client. */
  readonly privateKey?: AppKey;
}

/** The platform on behalf of a member; operations whose scope is not declared are a type error that names it. */
export type MemberClient<Declared extends MemberScope, Optional extends MemberScope = never> = Operations<IdFor<'member'>, Declared> &
  Declares<Declared> & {
    readonly subject: string;
    /** What the member has granted, as of the present token. */
    readonly granted: ReadonlySet<Scope>;
    /** Whether an optional scope is granted now; in the branch where it is, its operations can be called. */
    has<Asked extends Optional>(scope: Asked): this is MemberClient<Declared | Asked, Optional>;
    /** Signs out: the platform forgets the tokens (RFC 7009). */
    end(): Promise<void>;
  };

export interface MemberSignIn<Declared extends MemberScope, Optional extends MemberScope> {
  /** Where to send the member, and what `finish` must be given when they come back. */
  begin(options?: Pick<BeginOptions, 'language' | 'prompt'>): Promise<{ readonly url: URL; readonly attempt: SignInAttempt }>;
  /** `callback` is the whole address that the member came back to. */
  finish(callback: URL, attempt: SignInAttempt, keep?: KeepTokens): Promise<MemberClient<Declared, Optional>>;
  /** Goes on with tokens that were kept. */
  resume(tokens: MemberTokens, keep?: KeepTokens): Promise<MemberClient<Declared, Optional>>;
}

/**
 * Signs members in to a partner's own site or program: code with PKCE, the request pushed (PAR, RFC 9126) where the app has a key, tokens bound
 * to a key (DPoP) and renewed with rotation. Rejects with the errors of openid-client when the platform or the member refuses, and with
 * `ScopesNotGrantedError` when less than `scopes` was granted.
 *
 * @example
 * const signIn = await memberSignIn({ issuer, clientId, privateKey, redirectUri, scopes: ['openid', 'offers:read'] });
 * const { url, attempt } = await signIn.begin(); // keep `attempt`, send the member to `url`
 * const chung = await signIn.finish(callback, attempt, { onTokens: (tokens) => keep(tokens) });
 * const { items } = await chung.offers.list();
 */
export async function memberSignIn<const Declared extends MemberScope, const Optional extends MemberScope = never>(
  settings: SignInSettings<Declared, Optional>,
): Promise<MemberSignIn<Declared, Optional>> {
  const { privateKey, optional = [] } = settings;
  const signIn = await openSignIn({ settings: { ...settings, optional }, appKey: privateKey ?? null, caller: 'member' });
  // The tree of operations is built from the table that the types are made of.
  const typed = (client: object) => client as MemberClient<Declared, Optional>;
  return {
    begin: (options = {}) => signIn.begin({ ...options, request: privateKey === undefined ? 'plain' : 'pushed' }),
    finish: async (callback, attempt, keep) => typed(await signIn.finish(callback, attempt, keep)),
    resume: async (tokens, keep) => typed(await signIn.resume(tokens, keep)),
  };
}
