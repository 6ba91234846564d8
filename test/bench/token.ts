import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { freePort, startServer } from '../harness/server-process.ts';
import { type Bench, type BenchContext, inTurns, ratioOf } from './lib/bench.ts';
import { type LoadReport, runLoad } from './lib/load.ts';
import { openSale } from './lib/sale.ts';
import { startSide } from './lib/side-process.ts';

const CONNECTIONS = 64;
const CLIENT = 'bench-backend';
const SCOPE = 'partner.offers:read';
/** More than a side can answer: an assertion is good for one token. */
const ASSERTIONS_A_SECOND = 5_000;

export const bench: Bench = {
  name: 'token',
  what: 'client-credentials tokens, private_key_jwt (ES256), each assertion accepted once over all nodes, durable adapter, 64 connections',
  reference: 'oidc-provider as it comes (memory adapter, RS256) with the same private_key_jwt',
  bars: [{ figure: 'ratio', better: 'more', must: 1, goal: 2 }],
  run: async (context) => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicJwk = { ...key.publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256', use: 'sig' };
    const server = await startOurs(context, publicJwk);
    const stockPort = await freePort();
    await startSide(context, 'stock-provider.ts', [String(stockPort), JSON.stringify(publicJwk), CLIENT, SCOPE]);
    const folder = await context.folder();
    const broken: string[] = [];
    const load = async (side: { port: number; path: string; headers?: string; bodies?: readonly string[] }) => {
      const bodies = side.bodies ?? assertions(key.privateKey, `http://localhost:${side.port}`, context.seconds * ASSERTIONS_A_SECOND);
      const headers = `content-type: application/x-www-form-urlencoded\r\n${side.headers ?? ''}`;
      const order = { ports: [side.port], connections: CONNECTIONS, seconds: context.seconds, paths: [side.path], callers: [] };
      const report = await runLoad(folder, { ...order, headers, bodies, stopAtRefusal: false });
      broken.push(...notTokens(side.path, report));
      return report.rate;
    };
    const ours = () => load({ port: server.port, path: '/oauth/token' });
    const stock = () => load({ port: stockPort, path: '/token' });
    const stockBasic = () => load({ port: stockPort, path: '/token', ...basic(context.seconds * ASSERTIONS_A_SECOND) });
    for (const side of [ours, stock, stockBasic]) await side();
    const turns = await inTurns(context, { ours, stock, stockBasic });
    return {
      figures: [
        { name: 'ratio', unit: '×', samples: ratioOf(turns.ours, turns.stock) },
        { name: 'ratio to stock with client_secret_basic', unit: '×', samples: ratioOf(turns.ours, turns.stockBasic) },
        { name: 'ours', unit: 'tokens/s', samples: turns.ours },
        { name: 'stock, private_key_jwt', unit: 'tokens/s', samples: turns.stock },
        { name: 'stock, client_secret_basic', unit: 'tokens/s', samples: turns.stockBasic },
      ],
      broken,
    };
  },
};

/** The real server as a process, with an app of an active partner that has this key. */
async function startOurs(context: BenchContext, publicJwk: object): Promise<{ port: number }> {
  const { platform, partnerId, settings, database } = await openSale(context, { members: 1 });
  const app = { clientId: CLIENT, partnerId, name: 'Đo tải', redirectUris: [], scopes: [SCOPE], purposes: {} } as const;
  await platform.db.tx((tx) =>
    platform.identity.registerClient(tx, { ...app, scopes: [SCOPE], redirectUris: [], jwks: { keys: [{ kty: 'EC', ...publicJwk }] } }),
  );
  const port = await freePort();
  const CHUNG_BASE_URL = `http://localhost:${port}`;
  const server = await startServer({ ...settings, CHUNG_BASE_URL, DATABASE_URL: database.ownerUrl, PORT: String(port) });
  context.defer(() => server.interrupt());
  return { port };
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Signed before the load begins: it must not take the machine from the servers. */
function assertions(key: KeyObject, issuer: string, count: number): string[] {
  const header = encode({ alg: 'ES256', kid: 'bench' });
  const type = encodeURIComponent('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  const now = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, () => {
    const claims = encode({ iss: CLIENT, sub: CLIENT, aud: issuer, iat: now, exp: now + 280, jti: randomUUID() });
    const signature = sign('sha256', Buffer.from(`${header}.${claims}`), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    const form = `grant_type=client_credentials&scope=${encodeURIComponent(SCOPE)}`;
    return `${form}&client_assertion_type=${type}&client_assertion=${header}.${claims}.${signature}`;
  });
}

function basic(count: number): { headers: string; bodies: string[] } {
  const credentials = Buffer.from(`basic:${encodeURIComponent('a secret of the bench').replaceAll('%20', '+')}`).toString('base64');
  const body = `grant_type=client_credentials&scope=${encodeURIComponent(SCOPE)}`;
  return { headers: `authorization: Basic ${credentials}\r\n`, bodies: Array.from({ length: count }, () => body) };
}

function notTokens(side: string, { statuses, lost }: LoadReport): string[] {
  const others = Object.entries(statuses).filter(([status]) => status !== '200');
  return [
    ...others.map(([status, count]) => `${side}: ${count} answers were ${status}`),
    ...(lost > 0 ? [`${side}: ${lost} connections broke`] : []),
  ];
}
