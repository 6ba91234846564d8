import type { MemberScope, Scope } from '@chung/contracts';
import * as oauth from 'openid-client';
import { type AppKey, clientOf, discover, endOf, type PlatformSettings, type Token, tokenSource } from './connection.ts';
import { grantedOf } from './scope-errors.ts';
import type { Declares, IdFor, Operations } from './scoped-types.ts';

export type { AppKey, PlatformSettings } from './connection.ts';
export { ScopesNotGrantedError } from './scope-errors.ts';
export type { ListMethod, Method, MethodInput, MethodOptions, MethodReply, MissingScope, WalkMethod } from './scoped-types.ts';

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

/** An attempt to sign in, between `begin` and `finish`: keep it in the visitor's own session, where nobody else can read or set it. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What a signed-in member leaves with the app. Keep it as safely as a password: the refresh token is one. */
export interface MemberTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Milliseconds of the clock. */
  readonly endsAt: number;
  readonly scope: string;
  /** The member's id for this partner; another partner sees another one. */
  readonly subject: string;
  /** The private key that the tokens are bound to (DPoP, RFC 9449). */
  readonly proofKey: JsonWebKey;
}

export interface KeepTokens {
  /** Told of every new set: a refresh token works once, so one that is not kept is lost. */
  readonly onTokens?: (tokens: MemberTokens) => Promise<void> | void;
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
  begin(): Promise<{ readonly url: URL; readonly attempt: SignInAttempt }>;
  /** `callback` is the whole address that the member came back to. */
  finish(callback: URL, attempt: SignInAttempt, keep?: KeepTokens): Promise<MemberClient<Declared, Optional>>;
  /** Goes on with tokens that were kept. */
  resume(tokens: MemberTokens, keep?: KeepTokens): Promise<MemberClient<Declared, Optional>>;
}

/** Tokens are bound to this kind of key. */
const PROOF_KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;

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
  const server = await discover(settings, settings.privateKey ?? null);
  const resource = `${settings.issuer}/v1`;
  const connect = (tokens: MemberTokens, keep: KeepTokens) => connectMember<Declared, Optional>({ settings, server, tokens, keep });
  return {
    begin: async () => {
      const attempt = { state: oauth.randomState(), nonce: oauth.randomNonce(), verifier: oauth.randomPKCECodeVerifier() };
      const parameters = {
        redirect_uri: settings.redirectUri,
        scope: [...new Set(['openid', ...settings.scopes, ...(settings.optional ?? [])])].join(' '),
        resource,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
      };
      const isPushed = settings.privateKey !== undefined;
      const url = isPushed ? await oauth.buildAuthorizationUrlWithPAR(server, parameters) : oauth.buildAuthorizationUrl(server, parameters);
      return { url, attempt };
    },
    finish: async (callback, attempt, keep = {}) => {
      const keys = await crypto.subtle.generateKey(PROOF_KEY, true, ['sign', 'verify']);
      const checks = {
        pkceCodeVerifier: attempt.verifier,
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        idTokenExpected: true,
      };
      const given = await oauth.authorizationCodeGrant(server, callback, checks, { resource }, { DPoP: oauth.getDPoPHandle(server, keys) });
      const proofKey = await crypto.subtle.exportKey('jwk', keys.privateKey);
      const tokens = tokensOf(given, { subject: given.claims()?.sub ?? '', proofKey, refreshToken: null });
      await keep.onTokens?.(tokens);
      return connect(tokens, keep);
    },
    resume: (tokens, keep = {}) => connect(tokens, keep),
  };
}

type Given = Awaited<ReturnType<typeof oauth.refreshTokenGrant>>;

function tokensOf(given: Given, before: Pick<MemberTokens, 'subject' | 'proofKey' | 'refreshToken'> & { scope?: string }): MemberTokens {
  return {
    accessToken: given.access_token,
    refreshToken: given.refresh_token ?? before.refreshToken,
    endsAt: endOf(given.expiresIn()),
    scope: given.scope ?? before.scope ?? '',
    subject: before.subject,
    proofKey: before.proofKey,
  };
}

async function connectMember<Declared extends MemberScope, Optional extends MemberScope>(of: {
  settings: SignInSettings<Declared, Optional>;
  server: oauth.Configuration;
  tokens: MemberTokens;
  keep: KeepTokens;
}): Promise<MemberClient<Declared, Optional>> {
  const { settings, server, keep } = of;
  let kept = of.tokens;
  const proof = { DPoP: oauth.getDPoPHandle(server, await keyPairOf(kept.proofKey)) };
  const tokenOf = ({ accessToken, endsAt, scope }: MemberTokens): Token => ({
    value: accessToken,
    endsAt,
    granted: grantedOf(scope, settings.scopes),
  });
  const renew = async (): Promise<Token> => {
    if (kept.refreshToken === null)
      throw new oauth.ClientError('the sign-in has ended and there is no refresh token: let the member sign in again');
    kept = tokensOf(await oauth.refreshTokenGrant(server, kept.refreshToken, { resource: `${settings.issuer}/v1` }, proof), kept);
    await keep.onTokens?.(kept);
    return tokenOf(kept);
  };
  const tokens = tokenSource(renew, tokenOf(kept));
  const end = async () => {
    await oauth.tokenRevocation(server, kept.refreshToken ?? kept.accessToken);
  };
  // The tree is built from the table that the types are made of.
  return clientOf(
    { settings, server, tokens, proof, caller: 'member' },
    { subject: { value: kept.subject, enumerable: true }, end: { value: end } },
  ) as MemberClient<Declared, Optional>;
}

async function keyPairOf(proofKey: JsonWebKey): Promise<CryptoKeyPair> {
  const { d: _secret, key_ops: _use, ...open } = proofKey;
  return {
    privateKey: await crypto.subtle.importKey('jwk', proofKey, PROOF_KEY, false, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', open, PROOF_KEY, true, ['verify']),
  };
}
