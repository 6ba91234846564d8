// The calls of a mini-app under development: what goes out, what goes wrong on purpose, and the lines that are kept of it.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, UnreachableError } from '@chung/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Calls, createCalls, DevCall } from './calls.ts';
import type { MemberSession } from './member-sessions.ts';
import { type DevFaults, NO_FAULTS } from './state.ts';

let server: Server;
let platform: string;
let asked: { url: string | undefined; authorization: string | undefined }[];
let faults: DevFaults;
let sent: { fields: unknown; options: unknown }[];
let outcome: () => Promise<unknown>;
let signedIn: 'yes' | 'no';
let changes: number;
let calls: Calls;

beforeEach(async () => {
  [asked, sent, faults, signedIn, changes] = [[], [], NO_FAULTS, 'yes', 0];
  outcome = async () => ({ items: [] });
  const refuse = (headers: IncomingHttpHeaders, url: string | undefined) => asked.push({ url, authorization: headers.authorization });
  server = createServer((request, response) => {
    refuse(request.headers, request.url);
    response.writeHead(401, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ status: 401, code: 'invalid_token', title: 'The token is not valid' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  platform = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  calls = createCalls({
    platform,
    session: async () => (signedIn === 'yes' ? session : null),
    faults: () => faults,
    onChange: () => {
      changes += 1;
    },
  });
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const method = (fields: unknown, options: unknown) => {
  sent.push({ fields, options });
  return outcome();
};
/** Of a member's client, two operations, and what is no operation. */
const client = { offers: { list: Object.assign(method, { all: method }), claim: method }, end: method, granted: new Set() };
const session = { client, accessToken: 'token' } as unknown as MemberSession;

const make = (operation: string, more: object = {}) => calls.make(DevCall.parse({ operation, ...more }));

describe('a call that goes through', () => {
  test('has each field once, wherever the bridge had put it, and the key beside', async () => {
    outcome = async () => ({ state: 'REDEEMED' });
    const call = { params: { offerId: 'o' }, query: { limit: 2 }, body: { note: 'n' }, idempotencyKey: 'k' };
    expect(await make('offers.claim', call)).toEqual({ kind: 'value', value: { state: 'REDEEMED' } });
    expect(sent).toEqual([{ fields: { offerId: 'o', limit: 2, note: 'n' }, options: { idempotencyKey: 'k' } }]);
    await make('offers.list');
    expect(sent[1]).toEqual({ fields: {}, options: {} });
  });

  test('is a line, the newest first, and counted under its scope', async () => {
    await make('offers.list');
    await make('offers.claim', { params: { offerId: 'o' } });
    expect(calls.lines).toMatchObject([
      { id: 2, operation: 'offers.claim', scope: 'redemptions:claim', status: 200, code: null },
      { id: 1, operation: 'offers.list', scope: 'offers:read', status: 200, code: null },
    ]);
    expect([calls.used('offers:read'), calls.used('redemptions:claim'), calls.used('member.age:read'), changes]).toEqual([1, 1, 0, 2]);
  });

  test('keeps two hundred lines, and goes on counting', async () => {
    for (let n = 0; n < 205; n++) await make('offers.list');
    expect([calls.lines.length, calls.lines[0]?.id, calls.lines.at(-1)?.id, calls.used('offers:read')]).toEqual([200, 205, 6, 205]);
  });
});

describe('a call that the platform refuses', () => {
  test('comes with the whole problem, as the mini-app would see it', async () => {
    const problem = {
      ...{ status: 409, code: 'offer_sold_out', title: 'Sold out', detail: 'Nothing is left', request_id: 'req-1' },
      fields: [{ path: 'offerId', code: 'x', message: 'y' }],
    };
    outcome = () => Promise.reject(new ApiError(problem, 9));
    expect(await make('offers.claim')).toEqual({
      kind: 'problem',
      problem: { ...problem, required_scopes: [], granted_scopes: [], reasons: [] },
      retryAfterSeconds: 9,
    });
    expect(calls.lines).toMatchObject([{ status: 409, code: 'offer_sold_out' }]);
  });

  test('names the scopes that it lacks', async () => {
    const [required_scopes, granted_scopes] = [['redemptions:claim'], ['offers:read']];
    outcome = () => Promise.reject(new ApiError({ status: 403, code: 'insufficient_scope', required_scopes, granted_scopes }, null));
    expect(await make('offers.claim')).toMatchObject({ kind: 'problem', problem: { required_scopes, granted_scopes } });
  });

  test('by a network that is down is no problem of the platform’s', async () => {
    outcome = () => Promise.reject(new UnreachableError(new Error('reset')));
    expect(await make('offers.list')).toEqual({ kind: 'unreachable' });
    expect(calls.lines).toMatchObject([{ status: null, code: 'unreachable' }]);
  });

  test('by a mistake of ours stays a mistake, and is no line', async () => {
    outcome = () => Promise.reject(new RangeError('a bug'));
    await expect(make('offers.list')).rejects.toThrow('a bug');
    expect(calls.lines).toEqual([]);
  });

  test('of a member who has not agreed yet is 401, and nothing is sent', async () => {
    signedIn = 'no';
    expect(await make('offers.list')).toMatchObject({ kind: 'problem', problem: { status: 401, code: 'unauthenticated' } });
    expect(sent).toEqual([]);
  });
});

test.each([
  'offers',
  'offers.list.all',
  'end',
  'granted',
  '__proto__',
  'constructor.constructor',
  'offers.toString',
  'admin.audit.list',
  'me.get',
  '',
])('no call reaches “%s” of a client that could do more', async (operation) => {
  expect(await make(operation)).toMatchObject({ kind: 'problem', problem: { status: 404, code: 'not_found' } });
  expect(sent).toEqual([]);
});

describe('a fault', () => {
  test('of a token that has ended is answered by the platform itself, which gets a token that is worth nothing', async () => {
    faults = { ...NO_FAULTS, token: 'expired' };
    expect(await make('offers.get', { params: { offerId: '01936b5e-7c00-7000-8000-000000000001' } })).toMatchObject({
      kind: 'problem',
      problem: { status: 401, code: 'invalid_token', title: 'The token is not valid' },
    });
    expect(asked).toEqual([{ url: expect.stringContaining('01936b5e-7c00-7000-8000-000000000001'), authorization: 'Bearer expired' }]);
    expect(sent).toEqual([]);
    expect(await make('no.such')).toMatchObject({ problem: { status: 404 } });
  });

  test('of a network that is down lets nothing out; one of lost answers does, and says neither', async () => {
    faults = { ...NO_FAULTS, network: 'unreachable' };
    expect(await make('offers.claim')).toEqual({ kind: 'unreachable' });
    expect(sent).toHaveLength(0);
    faults = { ...NO_FAULTS, network: 'answers_lost' };
    expect(await make('offers.claim')).toEqual({ kind: 'unreachable' });
    expect(sent).toHaveLength(1);
    outcome = () => Promise.reject(new ApiError({ status: 409, code: 'offer_sold_out' }, null));
    expect(await make('offers.claim')).toEqual({ kind: 'unreachable' });
  });

  test('of too many calls lets nothing out and says when to come back', async () => {
    faults = { ...NO_FAULTS, rate: 'limited' };
    expect(await make('offers.list')).toEqual({ kind: 'problem', problem: { status: 429, code: 'rate_limited' }, retryAfterSeconds: 5 });
    expect(sent).toEqual([]);
  });

  test('that is switched on while a call is under way is for the next one', async () => {
    faults = { ...NO_FAULTS, latencySeconds: 0.05 };
    const slow = make('offers.list');
    faults = { ...NO_FAULTS, network: 'unreachable' };
    expect(await slow).toEqual({ kind: 'value', value: { items: [] } });
    expect(calls.lines[0]?.milliseconds).toBeGreaterThanOrEqual(45);
    expect(await make('offers.list')).toEqual({ kind: 'unreachable' });
  });

  test('counts as a use of its scope all the same: the program has asked', async () => {
    faults = { ...NO_FAULTS, network: 'unreachable' };
    await make('offers.list');
    expect(calls.used('offers:read')).toBe(1);
  });
});
