// What all connections to the platform share: finding it, sending tokens with or without a proof, replacing a token that is worth nothing.
import { type Language, OPERATIONS, type OperationSpec, type Scope } from '@chung/contracts';
import * as oauth from 'openid-client';
import { ApiError } from './errors.ts';
import { createClient } from './index.ts';
import { type Invoke, operationsOver } from './operations.ts';
import type { Client, ClientOptions } from './types.ts';

/** The private key (JWK, ES256) whose public part is registered for an app. */
export type AppKey = oauth.JWK;

export interface PlatformSettings extends Pick<ClientOptions, 'timeoutSeconds' | 'attempts'> {
  /** The platform's issuer, also the base of its API, e.g. `https://chung.example`. */
  readonly issuer: string;
  readonly clientId: string;
  /** The language of refusals' words, for a program that shows them to a person; the platform's own unless told. */
  readonly language?: Language;
}

export interface Token {
  readonly value: string;
  /** Milliseconds of the clock; replaced from then on. */
  readonly endsAt: number;
  readonly granted: ReadonlySet<Scope>;
}

/** Gives tokens; all who need a new one at the same time wait for the same. */
export interface TokenSource {
  readonly current: Token | null;
  fresh(): Promise<Token>;
  renew(): Promise<Token>;
}

const RENEW_BEFORE_MS = 30_000;

export const endOf = (lifeSeconds: number | undefined): number => Date.now() + (lifeSeconds ?? 0) * 1000 - RENEW_BEFORE_MS;

export function tokenSource(ask: () => Promise<Token>, first: Token | null = null): TokenSource {
  let current = first;
  let asking: Promise<Token> | null = null;
  const renew = () => {
    asking ??= ask()
      .then((token) => {
        current = token;
        return token;
      })
      .finally(() => {
        asking = null;
      });
    return asking;
  };
  return {
    get current() {
      return current;
    },
    renew,
    fresh: async () => (current && Date.now() < current.endsAt ? current : renew()),
  };
}

/** Without a key the app is a public client: whoever uses it proves themselves by PKCE and DPoP alone. */
export async function discover({ issuer, clientId }: PlatformSettings, appKey: AppKey | null): Promise<oauth.Configuration> {
  // Only a platform on this machine speaks plain HTTP.
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(issuer).hostname);
  const execute = isLocal ? [oauth.allowInsecureRequests] : [];
  return oauth.discovery(new URL(issuer), clientId, {}, appKey ? await signedBy(appKey) : oauth.None(), { execute });
}

async function signedBy(appKey: AppKey): Promise<oauth.ClientAuth> {
  const jwk = { ...appKey, key_ops: ['sign'] };
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return oauth.PrivateKeyJwt({ key, ...(typeof appKey.kid === 'string' && { kid: appKey.kid }) });
}

export interface Connection {
  readonly settings: PlatformSettings;
  readonly server: oauth.Configuration;
  readonly tokens: TokenSource;
  readonly proof: oauth.DPoPOptions;
  readonly caller: 'partner' | 'member';
}

/** The operations of one caller over a connection, with what the caller's client can do beside them. */
export function clientOf(connection: Connection, own: PropertyDescriptorMap): object {
  const { settings, tokens, caller } = connection;
  const { timeoutSeconds, attempts, language } = settings;
  const client = createClient({
    baseUrl: settings.issuer,
    fetch: (input, init = {}) => sendWithToken(connection, String(input), init),
    ...(language !== undefined && { headers: () => ({ 'accept-language': language }) }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(attempts !== undefined && { attempts }),
  });
  const operations = operationsOver(OPERATIONS.filter(isFor(caller)), renewing(client, tokens));
  const granted = () => tokens.current?.granted ?? new Set<Scope>();
  return Object.freeze(
    Object.defineProperties(Object.create(null), {
      ...Object.getOwnPropertyDescriptors(operations),
      granted: { get: granted, enumerable: true },
      has: { value: (scope: Scope) => granted().has(scope) },
      ...own,
    }),
  );
}

const isFor =
  (caller: Connection['caller']) =>
  ({ actor }: OperationSpec): boolean =>
    actor === caller || actor === 'public';

/** A token that the platform no longer takes (a key was changed, a node restarted) is replaced once, silently. */
function renewing(client: Client, tokens: TokenSource): Invoke {
  const call = client.call as Invoke;
  return async (id, input) => {
    // Here and not on the way out: what refuses a token is no failure of the wire, and is told as it is.
    const { value } = await tokens.fresh();
    try {
      return await call(id, input);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      // Another call that was refused for the same token may have replaced it meanwhile; a refresh token works once.
      if (tokens.current?.value === value) await tokens.renew();
      return call(id, input);
    }
  };
}

/** Proofs are openid-client's work; a plain token needs none of it. */
async function sendWithToken({ server, tokens, proof }: Connection, url: string, init: RequestInit): Promise<Response> {
  const { value } = await tokens.fresh();
  const headers = new Headers(init.headers);
  if (!proof.DPoP) {
    headers.set('authorization', `Bearer ${value}`);
    return fetch(url, { ...init, headers });
  }
  const body = init.body instanceof Blob ? await init.body.arrayBuffer() : init.body;
  const asked = oauth.fetchProtectedResource(server, value, new URL(url), init.method ?? 'GET', body as oauth.FetchBody, headers, proof);
  // openid-client throws what the platform answers with a challenge; to the caller that is an answer like any other.
  const answered = asked.catch((error: unknown) => {
    if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response;
    throw error instanceof oauth.ClientError && error.cause instanceof Error ? error.cause : error;
  });
  return init.signal ? Promise.race([answered, aborted(init.signal)]) : answered;
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
