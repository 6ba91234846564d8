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
      return parsePart(schema, { price: -5, secret: 'hunter2' }, { part: 'body', language: 'en' });
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

test('what is wrong is told in the caller’s language; the code, and a rule’s own name, are the same in both', () => {
  const refine = (_: unknown, context: z.RefinementCtx) =>
    context.addIssue({ code: 'custom', path: ['window'], message: 'window_reversed' });
  const schema = z.object({ price: z.int().min(0), category: z.enum(['home', 'other']) }).superRefine(refine);
  const refusal = (language: 'vi' | 'en', value: unknown) => {
    try {
      return parsePart(schema, value, { part: 'body', language });
    } catch (error) {
      return error instanceof DomainError ? error.extras.fields : error;
    }
  };
  const wrong = { price: 0.5, category: 'cars' };
  expect(refusal('vi', wrong)).toMatchObject([{ code: 'invalid_type' }, { code: 'invalid_value' }]);
  expect(JSON.stringify(refusal('vi', wrong))).toMatch(/không hợp lệ.*không hợp lệ/);
  expect(JSON.stringify(refusal('en', wrong))).toMatch(/Invalid input.*Invalid option/);
  for (const language of ['vi', 'en'] as const)
    expect(refusal(language, { price: 1, category: 'home' })).toEqual([
      { path: 'body.window', code: 'custom', message: 'window_reversed' },
    ]);
});

test('JSON nested beyond any of our schemas is refused before it is walked', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 50_000; i++) deep = [deep];
  expect(codeOf(() => assertShallow(deep))).toBe('invalid_request');
  expect(codeOf(() => assertShallow({ a: [{ b: 1 }] }))).toBe('ok');
});

test('text that the database cannot keep is refused by its place, before the schema is asked', () => {
  const refusal = (value: unknown, part: 'params' | 'query' | 'body') => {
    try {
      return parsePart(z.unknown(), value, { part, language: 'vi' });
    } catch (error) {
      return error;
    }
  };
  expect(refusal({ title: { vi: ['a', 'b\0'] } }, 'body')).toMatchObject({
    code: 'validation_failed',
    extras: { fields: [{ path: 'body.title.vi.1', code: 'invalid_text' }] },
  });
  expect(refusal({ title: 'nửa ký tự \ud83c' }, 'body')).toMatchObject({ code: 'validation_failed' });
  expect(refusal({ action: '\0' }, 'query')).toMatchObject({ code: 'invalid_request', extras: { fields: [{ path: 'query.action' }] } });
  expect(refusal({ title: 'Quà 🎁, dòng\nmới' }, 'body')).toEqual({ title: 'Quà 🎁, dòng\nmới' });
});

test('an idempotency key is 1 to 255 visible characters', () => {
  expect(readIdempotencyKey('"abc"')).toBe('abc');
  expect(codeOf(() => readIdempotencyKey(undefined))).toBe('idempotency_key_required');
  expect(codeOf(() => readIdempotencyKey('   '))).toBe('idempotency_key_required');
  expect(codeOf(() => readIdempotencyKey('a b'))).toBe('invalid_request');
  expect(codeOf(() => readIdempotencyKey('x'.repeat(256)))).toBe('invalid_request');
});
