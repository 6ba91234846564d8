// The whole platform over HTTP with new partners, set up as the fake one has them.
import { setTimeout } from 'node:timers/promises';
import { memberSignIn } from '@chung/client/member';
import { ROUTES } from '@chung/client/scoped';
import type { Partner, Scope } from '@chung/contracts';
import { SCOPES, scopesOf } from '@chung/contracts';
import { FAKE_PARTNER, OTHER_PARTNER } from '@chung/testing';
import { exportJWK, generateKeyPair } from 'jose';
import { expect, vi } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../../harness/platform.ts';
import { signIn, type WebSession } from '../../harness/session.ts';
import { type Backend, backendToken, throughPages } from '../../harness/tokens.ts';
import { Visitor } from '../../harness/visitor.ts';
import { openReceiver, type Receiver } from '../../harness/webhook-receiver.ts';
import { addressOf, clientActor, httpActor } from './http-actor.ts';
import type { Actor, Person, Stage } from './stage.ts';

const USERNAMES: Readonly<Record<Person, string>> = { lan: 'chi.danang', minh: 'binh.hcm', hoa: 'dung.cantho' };
const APP_SCOPES: readonly Scope[] = [
  ...scopesOf('member').filter((scope) => SCOPES[scope].sensitivity !== 'first-party'),
  ...scopesOf('partner'),
];

/** One platform for all scenarios, with its people signed in. */
export interface RealPlatform {
  /** Two partners of its own for each scenario: what one leaves behind is not seen by the next. */
  stage(): Promise<Stage>;
  close(): Promise<void>;
}

export async function openRealPlatform(): Promise<RealPlatform> {
  const running = await startTestPlatform({ settings: { CHUNG_WEBHOOK_HOSTS: '127.0.0.1' } });
  const receiver = await openReceiver();
  const { baseUrl, demo } = running;
  const session = async (who: Person) => sessionActor(await signIn(baseUrl, 'member', personOf(running, who)));
  const people = { lan: await session('lan'), minh: await session('minh'), hoa: await session('hoa') };
  const admin = await signIn(baseUrl, 'admin', demo.admin);
  let stages = 0;
  return {
    stage: () => {
      stages += 1;
      return openStage(running, { people, admin, receiver, suffix: `-n${stages}` });
    },
    close: async () => {
      await receiver.close();
      await running.close();
    },
  };
}

function personOf({ demo }: TestPlatform, who: Person) {
  const found = demo.members.find(({ username }) => username === USERNAMES[who]);
  if (!found) throw new Error(`the demo has no ${USERNAMES[who]}`);
  return found;
}

interface Cast {
  readonly people: Readonly<Record<Person, Actor>>;
  readonly admin: WebSession;
  readonly receiver: Receiver;
  readonly suffix: string;
}

async function openStage(running: TestPlatform, { people, admin, receiver, suffix }: Cast): Promise<Stage> {
  const { baseUrl, owner, platform } = running;
  const own = await createPartner(running, { ...FAKE_PARTNER, slug: `${FAKE_PARTNER.slug}${suffix}` });
  const other = await createPartner(running, { ...OTHER_PARTNER, slug: `${OTHER_PARTNER.slug}${suffix}` });
  const backend = async (of: Backend, scopes: readonly Scope[]): Promise<Actor> => {
    const token = await backendToken(baseUrl, of, scopes.join(' '));
    return httpActor({ fetch, baseUrl, headers: () => ({ authorization: `Bearer ${token}` }) });
  };
  const actors = {
    ...people,
    partner: await backend(own, scopesOf('partner')),
    other: await backend(other, scopesOf('partner')),
    anybody: httpActor({ fetch, baseUrl, headers: () => ({}) }),
  };
  const moved = async (sql: string, id: string, job: string) => {
    await owner.query(sql, [id]);
    await platform.jobs[job]?.();
  };
  return {
    name: 'real',
    suffix,
    as: (who) => actors[who],
    backend: (scopes) => backend(own, scopes),
    throughApp: async (who, scopes) => {
      const settings = { issuer: baseUrl, clientId: own.client_id, privateKey: own.private_key_jwk, redirectUri: REDIRECT };
      const flow = await memberSignIn({ ...settings, scopes: ['openid'], optional: scopes });
      const { url, attempt } = await flow.begin();
      return clientActor(await flow.finish(await throughPages(new Visitor(), url.href, personOf(running, who)), attempt));
    },
    review: async (offerId, decision = 'approve') => {
      const { body } = await admin.call('GET', '/v1/admin/submissions?limit=100');
      const waiting: readonly { id: string; offerId: string }[] = JSON.parse(JSON.stringify(body['items']));
      const words = decision === 'refuse' ? { decision, reasons: [{ rule: 'REV-202', note: '' }] } : { decision };
      const submission = waiting.find((one) => one.offerId === offerId);
      await admin.call('POST', `/v1/admin/submissions/${submission?.id}/decision`, { body: words });
    },
    holdLapses: (id) =>
      moved(`UPDATE chung.redemptions SET expires_at = now() - interval '1 second' WHERE id = $1`, id, 'expireLapsedHolds'),
    promisesLapse: (id) =>
      moved(
        `UPDATE chung.queue_entries SET promised_until = now() - interval '1 second' WHERE offer_id = $1 AND state = 'PROMISED'`,
        id,
        'lapsePromises',
      ),
    entriesEnd: (id) =>
      moved(`UPDATE chung.lotteries SET entries_until = now() - interval '1 second' WHERE offer_id = $1`, id, 'drawLotteries'),
    generationsEnd: async () => {
      await platform.jobs['makeCodes']?.();
      await platform.offers.codeGenerator.settled();
    },
    // What a token stands on is remembered for half a second.
    withdrawalFelt: () => setTimeout(700),
    ...deliveriesOf(running, receiver),
  };
}

/** The relay runs only where a scenario asks for deliveries: elsewhere nothing is sent, as on the fake platform. */
function deliveriesOf(
  { platform, owner }: TestPlatform,
  receiver: Receiver,
): Pick<Stage, 'hookUrl' | 'hookAnswers' | 'delivered' | 'close'> {
  let relay: ReturnType<typeof platform.startDeliveries> | null = null;
  receiver.behave(() => 204);
  return {
    hookUrl: `${receiver.origin}/hook`,
    hookAnswers: (status) => receiver.behave(() => status),
    delivered: async (endpointId, tries) => {
      relay ??= platform.startDeliveries();
      const seen = async () => {
        const { rows } = await owner.query('SELECT count(*)::int AS tries FROM chung.webhook_attempts WHERE endpoint_id = $1', [
          endpointId,
        ]);
        return rows[0]?.tries;
      };
      await vi.waitFor(async () => expect(await seen()).toBeGreaterThanOrEqual(tries), { timeout: 20_000, interval: 50 });
      // Outcomes are written in batches: where the endpoint stands comes with its tries, what follows from it a moment later.
      await setTimeout(300);
    },
    close: async () => relay?.stop(),
  };
}

const REDIRECT = 'http://127.0.0.1:8484/callback';

/** Registered, approved and given an app, as the fake platform's partner is. */
async function createPartner({ platform }: TestPlatform, { slug, name, legalName, taxId, contactEmail }: Partner): Promise<Backend> {
  const { db, identity, partners } = platform;
  const owner = { username: slug, displayName: name, password: 'correct horse battery' };
  const { id } = await partners.register({ slug, name, legalName, taxId, contactEmail, owner });
  await db.tx((tx) => partners.decide(tx, { partnerId: id, decision: 'approve', reason: '' }));
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const clientId = `${slug}-app`;
  const jwk = { ...(await exportJWK(privateKey)), kty: 'EC', kid: `${clientId}-1`, alg: 'ES256', use: 'sig' };
  const { d: _, ...publicKey } = jwk;
  await db.tx((tx) =>
    identity.registerClient(tx, {
      clientId,
      partnerId: id,
      name: `${name} (máy chủ)`,
      jwks: { keys: [publicKey] },
      redirectUris: [REDIRECT],
      scopes: APP_SCOPES,
      optionalScopes: APP_SCOPES.filter((scope) => SCOPES[scope].holder === 'member'),
      purposes: Object.fromEntries(APP_SCOPES.map((scope) => [scope, SCOPES[scope].title])),
    }),
  );
  return { client_id: clientId, private_key_jwk: jwk };
}

function sessionActor(session: WebSession): Actor {
  return {
    call: async (id, sent = {}) => {
      const { method, path } = ROUTES[id];
      const headers = { 'accept-language': 'vi', ...(typeof sent.key === 'string' && { 'idempotency-key': sent.key }), ...sent.headers };
      const { status, body } = await session.call(method, addressOf(path, sent), {
        ...(sent.body !== undefined && { body: sent.body }),
        headers,
      });
      return { status, body };
    },
  };
}
