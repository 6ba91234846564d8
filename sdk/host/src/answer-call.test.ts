// One call from the allow-list to its outcome: what reaches the platform, and what of its answer reaches the mini-app.
import { ApiError, UnreachableError } from '@chung/client/light';
import { BridgeOutcome, ERRORS, type ErrorCode, type Scope } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { allowListOf, MINI_APP_OPERATIONS } from './allow-list.ts';
import { type AnswerSettings, answerCall, refused } from './answer-call.ts';

const OFFER = '01936b5e-7c00-7000-8000-000000000001';
const ME = {
  id: 'ref',
  profile: { displayName: 'Lan' },
  membership: { verified: true },
  age: { birthYear: 1998 },
  contact: { phone: null },
};

function bench(
  granted: Iterable<Scope> = ['openid', 'offers:read', 'redemptions:claim'],
  answer: AnswerSettings['invoke'] = async () => ME,
) {
  const scopes = new Set(granted);
  const invoke = vi.fn(answer);
  const settings: AnswerSettings = { allowed: allowListOf(MINI_APP_OPERATIONS), hostVersion: 7, granted: () => scopes, invoke };
  const controller = new AbortController();
  const call = (operation: string, rest: object = {}, changes: Partial<AnswerSettings> = {}) =>
    answerCall({ kind: 'call', id: 1, operation, ...rest }, { ...settings, ...changes }, controller.signal);
  return { call, invoke, scopes, controller };
}

describe('what reaches the platform', () => {
  test('are the fields of the registry alone, each in its place, with the key and the signal', async () => {
    const { call, invoke, controller } = bench();
    await call('offers.claim', { params: { offerId: OFFER }, idempotencyKey: 'k' });
    expect(invoke).toHaveBeenCalledExactlyOnceWith('offers.claim', {
      ...{ params: { offerId: OFFER }, query: {}, body: {}, idempotencyKey: 'k', signal: controller.signal },
    });
  });

  test.each([
    ['a field that there is not', 'offers.list', { query: { admin: true } }, 'query'],
    ['a name of every object', 'offers.get', { params: { offerId: OFFER, constructor: 'x' } }, 'params'],
    ['a path in an id', 'offers.get', { params: { offerId: `${OFFER}/../../admin` } }, 'params.offerId'],
    ['no id', 'offers.get', {}, 'params.offerId'],
    ['a limit beyond the largest', 'offers.list', { query: { limit: 101 } }, 'query.limit'],
    ['a body where none is taken', 'me.get', { body: { a: 1 } }, 'body'],
    ['a body that is no object', 'offers.claim', { params: { offerId: OFFER }, body: 'text', idempotencyKey: 'k' }, 'body'],
  ])('is nothing of %s', async (_what, operation, rest, path) => {
    const { call, invoke } = bench();
    expect(await call(operation, rest)).toMatchObject({ status: 'refused', problem: { code: 'validation_failed', fields: [{ path }] } });
    expect(invoke).not.toHaveBeenCalled();
  });

  test('is nothing while a part of it is wrong, and every part that is wrong is told of', async () => {
    const { call } = bench();
    const query = Object.fromEntries(Array.from({ length: 3 }, (_, index) => [`x${index}`, 1]));
    const outcome = await call('offers.get', { params: { offerId: 1 }, query, body: {} });
    expect(outcome).toMatchObject({ problem: { fields: [{ path: 'params.offerId' }, { path: 'query' }, { path: 'body' }] } });
  });

  test('is an effect only under a key', async () => {
    const { call, invoke } = bench();
    expect(await call('offers.claim', { params: { offerId: OFFER } })).toMatchObject({
      problem: { code: 'idempotency_key_required', status: 400 },
    });
    expect(invoke).not.toHaveBeenCalled();
  });

  test('is judged in one order: the operation, the version, the scope, the input', async () => {
    const { call } = bench([]);
    const allowed = allowListOf([{ id: 'offers.get', minimumHost: 8 }]);
    const wrong = { params: { offerId: 'x' } };
    expect(await call('offers.list', wrong, { allowed })).toEqual({ status: 501 });
    expect(await call('offers.get', wrong, { allowed })).toEqual({ status: 426, minimumHost: 8 });
    expect(await call('offers.get', wrong, { allowed, hostVersion: 8 })).toEqual({ status: 403, scope: 'offers:read' });
    const open = { allowed, hostVersion: 8, granted: () => new Set<Scope>(['offers:read']) };
    expect(await call('offers.get', wrong, open)).toMatchObject({ status: 'refused' });
  });

  test('needs no scope where anybody may read', async () => {
    const { call } = bench([], async () => ({ items: [] }));
    expect(await call('provinces.list')).toEqual({ status: 200, value: { items: [] } });
  });
});

describe('what of an answer is handed over', () => {
  test.each<[readonly Scope[], readonly string[]]>([
    [['openid'], ['id']],
    [
      ['openid', 'member.age:read'],
      ['id', 'age'],
    ],
    [
      ['openid', 'member.profile:read', 'member.contact:read'],
      ['id', 'profile', 'contact'],
    ],
    [['openid', 'member.profile:read', 'member.membership:read', 'member.age:read', 'member.contact:read'], Object.keys(ME)],
  ])('with %o are the parts %o', async (scopes, parts) => {
    const outcome = await bench(scopes).call('me.get');
    expect(outcome.status === 200 && Object.keys(Object(outcome.value))).toEqual(parts);
  });

  test('is nothing that was read for a scope which went meanwhile, and an effect all the same', async () => {
    const claimed = { id: OFFER, state: 'REDEEMED' };
    const during = bench(undefined, async () => {
      during.scopes.clear();
      return claimed;
    });
    expect(await during.call('offers.list')).toEqual({ status: 403, scope: 'offers:read' });
    during.scopes.add('redemptions:claim');
    expect(await during.call('offers.claim', { params: { offerId: OFFER }, idempotencyKey: 'k' })).toEqual({ status: 200, value: claimed });
  });

  test('is any plain value as it is, also none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await bench(undefined, async () => value).call('offers.list')).toEqual({ status: 200, value });
      }),
    );
    expect(await bench(undefined, async () => undefined).call('offers.list')).toEqual({ status: 200, value: undefined });
  });
});

describe('what of a failure is handed over', () => {
  const failing = (error: unknown) => bench(undefined, () => Promise.reject(error)).call('offers.list');

  test('is the platform’s problem whole, and when to come back', async () => {
    const problem = {
      ...{
        status: 409,
        code: 'not_eligible',
        title: 'Không dành cho bạn',
        detail: 'Vì sao',
        docs: '/docs/errors/not_eligible',
        request_id: 'req_1',
      },
      fields: [{ path: 'body.x', code: 'custom', message: 'sai' }],
      reasons: [{ fact: 'age', message: 'quá trẻ' }],
    };
    expect(await failing(new ApiError(problem, 12))).toEqual({
      ...{ status: 'refused', problem: { ...problem, type: problem.docs }, retryAfterSeconds: 12 },
    });
  });

  test('of a problem that says little is no more than it says', async () => {
    expect(await failing(new ApiError({ status: 418, code: 'teapot' }, null))).toMatchObject({
      ...{ status: 'refused', problem: { status: 418, code: 'teapot' }, retryAfterSeconds: null },
    });
  });

  test.each([
    ['a scope that the platform knows to be gone', ['redemptions:read', 'openid'], { status: 403, scope: 'redemptions:read' }],
    ['a scope that it does not name', [], { status: 'refused', problem: { code: 'insufficient_scope' } }],
  ])('%s', async (_what, required_scopes, expected) => {
    expect(await failing(new ApiError({ status: 403, code: 'insufficient_scope', required_scopes }))).toMatchObject(expected);
  });

  test.each([
    [new UnreachableError(new DOMException('late', 'TimeoutError')), true],
    [new UnreachableError(new TypeError('fetch failed')), false],
  ])('%s: whether time ran out is told', async (error, timedOut) => {
    expect(await failing(error)).toEqual({ status: 'unreachable', timedOut });
  });

  test('is nothing of whatever else is thrown', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.anything(),
          fc.string().map((words) => new Error(words)),
        ),
        async (thrown) => {
          expect(await failing(thrown)).toEqual(refused('internal'));
        },
      ),
    );
  });
});

test.each(Object.keys(ERRORS))('a refusal of the host itself, %s, is a problem that both ends can read', (name) => {
  const outcome = refused(name as ErrorCode);
  expect(BridgeOutcome.parse(outcome)).toEqual(outcome);
  expect(outcome).toMatchObject({
    problem: { code: name, docs: `/docs/errors/${name}` },
    retryAfterSeconds: name === 'rate_limited' ? 1 : null,
  });
});
