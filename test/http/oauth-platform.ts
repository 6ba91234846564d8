// The identity room alone behind a real socket and a real database: what OAuth tests need and nothing else.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AccountId, ERRORS, type MemberId, type PartnerId, type Scope } from '@chung/contracts';
import express from 'express';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import * as client from 'openid-client';
import pg from 'pg';
import pino from 'pino';
import { createDb, type Db } from '../../platform/server/src/kernel/db.ts';
import { DomainError } from '../../platform/server/src/kernel/errors.ts';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { deriveKeys } from '../../platform/server/src/kernel/keys.ts';
import { createPairwise } from '../../platform/server/src/kernel/pairwise.ts';
import { createIdentity, type Identity, type IdentityOptions, type NewApp } from '../../platform/server/src/rooms/identity/index.ts';
import { createTestDatabase } from '../harness/database.ts';

export const PASSWORD = 'đường-đến-trường-2026';

const DEFAULT_SCOPES: Scope[] = ['offers:read', 'partner.offers:read'];

export interface TestApp {
  readonly clientId: string;
  readonly partnerId: PartnerId;
  readonly privateKey: CryptoKey;
  readonly redirectUri: string;
}

export interface OauthPlatform {
  readonly baseUrl: string;
  readonly listensAt: string;
  readonly resource: string;
  readonly db: Db;
  /** The database's owner, for looking behind the server's back. */
  readonly owner: pg.Client;
  readonly identity: Identity;
  /** The same platform in another process's place: own caches, same database. */
  secondNode(): Promise<Identity>;
  readonly pairwise: ReturnType<typeof createPairwise>;
  /** The authorization server's private key, for forging. */
  readonly signingKey: JWK;
  addMember(username?: string): Promise<{ username: string; memberId: MemberId; accountId: AccountId }>;
  addPartner(status?: 'applied' | 'active'): Promise<PartnerId>;
  addApp(app?: { partnerId?: PartnerId; scopes?: Scope[]; optionalScopes?: Scope[]; redirectUri?: string }): Promise<TestApp>;
  /** openid-client, set up as this app's backend. */
  backendOf(app: TestApp): Promise<client.Configuration>;
  /** Ends the server's connections and lets no new one in. */
  cutDatabase(): Promise<void>;
  close(): Promise<void>;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

async function testKeys() {
  const token = await generateKeyPair('ES256', { extractable: true });
  const receipt = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const [tokenJwk, receiptJwk] = await Promise.all([exportJWK(token.privateKey), exportJWK(receipt.privateKey)]);
  return deriveKeys(randomBytes(32).toString('hex'), { token: [tokenJwk], receipt: [receiptJwk] });
}

/** Starts a platform on its own database. `/v1/probe` answers who the API sees. */
export async function startOauthPlatform({
  publicUrl,
  ...extra
}: Partial<IdentityOptions> & { publicUrl?: string } = {}): Promise<OauthPlatform> {
  const database = await createTestDatabase();
  const db = createDb(database.serverUrl, { poolSize: 8, onIdleError: () => {} });
  const app = express();
  const server = createServer(app);
  // `localhost` has two addresses and Node tries both, so the server may listen on the first free port of one.
  const listensAt = await listen(server);
  const baseUrl = publicUrl ?? listensAt;
  const keys = await testKeys();
  const pairwise = createPairwise(keys.pairwise);
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const options = {
    db,
    keys,
    pairwise,
    baseUrl,
    log,
    selfOrigin: () => listensAt,
    partnerName: async () => 'Công ty Thử nghiệm',
    ...extra,
  };
  const identity = await createIdentity(options);
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await identity.ensureFirstPartyClients();
  app.use(identity.router);
  app.all('/v1/probe', async (request, response) => {
    try {
      const principal = await identity.authenticate(request);
      if (principal) response.json(principal);
      else response.status(401).set('www-authenticate', identity.challenge()).json({ code: 'unauthenticated' });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.extras.challenge) response.set('www-authenticate', error.extras.challenge);
      response.status(ERRORS[error.code].status).json({ code: error.code });
    }
  });
  return {
    baseUrl,
    listensAt,
    resource: `${baseUrl}/v1`,
    db,
    owner,
    identity,
    secondNode: () => createIdentity(options),
    pairwise,
    signingKey: keys.tokenSigning[0] as JWK,
    ...fixtures(db, identity, baseUrl),
    cutDatabase: async () => {
      const { pathname } = new URL(database.ownerUrl);
      await owner.query(`ALTER DATABASE ${pathname.slice(1)} CONNECTION LIMIT 0`);
      await owner.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'chung_server'`,
      );
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.close();
      await owner.end();
      await database.drop();
    },
  };
}

function fixtures(db: Db, identity: Identity, baseUrl: string): Pick<OauthPlatform, 'addMember' | 'addPartner' | 'addApp' | 'backendOf'> {
  let count = 0;
  const addPartner: OauthPlatform['addPartner'] = async (status = 'active') => {
    const partnerId = newId<PartnerId>();
    await db.tx((tx) => identity.setPartnerStatus(tx, partnerId, status));
    return partnerId;
  };
  return {
    addPartner,
    addMember: async (username = `doanvien${++count}`) => {
      const memberId = newId<MemberId>();
      const account = { kind: 'member', username, password: PASSWORD, displayName: `Nguyễn Thị ${username}`, memberId } as const;
      return { username, memberId, accountId: await db.tx((tx) => identity.createAccount(tx, account)) };
    },
    addApp: async ({ partnerId, scopes = DEFAULT_SCOPES, optionalScopes = [], redirectUri = 'https://app.example.vn/callback' } = {}) => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      const jwk: JWK = { ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'k1', use: 'sig' };
      const made = {
        clientId: `app-${++count}-${randomBytes(4).toString('hex')}`,
        partnerId: partnerId ?? (await addPartner()),
        privateKey,
        redirectUri,
      };
      const purposes: NewApp['purposes'] = Object.fromEntries(
        scopes.map((scope) => [scope, { vi: `Để làm ${scope}`, en: `To do ${scope}` }]),
      );
      const { clientId } = made;
      const app = {
        clientId,
        partnerId: made.partnerId,
        name: 'Ứng dụng thử',
        jwks: { keys: [jwk] },
        redirectUris: [redirectUri],
        scopes,
        optionalScopes,
        purposes,
      };
      await db.tx((tx) => identity.registerClient(tx, app));
      return made;
    },
    backendOf: (app) => discover(baseUrl, app.clientId, client.PrivateKeyJwt({ key: app.privateKey, kid: 'k1' })),
  };
}

export function discover(baseUrl: string, clientId: string, authentication: client.ClientAuth): Promise<client.Configuration> {
  return client.discovery(new URL(baseUrl), clientId, { id_token_signed_response_alg: 'ES256' }, authentication, {
    execute: [client.allowInsecureRequests],
  });
}

/** A request's proof key and code verifier, fresh for each sign-in. */
export async function pkce(): Promise<{ verifier: string; challenge: string }> {
  const verifier = client.randomPKCECodeVerifier();
  return { verifier, challenge: await client.calculatePKCECodeChallenge(verifier) };
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
