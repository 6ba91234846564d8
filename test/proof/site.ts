// The platform as an operator runs it: several server processes on one PostgreSQL, each of which can be killed and started again.

import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { DemoFile } from '../../platform/server/src/demo/file.ts';
import { deriveKeys } from '../../platform/server/src/kernel/keys.ts';
import { type DatabaseProxy, proxyTo } from '../harness/database-proxy.ts';
import { freePort, type ServerProcess, startServer } from '../harness/server-process.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { signInMany } from './people.ts';
import type { Caller } from './plan.ts';

export interface Site {
  readonly cluster: Cluster;
  /** As the server's own role. */
  readonly serverUrl: string;
  readonly ports: readonly number[];
  /** The wire between the last server and the database, to be cut. */
  readonly wire: DatabaseProxy;
  readonly members: readonly Caller[];
  /** Short names of the history, by member id. */
  readonly memberNames: ReadonlyMap<string, string>;
  readonly partner: Caller;
  readonly admin: Caller;
  /** For a process that composes a server of its own on the same database. */
  readonly settings: Readonly<Record<string, string>>;
  /** kill -9, and a new one in its place. */
  killServer(place: number): Promise<void>;
  close(): Promise<void>;
}

interface SiteOptions {
  readonly servers: number;
  readonly members: number;
}

/** What all servers of one site share; in production the operator sets it. */
async function sharedSecrets(): Promise<{ secret: string; settings: Record<string, string> }> {
  const secret = randomBytes(32).toString('base64url');
  const set = async (alg: 'ES256' | 'EdDSA') => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk: JWK = { ...(await exportJWK(privateKey)), kid: 'proof-1', alg, use: 'sig' };
    return JSON.stringify({ keys: [jwk] });
  };
  const settings = { CHUNG_SECRET: secret, CHUNG_TOKEN_KEYS: await set('ES256'), CHUNG_RECEIPT_KEYS: await set('EdDSA') };
  return { secret, settings };
}

export async function openSite({ servers: count, members }: SiteOptions): Promise<Site> {
  const cluster = await startCluster();
  const wire = await proxyTo(cluster.ownerUrl);
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const { secret, settings } = await sharedSecrets();
  const settingsOf = async (place: number): Promise<Record<string, string>> => {
    const dataDirectory = path.join(cluster.directory, `server-${place}`);
    await mkdir(dataDirectory, { recursive: true });
    return {
      ...settings,
      PORT: String(ports[place]),
      CHUNG_BASE_URL: `http://localhost:${ports[0]}`,
      CHUNG_DATA_DIR: dataDirectory,
      // Only the last server hangs on the wire, so that a cut leaves the others at work.
      DATABASE_URL: place === count - 1 && count > 1 ? wire.url : cluster.ownerUrl,
      CHUNG_DEMO: '0',
      CHUNG_DEMO_MEMBERS: String(Math.max(100, Math.ceil(members * 1.3))),
      CHUNG_RATE_FACTOR: '10000',
      CHUNG_LOG_LEVEL: 'warn',
    };
  };
  const servers: ServerProcess[] = [];
  const close = async () => {
    for (const server of servers) await server.kill();
    await wire.close();
    await cluster.close();
  };
  try {
    servers.push(await startServer({ ...(await settingsOf(0)), CHUNG_DEMO: '1' }));
    for (const place of ports.keys()) if (place > 0) servers.push(await startServer(await settingsOf(place)));
    const demo: DemoFile = JSON.parse(await readFile(path.join(cluster.directory, 'server-0', 'demo.json'), 'utf8'));
    const [partner] = demo.partners;
    if (!partner) throw new Error('the demo has a partner');
    const { cookie: cookieKey, databaseRole } = deriveKeys(secret, { token: [], receipt: [] });
    const serverUrl = new URL(cluster.ownerUrl);
    serverUrl.username = 'chung_server';
    serverUrl.password = encodeURIComponent(databaseRole);
    const people = await signInMany(cluster.ownerUrl, { count: members, partner: partner.username, cookieKey });
    return {
      cluster,
      serverUrl: serverUrl.href,
      ports,
      wire,
      members: people.members,
      memberNames: people.memberIds,
      partner: people.partner,
      admin: people.admin,
      settings: await settingsOf(0),
      killServer: async (place) => {
        await servers[place]?.kill();
        servers[place] = await startServer(await settingsOf(place));
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** One call of the API to the first server; status 0 when it did not answer. */
export async function ask(
  { ports }: Pick<Site, 'ports'>,
  caller: Caller,
  { method, path: address, body }: { method: string; path: string; body: unknown },
): Promise<Reply> {
  const headers = new Headers(
    caller.headers.split('\r\n').map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  headers.set('idempotency-key', randomBytes(12).toString('hex'));
  headers.set('content-type', typeof body === 'string' ? 'text/plain' : 'application/json');
  const answer = await fetch(`http://127.0.0.1:${ports[0]}${address}`, {
    method,
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }).catch((error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error));
  if (typeof answer === 'string') return { status: 0, body: { error: answer } };
  const text = await answer.text().catch(() => '');
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
}

export interface OfferSpec {
  readonly name: string;
  readonly stock: number;
  readonly held: boolean;
  readonly codes: boolean;
  readonly perMember: number;
  readonly weight: number;
}

const hour = (offset: number) => new Date(Date.now() + offset * 3_600_000).toISOString();

/** Writes, fills and publishes an offer as a partner and a reviewer do it. */
export async function publishOffer(site: Site, spec: OfferSpec): Promise<string> {
  const must = async (what: string, reply: Promise<Reply>) => {
    const { status, body } = await reply;
    // 0 is no answer at all: an offer without an id would only fail later, and far from here.
    if (status === 0 || status >= 300) throw new Error(`${what} answered ${status}: ${JSON.stringify(body)}`);
    return body;
  };
  const written = await must(
    'the draft',
    ask(site, site.partner, {
      method: 'POST',
      path: '/v1/partner/offers',
      body: {
        title: { vi: `Quà thử thách ${spec.name}`, en: `Endurance gift ${spec.name}` },
        summary: { vi: 'Ưu đãi dùng để thử hệ thống.', en: 'An offer to try the system with.' },
        terms: { vi: 'Mỗi đoàn viên nhận được nhiều lần.', en: 'Each member may claim many times.' },
        category: 'other',
        benefit: { kind: 'free_voucher', faceValueMinor: 10_000 },
        regularPriceMinor: 50_000,
        currency: 'VND',
        funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
        stock: spec.stock,
        limits: { perMember: spec.perMember, perMemberPerDay: null },
        window: { startsAt: hour(-1), endsAt: hour(48) },
        fulfilment: spec.held ? { mode: 'partner_confirmed', holdMinutes: 60 } : { mode: 'instant' },
        codes: spec.codes ? 'pool' : 'none',
        eligibility: { version: 1, all: [{ fact: 'verified' }] },
      },
    }),
  );
  const id = String(written['id']);
  if (spec.codes) {
    const codes = Array.from(
      { length: spec.stock * 2 + 20_000 },
      (_, i) => `${spec.name.toUpperCase()}-${String(i).padStart(7, '0')}-WXYZ`,
    );
    await must('the codes', ask(site, site.partner, { method: 'POST', path: `/v1/partner/offers/${id}/codes`, body: codes.join('\n') }));
  }
  const submission = await must(
    'the submission',
    ask(site, site.partner, { method: 'POST', path: `/v1/partner/offers/${id}/submit`, body: {} }),
  );
  await must(
    'the decision',
    ask(site, site.admin, { method: 'POST', path: `/v1/admin/submissions/${submission['id']}/decision`, body: { decision: 'approve' } }),
  );
  return id;
}
