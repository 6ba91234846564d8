import { createHash } from 'node:crypto';
import { MemberId } from '@chung/contracts';
import type { JWK } from 'jose';
import Provider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Logger } from 'pino';
import type { Db } from '../../../kernel/db.ts';
import type { Pairwise } from '../../../kernel/pairwise.ts';
import { touchGrant } from '../grant-store.ts';
import { renderErrorPage, renderSignedOutPage, renderSignOutPage } from '../pages/message-page.ts';
import { findAccount, findApp } from '../store.ts';
import { DPOP_ALGORITHMS } from '../tokens/dpop.ts';
import type { TokenReader } from '../tokens/token-reader.ts';
import { createAdapter } from './adapter.ts';
import { authorizeWithoutAsking } from './authorizations.ts';
import { CLIENT_KEY_ALGORITHMS } from './client-metadata.ts';
import type { KnownApps } from './known-apps.ts';
import { completeMetadata } from './metadata.ts';
import { resourceServerFor } from './resource-server.ts';
import type { SeenIds } from './seen-ids.ts';

export interface ProviderDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly pairwise: Pairwise;
  readonly tokens: TokenReader;
  readonly seenIds: SeenIds;
  readonly apps: KnownApps;
  readonly issuer: string;
  readonly resource: string;
  readonly cookieKey: string;
  /** Private ES256 keys; the first one signs. */
  readonly signingKeys: readonly JWK[];
  readonly trustProxy: boolean;
}

const MINUTE = 60;
const DAY = 86_400;

/** Lives in seconds. Access tokens are short although each call looks the grant up: a database restored from yesterday must not revive them. */
export const LIFE = {
  AccessToken: 10 * MINUTE,
  ClientCredentials: 10 * MINUTE,
  AuthorizationCode: MINUTE,
  IdToken: 10 * MINUTE,
  Interaction: 30 * MINUTE,
  RefreshToken: 30 * DAY,
  Session: 14 * DAY,
  /** The longest a sign-in can be refreshed before the person is asked again. */
  Grant: 90 * DAY,
} as const;

/** A client assertion's `exp` may be this far ahead: long enough for any clock, too short to be worth stealing. */
const ASSERTION_SECONDS = 5 * MINUTE;
const CLOCK_TOLERANCE_SECONDS = 10;

export function createProvider(deps: ProviderDeps): Provider {
  const provider = new Provider(deps.issuer, configurationOf(deps));
  provider.proxy = deps.trustProxy;
  provider.use(completeMetadata(deps.resource));
  // The stock check looks and then writes: two nodes could both accept one assertion or proof.
  // The id is hashed: its length is the client's choice.
  provider.ReplayDetection.unique = (issuer, jti, expiresAt) =>
    deps.seenIds.seeOnce(
      createHash('sha256').update(`oauth\0${issuer}\0${jti}`).digest('base64url'),
      expiresAt - Math.floor(Date.now() / 1000),
    );
  provider.on('server_error', (_ctx, error) => deps.log.error({ err: error }, 'authorization server failed'));
  provider.on('access_token.issued', ({ accountId, clientId }) => {
    if (!accountId || !clientId) return;
    touchGrant(deps.db, { accountId, clientId }).catch((error) => deps.log.warn({ err: error }, 'last use of a grant not written'));
  });
  return provider;
}

function configurationOf(deps: ProviderDeps): Configuration {
  const { db, resource } = deps;
  return {
    adapter: createAdapter({ db, apps: deps.apps, tokens: deps.tokens, accessTokenSeconds: LIFE.AccessToken }),
    jwks: { keys: deps.signingKeys.map((key) => ({ ...key })) },
    routes: {
      authorization: '/oauth/authorize',
      pushed_authorization_request: '/oauth/par',
      token: '/oauth/token',
      jwks: '/oauth/jwks',
      revocation: '/oauth/revoke',
      introspection: '/oauth/introspect',
      userinfo: '/oauth/userinfo',
      end_session: '/oauth/end-session',
    },
    scopes: ['openid', 'offline_access'],
    responseTypes: ['code'],
    subjectTypes: ['pairwise', 'public'],
    clientAuthMethods: ['none', 'private_key_jwt'],
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256'],
      clientAuthSigningAlgValues: [...CLIENT_KEY_ALGORITHMS],
      dPoPSigningAlgValues: [...DPOP_ALGORITHMS],
    },
    clientDefaults: { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'private_key_jwt' },
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    cookies: cookiesOf(deps),
    ttl: LIFE,
    features: featuresOf(deps),
    interactions: { policy: createPolicy(db), url: (_ctx, interaction) => `/oauth/interaction/${interaction.uid}` },
    findAccount: async (_ctx, accountId) => {
      const account = await findAccount(db, { id: accountId });
      if (account?.state !== 'open') return undefined;
      // `openid` opens a pairwise id and nothing else; all other data has its scope at the API.
      return { accountId, kind: account.kind, claims: async () => ({ sub: accountId }) };
    },
    pairwiseIdentifier: async (_ctx, accountId, client) => {
      const [account, app] = await Promise.all([findAccount(db, { id: accountId }), findApp(db, client.clientId)]);
      // People of partners and admins have no member id; their account's takes its place.
      return deps.pairwise.subject(app?.partnerId ?? null, account?.memberId ?? MemberId.parse(accountId));
    },
    loadExistingGrant: (ctx) => authorizeWithoutAsking(ctx, { db, pairwise: deps.pairwise, resource }),
    // Which sign-in a JWT came of: looked up at every call, so that it dies with its grant.
    extraTokenClaims: (_ctx, token) => (token.kind === 'AccessToken' ? { gid: token.grantId } : undefined),
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    // Signing out of one web app must not end the partner apps that the member uses elsewhere; they have their own grants.
    expiresWithSession: async () => false,
    revokeGrantPolicy: () => true,
    assertJwtClientAuthClaimsAndHeader: async (_ctx, claims) => checkAssertion(deps.issuer, claims),
    clientBasedCORS: (_ctx, origin, client) =>
      client.tokenEndpointAuthMethod === 'none' && (client.redirectUris ?? []).some((uri) => URL.parse(uri)?.origin === origin),
    renderError: renderErrorPage,
  };
}

function cookiesOf(deps: ProviderDeps): Configuration['cookies'] {
  const options = { httpOnly: true, sameSite: 'lax', path: '/', signed: true } as const;
  return {
    keys: [deps.cookieKey],
    names: { session: 'chung_platform', interaction: 'chung_interaction', resume: 'chung_resume' },
    long: options,
    short: { httpOnly: true, sameSite: 'lax', signed: true },
  };
}

function featuresOf(deps: ProviderDeps): Configuration['features'] {
  const { apps, resource } = deps;
  const ownTokens = async (_ctx: KoaContextWithOIDC, client: { clientId: string }, token: { clientId?: string | undefined }) =>
    token.clientId === client.clientId;
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    introspection: { enabled: true, allowedPolicy: ownTokens },
    revocation: { enabled: true, allowedPolicy: ownTokens },
    rpInitiatedLogout: { enabled: true, logoutSource: renderSignOutPage, postLogoutSuccessSource: renderSignedOutPage },
    resourceIndicators: {
      enabled: true,
      // There is one resource; without this a token asked without `resource` would be an opaque one that our API cannot read.
      defaultResource: async () => resource,
      useGrantedResource: async () => true,
      getResourceServerInfo: (ctx, indicator, client) =>
        resourceServerFor({ apps, resource, accessTokenSeconds: LIFE.AccessToken }, { ctx, indicator, clientId: client.clientId }),
    },
  };
}

/** RFC 7523bis: the audience is this issuer, as a string and nothing else, so that an assertion made for us is good nowhere else. */
function checkAssertion(issuer: string, claims: Record<string, unknown>): void {
  if (claims['aud'] !== issuer) throw new errors.InvalidClientAuth('the assertion’s aud must be the issuer, as one string');
  const latest = Math.floor(Date.now() / 1000) + ASSERTION_SECONDS + CLOCK_TOLERANCE_SECONDS;
  if (typeof claims['exp'] !== 'number' || claims['exp'] > latest)
    throw new errors.InvalidClientAuth('the assertion’s exp is too far ahead');
}

/** The stock prompts, and two reasons more to sign in: the account is gone, or is not of the kind that this app is for. */
function createPolicy(db: Db): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  policy.get('login')?.checks.add(
    new Check('other_account_needed', 'another kind of account is needed here', 'login_required', async (ctx) => {
      const { session, account, client } = ctx.oidc;
      if (!session?.accountId) return Check.NO_NEED_TO_PROMPT;
      if (!account) return Check.REQUEST_PROMPT;
      const app = client ? await findApp(db, client.clientId) : null;
      return app?.actor && app.actor !== account['kind'] ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
  );
  return policy;
}
