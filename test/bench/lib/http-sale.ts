// The sale over HTTP: real server processes, and members signed in to the platform's own app.
import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import type { AccountId, MemberId } from '@chung/contracts';
import { readConfig } from '../../../platform/server/src/config.ts';
import { createWebSessions } from '../../../platform/server/src/rooms/identity/sessions/web-sessions.ts';
import { loadKeys } from '../../../platform/server/src/secrets.ts';
import { freePort, type ServerProcess, startServer } from '../../harness/server-process.ts';
import { signIn } from '../../harness/session.ts';
import type { BenchContext } from './bench.ts';
import type { LoadOrder } from './load.ts';
import { openSale, type Sale, type SaleOptions } from './sale.ts';

export interface HttpSale {
  readonly sale: Sale;
  readonly servers: readonly ServerProcess[];
  readonly ports: readonly number[];
  /** What every request of the member app carries, and what each member's carries. */
  readonly headers: string;
  readonly callers: readonly string[];
}

interface HttpSaleOptions extends Pick<SaleOptions, 'directory' | 'database'> {
  readonly servers: number;
}

/** So many that none comes back while an answer about them is still in memory: in a sale everybody comes once. */
const SIGNED_IN = 20_000;
const PERSON = { username: 'bench.member', password: 'correct horse battery' };

export async function openHttpSale(context: BenchContext, options: HttpSaleOptions): Promise<HttpSale> {
  const sale = await openSale(context, { members: SIGNED_IN, ...options });
  const ports = await Promise.all(Array.from({ length: options.servers }, freePort));
  const baseUrl = `http://localhost:${ports[0]}`;
  const servers: ServerProcess[] = [];
  for (const port of ports) {
    const settings = { ...sale.settings, CHUNG_BASE_URL: baseUrl, DATABASE_URL: sale.database.ownerUrl, PORT: String(port) };
    const server = await startServer(settings);
    context.defer(() => server.interrupt());
    servers.push(server);
  }
  const callers = await signInMembers(sale, baseUrl);
  context.say(
    `${options.servers} server process${options.servers > 1 ? 'es' : ''}, ${callers.length.toLocaleString('en')} members signed in to the member app`,
  );
  return { sale, servers, ports, headers: commonHeaders(baseUrl), callers };
}

/** As a browser sends them for a call of the member app's own page. */
const commonHeaders = (baseUrl: string): string =>
  [
    'user-agent: Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
    'accept: application/json',
    'accept-language: vi-VN,vi;q=0.9,en;q=0.8',
    'accept-encoding: gzip, deflate, br',
    'connection: keep-alive',
    'content-type: application/json',
    `origin: ${baseUrl}`,
    'sec-fetch-site: same-origin',
    'sec-fetch-mode: cors',
    'x-chung-app: member',
    '',
  ].join('\r\n');

/**
 * One member signs in through the pages; the others get the same rows that this left behind, each with an account, a grant and
 * a cookie of their own. Twenty thousand password checks would take an hour and measure nothing that a claim pays for.
 */
async function signInMembers(sale: Sale, baseUrl: string): Promise<string[]> {
  const { platform, owner, members, settings } = sale;
  const [first, ...others] = members;
  if (!first) throw new Error('a sale has members');
  const account = { kind: 'member', displayName: 'Nguyễn Văn Đo', memberId: first, ...PERSON } as const;
  const accountId = await platform.db.tx((tx) => platform.identity.createAccount(tx, account));
  await signIn(baseUrl, 'member', PERSON);
  const config = readConfig(settings, path.resolve(import.meta.dirname, '../../..'));
  const keys = await loadKeys(config);
  const sessions = createWebSessions({ db: platform.db, secret: keys.cookie, baseUrl, cacheMilliseconds: 0 });
  const cookies = others.map(() => randomBytes(32).toString('base64url'));
  await cloneSignIn(owner, { accountId, members: others, cookies });
  const name = sessions.cookieName('member');
  return cookies.map((cookie) => `cookie: ${name}=${cookie}\r\nx-csrf-token: ${sessions.csrfTokenOf(cookie)}\r\n`);
}

async function cloneSignIn(
  owner: Sale['owner'],
  { accountId, members, cookies }: { accountId: AccountId; members: readonly MemberId[]; cookies: readonly string[] },
): Promise<void> {
  await owner.query(
    `CREATE TEMP TABLE signed_in AS
     SELECT gen_random_uuid() AS account, 'bench-' || gen_random_uuid() AS oidc_grant, member, hash
       FROM unnest($1::uuid[], $2::bytea[]) AS given (member, hash)`,
    [members, cookies.map((cookie) => createHash('sha256').update(cookie).digest())],
  );
  await owner.query(
    `INSERT INTO chung.accounts (id, kind, username, password_hash, display_name, member_id)
     SELECT s.account, a.kind, 'bench.' || s.account, a.password_hash, a.display_name, s.member FROM signed_in s, chung.accounts a WHERE a.id = $1`,
    [accountId],
  );
  await owner.query(
    `INSERT INTO chung.oidc_artifacts (model, id, payload, grant_id, uid, account_id, client_id, expires_at)
     SELECT g.model, s.oidc_grant, jsonb_set(g.payload, '{accountId}', to_jsonb(s.account::text)), s.oidc_grant, g.uid, s.account, g.client_id, g.expires_at
       FROM signed_in s, chung.oidc_artifacts g WHERE g.model = 'Grant' AND g.account_id = $1`,
    [accountId],
  );
  await owner.query(
    `INSERT INTO chung.web_sessions (token_hash, app, account_id, oidc_grant, scopes, expires_at)
     SELECT s.hash, w.app, s.account, s.oidc_grant, w.scopes, w.expires_at FROM signed_in s, chung.web_sessions w WHERE w.account_id = $1`,
    [accountId],
  );
  await owner.query('ANALYZE');
}

/** An order of claims by the members, as many connections in all as told. */
export function claimOrder(
  http: HttpSale,
  order: Pick<LoadOrder, 'connections' | 'seconds' | 'ports'> & { readonly offers: readonly string[]; readonly stopAtRefusal?: boolean },
): LoadOrder {
  return {
    ports: order.ports,
    connections: order.connections,
    seconds: order.seconds,
    paths: order.offers.map((offerId) => `/v1/offers/${offerId}/redemptions`),
    headers: http.headers,
    callers: http.callers,
    stopAtRefusal: order.stopAtRefusal ?? false,
  };
}
