// Made from the registry: every operation is tried without a token, with a wrong one, without its scope, by another actor,
// with malformed input and on objects of others. A new operation is covered by being declared.
import { OPERATIONS, type OperationSpec, type Scope } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebApp, type WebSession } from '../harness/session.ts';
import { backendToken, type NativeToken, nativeToken } from '../harness/tokens.ts';

let running: TestPlatform;
const sessions = {} as Record<WebApp, WebSession>;
let narrowBackend: string;
let narrowMember: NativeToken;
let narrowAdmin: NativeToken;
/** Real objects, by the name of the path parameter, that belong to somebody else than the caller. */
let foreign: Readonly<Record<string, string>>;

const GUARDED = OPERATIONS.filter((operation) => operation.actor !== 'public') as readonly OperationSpec[];
const ACTORS = ['member', 'partner', 'admin'] as const;

/** Smallest bodies that parse, where an empty one does not. */
const VALID_BODIES: Readonly<Record<string, string>> = {
  'partner.redemptions.reverse': '{"reason":"test"}',
  'partner.offers.codes.generate': '{"count":1}',
  'partner.webhooks.replays.create': '{"eventId":"01936b5e-7c00-7000-8000-0000000000aa"}',
  'admin.submissions.decide': '{"decision":"approve"}',
  'admin.partners.decide': '{"decision":"approve"}',
};

/** An address of the operation, with ids that parse. */
const addressOf = (operation: OperationSpec, ids: Readonly<Record<string, string>> = {}) =>
  operation.path.replace(
    /\{(\w+)\}/g,
    (_, name: string) => ids[name] ?? (name === 'scope' ? 'offers:read' : name === 'grantId' ? 'grant-0000' : newId<string>()),
  );

const contentOf = (operation: OperationSpec): { headers: Record<string, string>; body?: string } =>
  operation.bodyType === 'stream'
    ? { headers: { 'content-type': operation.accepts[0] ?? 'text/plain' }, body: 'ABCD-1234' }
    : operation.bodyType === 'json'
      ? { headers: { 'content-type': 'application/json' }, body: '{}' }
      : { headers: {} };

async function send(operation: OperationSpec, headers: Record<string, string>, address = addressOf(operation)) {
  const { headers: type, body } = contentOf(operation);
  const response = await fetch(`${running.baseUrl}${address}`, {
    method: operation.method,
    headers: { 'idempotency-key': newId<string>(), ...type, ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

const asSession = (app: WebApp, operation: OperationSpec, address: string, body?: string) =>
  sessions[app].call(operation.method, address, {
    headers: contentOf(operation).headers,
    ...(operation.bodyType !== 'none' && { body: body ?? contentOf(operation).body }),
  });

beforeAll(async () => {
  running = await startTestPlatform();
  const { baseUrl, demo } = running;
  const [member, other] = demo.members;
  const [partner, stranger] = demo.partners;
  if (!member || !other || !partner || !stranger) throw new Error('the demo has two members and two partners');
  sessions.member = await signIn(baseUrl, 'member', member);
  sessions.partner = await signIn(baseUrl, 'partner', partner);
  sessions.admin = await signIn(baseUrl, 'admin', demo.admin);
  narrowBackend = await backendToken(demo.issuer, partner.client, 'partner.profile:read');
  const native = { issuer: demo.issuer, clientId: demo.nativeClient.client_id, redirectUri: demo.nativeClient.redirect_uri };
  narrowMember = await nativeToken({ ...native, ...member, scope: 'openid' });
  narrowAdmin = await nativeToken({ ...native, ...demo.admin, scope: 'openid admin.insights:read' });
  foreign = await makeForeignObjects(stranger, other);
}, 120_000);
afterAll(() => running?.close());

/** An offer and a redemption of another partner and another member. */
async function makeForeignObjects(
  stranger: { slug: string; username: string; password: string },
  other: { username: string; password: string },
) {
  const session = await signIn(running.baseUrl, 'member', other);
  const { body } = await session.call('GET', '/v1/offers?limit=100');
  const { rows } = await running.owner.query(
    'SELECT o.id FROM chung.offers o JOIN chung.partners p ON p.id = o.partner_id WHERE p.slug = $1',
    [stranger.slug],
  );
  const ofStranger = new Set(rows.map((row: { id: string }) => row.id));
  const offer = (body['items'] as unknown as { id: string }[]).find(({ id }) => ofStranger.has(id));
  if (!offer) throw new Error('the other member sees no offer of the other partner');
  const claimed = await session.call('POST', `/v1/offers/${offer.id}/redemptions`, { body: {} });
  expect(claimed.status).toBe(201);
  const grants = await session.call('GET', '/v1/me/grants');
  const grantId = (grants.body['items'] as unknown as { id: string }[])[0]?.id ?? 'grant-0000';
  const portal = await signIn(running.baseUrl, 'partner', stranger);
  const endpoint = await portal.call('POST', '/v1/partner/webhooks', { body: { url: 'https://hooks.example.vn/a' } });
  expect(endpoint.status).toBe(201);
  return { endpointId: String(endpoint.body['id']), offerId: offer.id, redemptionId: String(claimed.body['id']), grantId };
}

/** Calls with a token of the same kind of caller that lacks the operation's scope; where there is none, with another kind's. */
function withoutItsScope(operation: OperationSpec) {
  const { actor, scope } = operation;
  const backend = () => send(operation, { authorization: `Bearer ${narrowBackend}` });
  const native = (token: NativeToken) => token.call(operation.method, addressOf(operation), operation.bodyType === 'json' ? {} : undefined);
  if (actor === 'partner') return scope === 'partner.profile:read' ? native(narrowAdmin) : backend();
  if (scope === 'openid' || scope === 'admin.insights:read') return backend();
  return native(actor === 'member' ? narrowMember : narrowAdmin);
}

describe.each(GUARDED.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
  test('401 without a token, pointing to the resource metadata', async () => {
    const reply = await send(operation, {});
    expect([reply.status, reply.body.code]).toEqual([401, 'unauthenticated']);
    expect(reply.headers.get('www-authenticate')).toContain('resource_metadata=');
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
  });

  test('401 with a token that is none', async () => {
    for (const authorization of ['Bearer nonsense', 'Bearer a.b.c', 'Basic YTpi', 'DPoP a.b.c']) {
      const reply = await send(operation, { authorization });
      expect([authorization, reply.status]).toEqual([authorization, 401]);
    }
  });

  test('403 without the scope, naming what is required and what is granted', async () => {
    const reply = await withoutItsScope(operation);
    expect([reply.status, reply.body['code']]).toEqual([403, 'insufficient_scope']);
    expect(reply.body['required_scopes']).toEqual([operation.scope]);
    expect(reply.body['granted_scopes'] as unknown as Scope[]).not.toContain(operation.scope);
  });

  test('403 for the sessions of the other actors', async () => {
    for (const app of ACTORS.filter((actor) => actor !== operation.actor)) {
      const reply = await asSession(app, operation, addressOf(operation));
      expect([app, reply.status]).toEqual([app, 403]);
    }
  });

  test('403 for a change by session without its CSRF token', async () => {
    if (operation.method === 'GET') return expect(operation.idempotency).toBe('none');
    const reply = await sessions[operation.actor as WebApp].call(operation.method, addressOf(operation), {
      headers: { 'x-csrf-token': 'forged' },
    });
    expect([reply.status, reply.body['code']]).toEqual([403, 'csrf_failed']);
  });

  test('400 or 422 for malformed input', async () => {
    const app = operation.actor as WebApp;
    const address = addressOf(operation);
    const broken = operation.path
      .replace(/\{(\w+)\}/g, (_, name: string) => (name === 'scope' ? 'x'.repeat(65) : '%27'))
      .concat(operation.path.includes('{') ? '' : '?unknown=1');
    const replies = [await asSession(app, operation, broken, operation.bodyType === 'json' ? '{}' : undefined)];
    if (operation.bodyType === 'json') {
      replies.push(await asSession(app, operation, address, '{"a":'));
      replies.push(await asSession(app, operation, address, '{"no_such_field":1}'));
      replies.push(await asSession(app, operation, address, `${'['.repeat(5_000)}${']'.repeat(5_000)}`));
    }
    if (operation.idempotency !== 'none')
      replies.push(
        await sessions[app].call(operation.method, address, {
          body: contentOf(operation).body ?? '{}',
          headers: { ...contentOf(operation).headers, 'idempotency-key': '' },
        }),
      );
    for (const reply of replies) expect([400, 422]).toContain(reply.status);
  });

  const owned = [...operation.path.matchAll(/\{(\w+Id)\}/g)].map(([, name]) => String(name));
  // A member may see another partner's offer: what is theirs and not others' are redemptions and grants.
  const checked = owned.filter((name) => !(operation.actor === 'member' && name === 'offerId'));
  if (checked.length === 0) return;
  test('404 for an object of somebody else, and for one that does not exist', async () => {
    for (const address of [addressOf(operation, foreign), addressOf(operation)]) {
      const reply = await asSession(operation.actor as WebApp, operation, address, VALID_BODIES[operation.id]);
      expect([address, reply.status, reply.body['code']]).toEqual([address, 404, 'not_found']);
    }
  });
});

test('a body over the limit is refused before it is read whole', async () => {
  const reply = await sessions.partner.call('POST', '/v1/partner/offers', { body: { title: 'x'.repeat(300_000) } });
  expect([reply.status, reply.body['code']]).toEqual([413, 'payload_too_large']);
});

test('an address that does not exist and a method that is not supported are told apart', async () => {
  expect((await fetch(`${running.baseUrl}/v1/no-such-thing`)).status).toBe(404);
  const wrong = await fetch(`${running.baseUrl}/v1/offers`, { method: 'DELETE' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET']);
});

test('every list is paged: limits are kept and forged cursors refused', async () => {
  for (const operation of GUARDED.filter((candidate) => candidate.method === 'GET' && JSON.stringify(candidate.query).includes('cursor'))) {
    if (operation.path.includes('{')) continue;
    const app = operation.actor as WebApp;
    for (const [query, status] of [
      ['limit=0', 400],
      ['limit=101', 400],
      ['limit=x', 400],
      ['cursor=forged.cursor', 400],
      ['limit=1', 200],
    ] as const) {
      const reply = await sessions[app].call('GET', `${operation.path}?${query}`);
      expect([operation.id, query, reply.status]).toEqual([operation.id, query, status]);
    }
  }
});
