// Refusals as they come over a wire: of the platform, of what stands before it, and of nobody who keeps to a format.
import { ERROR_CODES, ERRORS } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError, readError, UnexpectedReplyError, UnreachableError } from './errors.ts';
import { grantedOf, ScopesNotGrantedError } from './scope-errors.ts';

const read = (body: unknown, status = 409, headers: Record<string, string> = {}) =>
  readError(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers }));

describe('a refusal of the platform', () => {
  test.each(ERROR_CODES.map((code) => [code, ERRORS[code]] as const))(
    '%s keeps its code, status and words',
    async (code, { status, title }) => {
      for (const words of [title.vi, title.en]) {
        const error = await read({ type: 't', title: words, status, code, docs: `/docs/errors/${code}`, request_id: 'r' }, status);
        expect(error).toMatchObject({
          code,
          status,
          title: words,
          message: words,
          docs: `/docs/errors/${code}`,
          requestId: 'r',
          detail: null,
        });
      }
    },
  );

  test('is told by its detail where it has one, then by its title, then by its code', async () => {
    const common = { status: 409, code: 'conflict' };
    const messages = [{ ...common, title: 'Title', detail: 'Detail' }, { ...common, title: 'Title' }, common].map((body) => read(body));
    expect((await Promise.all(messages)).map(({ message, title }) => [message, title])).toEqual([
      ['Detail', 'Title'],
      ['Title', 'Title'],
      ['conflict', 'conflict'],
    ]);
  });

  test('with a code that is newer than this version is passed on as it is', async () => {
    expect(await read({ status: 409, code: 'offer_recalled', title: 'Recalled' })).toMatchObject({ code: 'offer_recalled', status: 409 });
  });

  test('is of the status that was answered, whatever its document says', async () => {
    expect(await read({ status: 200, code: 'invalid_token' }, 401)).toMatchObject({ code: 'invalid_token', status: 401 });
    expect(await read({ status: '401', code: 'invalid_token' }, 401)).toMatchObject({ status: 401 });
  });

  test.each(['fields', 'reasons', 'required_scopes', 'granted_scopes'])('whose %s are no list has none', async (name) => {
    for (const value of ['x', 7, null, { length: 3 }, { 0: 'a' }]) {
      const error = await read({ status: 422, code: 'validation_failed', [name]: value }, 422);
      expect([error.fields, error.reasons, error.requiredScopes, error.grantedScopes]).toEqual([[], [], [], []]);
    }
  });
});

describe('when to come back', () => {
  test.each([
    ['0', 0],
    ['7', 7],
    ['3600', 3_600],
    ['-1', null],
    ['soon', null],
    ['Infinity', null],
    ['NaN', null],
  ])('is read from %j as %s', async (value, seconds) => {
    expect((await read({ status: 429, code: 'rate_limited' }, 429, { 'retry-after': value })).retryAfterSeconds).toBe(seconds);
    expect((await read('<html>', 503, { 'retry-after': value })).retryAfterSeconds).toBe(seconds);
  });

  test('is not known where nobody says', async () => expect((await read({}, 503)).retryAfterSeconds).toBeNull());
});

test.each([
  [400, 'internal'],
  [404, 'internal'],
  [429, 'rate_limited'],
  [500, 'internal'],
  [501, 'internal'],
  [502, 'unavailable'],
  [503, 'unavailable'],
  [504, 'unavailable'],
  [599, 'unavailable'],
])('an answer of %i that is no problem document is taken for %s', async (status, code) => {
  expect(await read('<h1>nginx</h1>', status)).toMatchObject({ status, code, requestId: null, fields: [] });
});

test('whatever stands in the answer, it is read as a refusal that can be shown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string()), fc.jsonValue(), fc.integer({ min: 400, max: 599 }), async (body, value, status) => {
      const nearly = JSON.stringify({ status, code: 'conflict', fields: value, reasons: value, request_id: value, docs: value });
      for (const text of [body, nearly]) {
        const error = await read(text, status);
        expect(error).toBeInstanceOf(ApiError);
        expect([error.status, typeof error.message, typeof error.code]).toEqual([status, 'string', 'string']);
        for (const list of [error.fields, error.reasons, error.requiredScopes, error.grantedScopes]) expect(Array.isArray(list)).toBe(true);
      }
    }),
  );
});

describe('no answer', () => {
  test('is a time-out only where the clock ended it', () => {
    const timedOut = (cause: unknown) => new UnreachableError(cause).timedOut;
    expect(timedOut(new DOMException('x', 'TimeoutError'))).toBe(true);
    expect([new DOMException('x', 'AbortError'), new TypeError('TimeoutError'), undefined, 'TimeoutError'].map(timedOut)).toEqual(
      Array.from({ length: 4 }, () => false),
    );
  });

  test('and an answer of another version keep what caused them', () => {
    const cause = new Error('socket hang up');
    expect(new UnreachableError(cause).cause).toBe(cause);
    const unexpected = new UnexpectedReplyError('me.get', cause);
    expect([unexpected.cause, unexpected.name]).toEqual([cause, 'UnexpectedReplyError']);
    expect(unexpected.message).toContain('me.get');
  });
});

describe('what was granted', () => {
  test('is every word of the text, each once, also one that this version does not know', () => {
    expect([...grantedOf('openid offers:read openid new.scope:read', ['openid'])]).toEqual(['openid', 'offers:read', 'new.scope:read']);
    expect([...grantedOf(undefined, []), ...grantedOf('', []), ...grantedOf('  ', [])]).toEqual([]);
  });

  test.each([undefined, '', 'openid2', 'OPENID', 'open id'])('lacks what is declared where it is %j, and the error names it', (text) => {
    expect(() => grantedOf(text, ['openid', 'offers:read'])).toThrow(ScopesNotGrantedError);
    expect(() => grantedOf(text, ['openid'])).toThrow(/openid\b/);
  });

  test('names all that is missing, in the order in which it was declared, and nothing that is there', () => {
    try {
      grantedOf('offers:read', ['redemptions:read', 'offers:read', 'openid']);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ name: 'ScopesNotGrantedError', missing: ['redemptions:read', 'openid'] });
    }
  });
});
