import { OPERATIONS, type OperationSpec, type Scope } from '@chung/contracts';
import * as oauth from 'openid-client';
import { ApiError } from './errors.ts';
import { createClient } from './index.ts';
import { type Invoke, operationsOver } from './operations.ts';
import { grantedOf } from './scope-errors.ts';
import type { Declares, IdFor, Operations } from './scoped-types.ts';
import type { Client, ClientOptions } from './types.ts';

export { ScopesNotGrantedError } from './scope-errors.ts';
export type { ListMethod, Method, MethodInput, MethodOptions, MethodReply, MissingScope, WalkMethod } from './scoped-types.ts';

/** Scopes that a partner's backend can be given. */
export type PartnerScope = Extract<Scope, `partner.${string}`>;

export interface PartnerSettings<Declared extends PartnerScope, Optional extends PartnerScope>
  extends Pick<ClientOptions, 'timeoutSeconds' | 'attempts'> {
  /** The platform's issuer, also the base of its API, e.g. `https://chung.example`. */
  readonly issuer: string;
  readonly clientId: string;
  /** The private key (JWK, ES256) whose public part is registered for this app. */
  readonly privateKey: oauth.JWK;
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

const RENEW_BEFORE_MS = 30_000;

interface Token {
  readonly value: string;
  readonly endsAt: number;
  readonly granted: ReadonlySet<Scope>;
}

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
  const tokens = await tokenSource(settings);
  await tokens.fresh();
  const { timeoutSeconds, attempts } = settings;
  const client = createClient({
    baseUrl: settings.issuer,
    fetch: tokens.fetch,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(attempts !== undefined && { attempts }),
  });
  const operations = operationsOver(placedFor('partner'), renewing(client, tokens));
  const self = Object.freeze(
    Object.defineProperties(Object.create(null), {
      ...Object.getOwnPropertyDescriptors(operations),
      granted: { get: () => tokens.granted(), enumerable: true },
      has: { value: (scope: Scope) => tokens.granted().has(scope) },
    }),
  );
  return self;
}

const placedFor = (caller: 'partner' | 'member'): readonly OperationSpec[] =>
  OPERATIONS.filter(({ actor }) => actor === caller || actor === 'public');

/** A token that the platform no longer takes (a key was changed, a node restarted) is replaced once, silently. */
function renewing(client: Client, tokens: TokenSource): Invoke {
  const call = client.call as Invoke;
  return async (id, input) => {
    try {
      return await call(id, input);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      await tokens.renew();
      return call(id, input);
    }
  };
}

interface TokenSource {
  fresh(): Promise<Token>;
  renew(): Promise<Token>;
  granted(): ReadonlySet<Scope>;
  readonly fetch: typeof fetch;
}

async function tokenSource<Declared extends PartnerScope, Optional extends PartnerScope>(
  settings: PartnerSettings<Declared, Optional>,
): Promise<TokenSource> {
  const server = await discover(settings);
  const proof: oauth.DPoPOptions =
    settings.proof === 'dpop' ? { DPoP: oauth.getDPoPHandle(server, await oauth.randomDPoPKeyPair('ES256')) } : {};
  const ask = async (optional: readonly Scope[] = settings.optional ?? []): Promise<Token> => {
    const scope = [...settings.scopes, ...optional].join(' ');
    try {
      const tokens = await oauth.clientCredentialsGrant(server, { resource: `${settings.issuer}/v1`, scope }, proof);
      const lifeMs = (tokens.expiresIn() ?? 0) * 1000;
      const granted = grantedOf(tokens.scope ?? scope, settings.scopes);
      return { value: tokens.access_token, endsAt: Date.now() + lifeMs - RENEW_BEFORE_MS, granted };
    } catch (error) {
      const refused = refusedScopes(error);
      const left = optional.filter((one) => !refused.has(one));
      // Only optional ones may be missing; whatever else was refused is an error of its own.
      grantedOf(settings.scopes.filter((one) => !refused.has(one)).join(' '), settings.scopes);
      if (left.length === optional.length) throw error;
      return ask(left);
    }
  };
  let current: Token | null = null;
  let asking: Promise<Token> | null = null;
  // All calls that need a new token wait for the same one.
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
  const fresh = async () => (current && Date.now() < current.endsAt ? current : renew());
  return {
    fresh,
    renew,
    granted: () => current?.granted ?? new Set(),
    fetch: async (input, init = {}) => {
      const { value } = await fresh();
      // Proofs are openid-client's work; a plain token needs none of it.
      return proof.DPoP ? proven({ server, token: value, proof }, String(input), init) : fetch(input, bearing(value, init));
    },
  };
}

/** The platform refuses unknown scopes and those it has not approved by name (`scope` of RFC 6749's error answer). */
function refusedScopes(error: unknown): ReadonlySet<string> {
  if (!(error instanceof oauth.ResponseBodyError) || error.error !== 'invalid_scope') return new Set();
  const { scope } = error.cause;
  return new Set(typeof scope === 'string' ? scope.split(' ') : []);
}

function bearing(token: string, init: RequestInit): RequestInit {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}

/** openid-client throws what the platform answers with a challenge; to the caller that is an answer like any other. */
async function proven(
  { server, token, proof }: { server: oauth.Configuration; token: string; proof: oauth.DPoPOptions },
  url: string,
  init: RequestInit,
): Promise<Response> {
  const body = init.body instanceof Blob ? await init.body.arrayBuffer() : init.body;
  const { signal } = init;
  const asked = oauth.fetchProtectedResource(
    server,
    token,
    new URL(url),
    init.method ?? 'GET',
    body as oauth.FetchBody,
    new Headers(init.headers),
    proof,
  );
  const answered = asked.catch((error: unknown) => {
    if (error instanceof oauth.WWWAuthenticateChallengeError) return error.response;
    throw error instanceof oauth.ClientError && error.cause instanceof Error ? error.cause : error;
  });
  return signal ? Promise.race([answered, aborted(signal)]) : answered;
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

async function discover(settings: Pick<PartnerSettings<never, never>, 'issuer' | 'clientId' | 'privateKey'>): Promise<oauth.Configuration> {
  const { issuer, clientId, privateKey } = settings;
  const key = await crypto.subtle.importKey('jwk', { ...privateKey, key_ops: ['sign'] }, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
    'sign',
  ]);
  const authentication = oauth.PrivateKeyJwt({ key, ...(typeof privateKey.kid === 'string' && { kid: privateKey.kid }) });
  // Only a platform on this machine speaks plain HTTP.
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(issuer).hostname);
  return oauth.discovery(new URL(issuer), clientId, {}, authentication, { execute: isLocal ? [oauth.allowInsecureRequests] : [] });
}
