// Rules of the registry that no type can hold. A new operation or scope is checked by being declared.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ERROR_CODES, ERRORS, isErrorCode } from './errors.ts';
import { errorsOf } from './openapi.ts';
import type { OperationSpec } from './operation.ts';
import { OPERATIONS, operationsOf } from './registry.ts';
import { isScope, SCOPE_NAMES, SCOPES, scopesOf } from './scopes.ts';

const operations: readonly OperationSpec[] = OPERATIONS;
/** Letters that Vietnamese has and English does not: a text without any of them was typed without diacritics. */
const DIACRITICS = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i;

const propertiesOf = (schema: z.ZodType) => Object.keys(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties ?? {});
const duplicatesOf = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index);

/** Why a change by a partner or an admin may go without a key. Whoever adds one writes the reason here. */
const NO_KEY_BECAUSE: Readonly<Record<string, string>> = {
  'partner.webhooks.test': 'each call is a test of its own: a repeat sends another test event, which changes nothing',
  'partner.webhooks.secret.reveal': 'a secret is shown once: a kept reply would keep it readable',
  'partner.offers.codes.upload': 'a repeated upload adds nothing: codes are unique in their pool',
  'partner.redemptions.lookup': 'it reads; a POST so that the code stays out of addresses',
  'admin.members.import': 'a repeated register changes nothing: members are found by their code',
};

test('ids, and method with path, are unique', () => {
  expect(duplicatesOf(operations.map(({ id }) => id))).toEqual([]);
  // Two templates that differ only in the name of a parameter are one address.
  expect(duplicatesOf(operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`))).toEqual([]);
});

test('no fixed address is swallowed by a template declared before it', () => {
  const patternOf = (path: string) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  const swallowed = operations.flatMap((later, index) =>
    operations
      .slice(0, index)
      .filter((earlier) => earlier.method === later.method && patternOf(earlier.path).test(later.path))
      .map((earlier) => `${later.id} by ${earlier.id}`),
  );
  expect(swallowed).toEqual([]);
});

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (id, operation) => {
  const { method, path, actor, scope, params, query, body, bodyType, reply, status, idempotency } = operation;

  test('its path and its parameters are the same names, and every one is required', () => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(propertiesOf(params)).toEqual(named);
    expect(path).toMatch(/^\/v1(\/([a-z][a-z-]*|\{\w+\}))+$/);
    if (named.length > 0) expect(params.safeParse({}).success).toBe(false);
  });

  test('it refuses what it does not declare', () => {
    for (const schema of [params, query, ...(body ? [body] : [])]) {
      const result = schema.safeParse({ noSuchField: 1 });
      const issues = result.success ? [] : result.error.issues;
      // A union tells its wrong tag first; with the right one it is as strict as the others.
      expect(issues.map(({ code }) => code).some((code) => code === 'unrecognized_keys' || code === 'invalid_union')).toBe(true);
    }
  });

  test('who calls it, what scope it takes and who can hold that scope agree', () => {
    if (actor === 'public') return expect(scope).toBeNull();
    expect(scope && SCOPES[scope].holder).toBe(actor);
    const [, , area] = path.split('/');
    expect(area === 'partner' || area === 'admin' ? area : 'member').toBe(actor);
  });

  test('a repeat of a change is recognised, or there is a reason why it need not be', () => {
    if (method === 'GET') return expect([idempotency, body]).toEqual(['none', null]);
    if (actor === 'partner' || actor === 'admin')
      expect(idempotency !== 'none' || NO_KEY_BECAUSE[id] !== undefined, 'declare a key, or a reason in this file').toBe(true);
  });

  test('its reply says whether there is one', () => {
    expect(reply.safeParse(undefined).success).toBe(status === 204);
    expect(bodyType === 'stream').toBe(operation.accepts.length > 0);
  });

  test('it declares each code once, and only codes that exist', () => {
    expect(duplicatesOf(operation.errors)).toEqual([]);
    expect(operation.errors.filter((code) => !isErrorCode(code))).toEqual([]);
    expect(duplicatesOf(errorsOf(operation))).toEqual([]);
  });

  test('every list takes a cursor and says that it may be refused, and an object by id may not be found', () => {
    if (propertiesOf(query).includes('cursor')) {
      expect(operation.errors).toContain('invalid_cursor');
      expect(propertiesOf(reply)).toEqual(expect.arrayContaining(['items', 'nextCursor']));
    }
    if (path.includes('{')) expect(operation.errors).toContain('not_found');
  });

  test('its title is written in both languages, in Vietnamese with its signs', () => {
    expect(operation.title.vi).toMatch(DIACRITICS);
    expect(operation.title.en).not.toMatch(DIACRITICS);
    expect(operation.title.en.trim()).not.toBe('');
  });
});

describe.each(SCOPE_NAMES.map((name) => [name, SCOPES[name]] as const))('scope %s', (name, scope) => {
  test('has consent words in both languages and the holder that its name says', () => {
    expect(scope.title.vi).toMatch(DIACRITICS);
    expect(scope.title.en).toMatch(/^[A-Z]/);
    expect(scope.title.en).not.toMatch(DIACRITICS);
    const [prefix] = name.split('.');
    if (prefix === 'partner' || prefix === 'admin') expect(scope.holder).toBe(prefix);
    else expect(scope.holder).toBe('member');
  });

  test('names the fields it opens exactly when it opens personal data, and asks for sensitive ones', () => {
    if (scope.dataClass !== 'none') expect(scope.fields.length).toBeGreaterThan(0);
    if (scope.dataClass === 'sensitive') expect(['asked', 'reviewed']).toContain(scope.sensitivity);
    expect(duplicatesOf(scope.fields)).toEqual([]);
  });
});

test('no partner can be given a scope of the platform’s own apps, and every admin scope is one of them', () => {
  expect(scopesOf('admin').map((name) => SCOPES[name].sensitivity)).toEqual(scopesOf('admin').map(() => 'first-party'));
  expect([...scopesOf('member'), ...scopesOf('partner'), ...scopesOf('admin')].toSorted()).toEqual(SCOPE_NAMES.toSorted());
});

test('the operations of the scopes are all operations but the public ones, each once', () => {
  const opened = SCOPE_NAMES.flatMap((name) => operationsOf(name).map(({ id }) => id));
  const guarded = operations.filter(({ actor }) => actor !== 'public').map(({ id }) => id);
  expect(opened.toSorted()).toEqual(guarded.toSorted());
});

test('names that only an object’s prototype has are neither scopes nor codes', () => {
  for (const name of ['constructor', '__proto__', 'toString', '']) expect([isScope(name), isErrorCode(name)]).toEqual([false, false]);
});

test('every code has a refusal’s status and public words in both languages', () => {
  for (const code of ERROR_CODES) {
    const { status, title } = ERRORS[code];
    expect([code, status >= 400 && status < 600]).toEqual([code, true]);
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(title.vi).toMatch(DIACRITICS);
    expect(title.en).not.toMatch(DIACRITICS);
    for (const words of [title.vi, title.en]) expect(words).toMatch(/^\p{Lu}.*\.$/u);
  }
});
