// The OpenAPI document that the platform serves, held against what the platform does.
import { ERRORS, isErrorCode, OPERATIONS, type OperationSpec, openApiDocument, SCOPE_NAMES } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebSession } from '../harness/session.ts';

let running: TestPlatform;
const sessions = new Map<string, WebSession>();
let served: {
  readonly components: { readonly securitySchemes: { readonly oauth2: { readonly flows: Readonly<Record<string, object>> } } };
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, { readonly description: string }>> }>>>
  >;
};

beforeAll(async () => {
  running = await startTestPlatform();
  const { baseUrl, demo } = running;
  if (!demo.members[0] || !demo.partners[0]) throw new Error('the demo has people');
  sessions.set('member', await signIn(baseUrl, 'member', demo.members[0]));
  sessions.set('partner', await signIn(baseUrl, 'partner', demo.partners[0]));
  sessions.set('admin', await signIn(baseUrl, 'admin', demo.admin));
  served = await (await fetch(`${baseUrl}/v1/openapi.json`)).json();
}, 120_000);
afterAll(() => running?.close());

const operations = OPERATIONS as readonly OperationSpec[];

test('it is the registry, for this very platform, to whoever asks', () => {
  expect(served).toEqual(JSON.parse(JSON.stringify(openApiDocument({ baseUrl: running.baseUrl, version: '0.1.0' }))));
});

test('its token and authorization addresses are those of the authorization server, and its scopes are granted there', async () => {
  const discovery = await (await fetch(`${running.baseUrl}/.well-known/openid-configuration`)).json();
  const { flows } = served.components.securitySchemes.oauth2;
  expect(flows['authorizationCode']).toMatchObject({
    authorizationUrl: discovery.authorization_endpoint,
    tokenUrl: discovery.token_endpoint,
  });
  expect(flows['clientCredentials']).toMatchObject({ tokenUrl: discovery.token_endpoint });
  for (const scope of SCOPE_NAMES) expect(discovery.scopes_supported).toContain(scope);
});

/** What the document says that an operation may answer, as `status code`. */
function told({ path, method, status }: OperationSpec): string[] {
  const responses = served.paths[path]?.[method.toLowerCase()]?.responses ?? {};
  const codes = Object.entries(responses).flatMap(([at, { description }]) =>
    [...description.matchAll(/`(\w+)`/g)].map(([, code]) => `${at} ${code}`),
  );
  return [...codes, `${status} `];
}

/** Calls of every kind: right and wrong ids, bodies, types and keys, by everybody. */
async function answers(operation: OperationSpec): Promise<string[]> {
  const { path, method, bodyType, accepts, actor } = operation;
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'scope' ? 'offers:read' : newId<string>()));
  const broken = path.replace(/\{\w+\}/g, '%27');
  const json = { 'content-type': 'application/json' };
  const calls: [string, { body?: unknown; headers?: Record<string, string> }][] = [[address, {}]];
  if (path.includes('{')) calls.push([broken, {}]);
  calls.push([`${address}?limit=0&unknown=1`, {}]);
  if (bodyType === 'json')
    calls.push(
      [address, { body: {} }],
      [address, { body: '{"a":', headers: json }],
      [address, { body: { unknown: 'x' } }],
      [address, { body: 'a=b', headers: { 'content-type': 'text/plain' } }],
      [address, { body: 'x'.repeat(300_000), headers: json }],
      [address, { body: {}, headers: { 'idempotency-key': '' } }],
      [address, { body: {}, headers: { 'x-csrf-token': 'forged' } }],
    );
  if (bodyType === 'stream')
    calls.push(
      [address, { body: 'A', headers: { 'content-type': 'image/png' } }],
      [address, { body: 'A', headers: { 'content-type': accepts[0] ?? '' } }],
    );
  const seen = new Set<string>();
  const callers = actor === 'public' ? ['member'] : ['member', 'partner', 'admin'];
  for (const [target, options] of calls) {
    for (const app of callers) {
      const reply = await sessions.get(app)?.call(method, target, { ...options });
      seen.add(`${reply?.status} ${reply?.body['code'] ?? ''}`);
    }
    const anonymous = await fetch(`${running.baseUrl}${target}`, { method });
    seen.add(`${anonymous.status} ${anonymous.ok ? '' : (await anonymous.json()).code}`);
  }
  return [...seen];
}

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
  test('is there, and answers nothing that the document does not tell', async () => {
    const seen = await answers(operation);
    expect(seen.filter((answer) => /^405 |^404 method/.test(answer))).toEqual([]);
    expect(seen.filter((answer) => !told(operation).includes(answer))).toEqual([]);
    for (const answer of seen) {
      const [status, code = ''] = answer.split(' ');
      if (isErrorCode(code)) expect(ERRORS[code].status).toBe(Number(status));
    }
  });
});
