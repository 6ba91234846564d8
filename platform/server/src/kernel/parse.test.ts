import { expect, test } from 'vitest';
import { z } from 'zod';
import { DomainError } from './errors.ts';
import { readIdempotencyKey } from './idempotency.ts';
import { assertShallow, parsePart } from './parse.ts';

const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'ok';
  } catch (error) {
    return error instanceof DomainError ? error.code : 'bug';
  }
};

test('a body that does not parse names each field, and never repeats its value', () => {
  const schema = z.strictObject({ price: z.int().min(0), name: z.string() });
  const refusal = (() => {
    try {
      return parsePart(schema, { price: -5, secret: 'hunter2' }, 'body');
    } catch (error) {
      return error;
    }
  })();
  expect(refusal).toMatchObject({ code: 'validation_failed' });
  const text = JSON.stringify((refusal as DomainError).extras);
  expect(text).toContain('body.price');
  expect(text).toContain('body.name');
  expect(text).not.toContain('hunter2');
});

test('JSON nested beyond any of our schemas is refused before it is walked', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 50_000; i++) deep = [deep];
  expect(codeOf(() => assertShallow(deep))).toBe('invalid_request');
  expect(codeOf(() => assertShallow({ a: [{ b: 1 }] }))).toBe('ok');
});

test('an idempotency key is 1 to 255 visible characters', () => {
  expect(readIdempotencyKey('"abc"')).toBe('abc');
  expect(codeOf(() => readIdempotencyKey(undefined))).toBe('idempotency_key_required');
  expect(codeOf(() => readIdempotencyKey('   '))).toBe('idempotency_key_required');
  expect(codeOf(() => readIdempotencyKey('a b'))).toBe('invalid_request');
  expect(codeOf(() => readIdempotencyKey('x'.repeat(256)))).toBe('invalid_request');
});
