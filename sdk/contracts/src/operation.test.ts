// What a declaration means where it says nothing: guard, route, client and OpenAPI all read these defaults.
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { type BodyOf, operation, type ParamsOf, type QueryOf, type ReplyOf } from './operation.ts';

const title = { vi: 'Thời tiết', en: 'Get the weather' };
const weather = { id: 'weather.get', method: 'GET', path: '/v1/weather', actor: 'public', reply: z.int(), title } as const;

describe('what a declaration leaves out', () => {
  test('is nothing: no scope, no key, no parameters, no body, no errors of its own', () => {
    const { scope, idempotency, body, bodyType, accepts, errors, status } = operation(weather);
    expect({ scope, idempotency, body, bodyType, accepts, errors, status }).toEqual({
      scope: null,
      idempotency: 'none',
      body: null,
      bodyType: 'none',
      accepts: [],
      errors: [],
      status: 200,
    });
  });

  test('is refused when it is sent all the same', () => {
    const { params, query } = operation(weather);
    for (const schema of [params, query]) {
      expect(schema.safeParse({}).success).toBe(true);
      expect(schema.safeParse({ city: 'Huế' }).success).toBe(false);
    }
  });

  test.each([
    ['GET', 'read'],
    ['POST', 'write'],
    ['PATCH', 'write'],
    ['DELETE', 'write'],
  ] as const)('of a %s is the rate class %s, unless it names one', (method, rate) => {
    expect(operation({ ...weather, method }).rate).toBe(rate);
    expect(operation({ ...weather, method, rate: 'sensitive' }).rate).toBe('sensitive');
  });
});

describe('a body', () => {
  const body = z.strictObject({ degrees: z.int() });

  test('that is declared is JSON', () => {
    const declared = operation({ ...weather, method: 'POST', body });
    expect([declared.body, declared.bodyType, declared.accepts]).toEqual([body, 'json', []]);
  });

  test('that is a stream has content types instead of a schema', () => {
    const declared = operation({ ...weather, method: 'POST', stream: ['text/csv', 'text/plain'] });
    expect([declared.body, declared.bodyType, declared.accepts]).toEqual([null, 'stream', ['text/csv', 'text/plain']]);
  });
});

test('a declaration keeps what it was given and changes nothing of it', () => {
  const params = z.strictObject({ city: z.string() });
  const spec = {
    ...weather,
    scope: 'offers:read',
    actor: 'member',
    idempotency: 'row',
    params,
    status: 201,
    errors: ['conflict'],
  } as const;
  const before = { ...spec };
  expect(operation(spec)).toMatchObject(spec);
  expect(spec).toEqual(before);
});

test('handler and client are typed from the very schemas', () => {
  const measured = operation({
    ...weather,
    method: 'POST',
    params: z.strictObject({ city: z.string() }),
    query: z.strictObject({ limit: z.coerce.number().default(20) }),
    body: z.strictObject({ degrees: z.int() }),
  });
  expectTypeOf<ParamsOf<typeof measured>>().toEqualTypeOf<{ city: string }>();
  expectTypeOf<QueryOf<typeof measured>>().toEqualTypeOf<{ limit: number }>();
  expectTypeOf<BodyOf<typeof measured>>().toEqualTypeOf<{ degrees: number }>();
  expectTypeOf<ReplyOf<typeof measured>>().toEqualTypeOf<number>();
  expectTypeOf(measured.bodyType).toEqualTypeOf<'json'>();
  expectTypeOf(operation(weather).scope).toEqualTypeOf<null>();
  expectTypeOf(operation({ ...weather, scope: 'openid' }).scope).toEqualTypeOf<'openid'>();
  expectTypeOf<BodyOf<ReturnType<typeof operation<typeof weather>>>>().toEqualTypeOf<undefined>();
});
