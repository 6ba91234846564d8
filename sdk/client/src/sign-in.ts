// Signing a person in, member or partner's: code with PKCE, tokens bound to a key, renewed with rotation. The doors `member` and `partner` type it.
import type { Language, Scope } from '@chung/contracts';
import * as oauth from 'openid-client';
import { type AppKey, clientOf, discover, endOf, type PlatformSettings, type Token, tokenSource } from './connection.ts';
import { grantedOf } from './scope-errors.ts';

/** An attempt to sign in, between `begin` and `finish`: keep it where nobody but the person who began it can read or set it. */
export interface SignInAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What a signed-in person leaves with a program. Keep it as safely as a password: the refresh token is one. */
export interface PersonTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Milliseconds of the clock. */
  readonly endsAt: number;
  readonly scope: string;
  /** The person's id for this app's partner; another partner sees another one. */
  readonly subject: string;
  /** The private key that the tokens are bound to (DPoP, RFC 9449). */
  readonly proofKey: JsonWebKey;
}

export interface KeepTokens {
  /** Told of every new set: a refresh token works once, so one that is not kept is lost. */
  readonly onTokens?: (tokens: PersonTokens) => Promise<void> | void;
  /**
   * For a sign-in that several processes share: called when tokens must be renewed, with those held here. Keep the others out meanwhile, and
   * answer the tokens to go on with: newer ones that another process has left, or what `renew` makes of the latest.
   */
  readonly renewing?: (held: PersonTokens, renew: (latest: PersonTokens) => Promise<PersonTokens>) => Promise<PersonTokens>;
}

export interface BeginOptions {
  /** Of the platform's pages. */
  readonly language?: Language | undefined;
  /** `login` asks who it is although somebody is signed in already; `consent` asks also for what was granted or refused before. */
  readonly prompt?: 'login' | 'consent' | undefined;
  /**
   * `pushed` (PAR, RFC 9126) puts nothing of the request into the address, which then works for a minute. `plain` is for an address that a
   * person carries to another machine; apps with a key cannot use it.
   */
  readonly request?: 'pushed' | 'plain' | undefined;
}

export interface Signing {
  readonly settings: PlatformSettings & {
    readonly redirectUri: string;
    readonly scopes: readonly Scope[];
    readonly optional: readonly Scope[];
  };
  readonly appKey: AppKey | null;
  readonly caller: 'member' | 'partner';
}

/** Tokens are bound to this kind of key. */
const PROOF_KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** What `memberSignIn` and `partnerSignIn` are made of; their doors give the clients their types. */
export async function openSignIn({ settings, appKey, caller }: Signing) {
  const server = await discover(settings, appKey);
  const resource = `${settings.issuer}/v1`;
  const connect = (tokens: PersonTokens, keep: KeepTokens) => connectPerson({ settings, server, tokens, keep, caller });
  return {
    begin: async ({ language, prompt, request = 'pushed' }: BeginOptions = {}) => {
      const attempt = { state: oauth.randomState(), nonce: oauth.randomNonce(), verifier: oauth.randomPKCECodeVerifier() };
      const parameters = {
        redirect_uri: settings.redirectUri,
        scope: [...new Set(['openid', ...settings.scopes, ...settings.optional])].join(' '),
        resource,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
        ...(language && { ui_locales: language }),
        ...(prompt && { prompt }),
      };
      const url =
        request === 'pushed'
          ? await oauth.buildAuthorizationUrlWithPAR(server, parameters)
          : oauth.buildAuthorizationUrl(server, parameters);
      return { url, attempt };
    },
    finish: async (callback: URL, attempt: SignInAttempt, keep: KeepTokens = {}) => {
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
      try {
        const client = await connect(tokens, keep);
        await keep.onTokens?.(tokens);
        return client;
      } catch (error) {
        // Too little was granted, or the tokens cannot be kept: a sign-in that nobody will use must not live on.
        await oauth.tokenRevocation(server, tokens.refreshToken ?? tokens.accessToken).catch(() => {});
        throw error;
      }
    },
    resume: (tokens: PersonTokens, keep: KeepTokens = {}) => connect(tokens, keep),
  };
}

type Given = Awaited<ReturnType<typeof oauth.refreshTokenGrant>>;

function tokensOf(given: Given, before: Pick<PersonTokens, 'subject' | 'proofKey' | 'refreshToken'> & { scope?: string }): PersonTokens {
  return {
    accessToken: given.access_token,
    refreshToken: given.refresh_token ?? before.refreshToken,
    endsAt: endOf(given.expiresIn()),
    scope: given.scope ?? before.scope ?? '',
    subject: before.subject,
    proofKey: before.proofKey,
  };
}

async function connectPerson(of: {
  settings: Signing['settings'];
  server: oauth.Configuration;
  tokens: PersonTokens;
  keep: KeepTokens;
  caller: Signing['caller'];
}): Promise<object> {
  const { settings, server, keep, caller } = of;
  let kept = of.tokens;
  const handleOf = async ({ proofKey }: PersonTokens) => oauth.getDPoPHandle(server, await keyPairOf(proofKey));
  const proof = { DPoP: await handleOf(kept) };
  const tokenOf = ({ accessToken, endsAt, scope }: PersonTokens): Token => ({
    value: accessToken,
    endsAt,
    granted: grantedOf(scope, settings.scopes),
  });
  const refreshed = async (latest: PersonTokens): Promise<PersonTokens> => {
    if (latest.refreshToken === null)
      throw new oauth.ClientError('the sign-in has ended and there is no refresh token: the person must sign in again');
    const key = { DPoP: await handleOf(latest) };
    return tokensOf(await oauth.refreshTokenGrant(server, latest.refreshToken, { resource: `${settings.issuer}/v1` }, key), latest);
  };
  const renew = async (): Promise<Token> => {
    const next = await (keep.renewing ? keep.renewing(kept, refreshed) : refreshed(kept));
    // Another process may have signed in anew, with another key.
    if (next.proofKey.x !== kept.proofKey.x) proof.DPoP = await handleOf(next);
    kept = next;
    await keep.onTokens?.(kept);
    return tokenOf(kept);
  };
  const tokens = tokenSource(renew, tokenOf(kept));
  const end = async () => {
    await oauth.tokenRevocation(server, kept.refreshToken ?? kept.accessToken);
  };
  return clientOf({ settings, server, tokens, proof, caller }, { subject: { value: kept.subject, enumerable: true }, end: { value: end } });
}

async function keyPairOf(proofKey: JsonWebKey): Promise<CryptoKeyPair> {
  const { d: _secret, key_ops: _use, ...open } = proofKey;
  return {
    privateKey: await crypto.subtle.importKey('jwk', proofKey, PROOF_KEY, false, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', open, PROOF_KEY, true, ['verify']),
  };
}
