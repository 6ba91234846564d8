// The OpenAPI document against the registry and against the structure of OpenAPI 3.1.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ERRORS, Problem } from './errors.ts';
import { errorsOf, openApiDocument } from './openapi.ts';
import type { OperationSpec } from './operation.ts';
import { OPERATIONS } from './registry.ts';
import { SCOPE_NAMES } from './scopes.ts';

const JsonSchema = z.looseObject({});
const Content = z.record(z.string(), z.strictObject({ schema: JsonSchema }));
const Parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  schema: JsonSchema,
});
const Operation = z
  .object({
    operationId: z.string(),
    summary: z.string().min(1),
    description: z.string().min(1),
    tags: z.array(z.string()).length(1),
    security: z.array(z.record(z.string(), z.array(z.string()))),
    parameters: z.array(Parameter),
    requestBody: z.strictObject({ required: z.boolean(), content: Content }).optional(),
    responses: z.record(z.string().regex(/^[1-5]\d\d$/), z.strictObject({ description: z.string().min(1), content: Content.optional() })),
  })
  .catchall(z.unknown());
/** OpenAPI 3.1.0, as far as we use it: nothing else may stand in it. */
const OpenApi = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({ title: z.string(), version: z.string(), license: z.strictObject({ name: z.string(), identifier: z.string() }) }),
  servers: z.array(z.strictObject({ url: z.url() })).length(1),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(['get', 'post', 'patch', 'delete']), Operation)),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.looseObject({
        type: z.literal('oauth2'),
        flows: z.record(z.string(), z.looseObject({ scopes: z.record(z.string(), z.string()) })),
      }),
    ),
    schemas: z.record(z.string(), JsonSchema),
  }),
});

// As it goes over the wire: what JSON drops is not in the document.
const raw: unknown = JSON.parse(JSON.stringify(openApiDocument({ baseUrl: 'https://chung.example', version: '1.2.3' })));
const document = OpenApi.parse(raw);
const operations: readonly OperationSpec[] = OPERATIONS;
const methodOf = { GET: 'get', POST: 'post', PATCH: 'patch', DELETE: 'delete' } as const;

/** Every value in the document with the key it stands under. */
function* walk(value: unknown, key = ''): Generator<[string, unknown]> {
  yield [key, value];
  if (value !== null && typeof value === 'object') for (const [name, inner] of Object.entries(value)) yield* walk(inner, name);
}

test('it holds every operation once and nothing else', () => {
  const told = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId }]) => [operationId, method, path]),
  );
  const declared = operations.map(({ id, method, path }) => [id, methodOf[method], path]);
  expect(told.toSorted()).toEqual(declared.toSorted());
});

test('every reference leads somewhere inside it', () => {
  const references = [...walk(raw)].filter(([key]) => key === '$ref').map(([, value]) => String(value));
  expect(references.length).toBeGreaterThan(0);
  for (const reference of new Set(references)) {
    const found = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, name) => (at !== null && typeof at === 'object' ? Reflect.get(at, name) : undefined), raw);
    expect([reference, found !== undefined]).toEqual([reference, true]);
  }
});

test('its flows offer every scope that there is, with words', () => {
  for (const { flows } of Object.values(document.components.securitySchemes))
    for (const { scopes } of Object.values(flows)) expect(Object.keys(scopes)).toEqual([...SCOPE_NAMES]);
});

test('it names addresses of the platform that it stands for', () => {
  expect(document.servers).toEqual([{ url: 'https://chung.example' }]);
  const urls = [...walk(raw)].filter(([key]) => key === 'authorizationUrl' || key === 'tokenUrl').map(([, value]) => String(value));
  for (const url of urls) expect(url).toMatch(/^https:\/\/chung\.example\/oauth\//);
});

describe.each(operations.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
  const told = document.paths[operation.path]?.[methodOf[operation.method]];
  const named = (place: string) => told?.parameters.filter((parameter) => parameter.in === place) ?? [];

  test('asks for its scope, or for nothing when it is public', () => {
    expect(told?.security).toEqual(operation.actor === 'public' ? [] : [{ oauth2: [operation.scope] }]);
  });

  test('has its parameters: those of the path required, and the key where it takes one', () => {
    expect(named('path').map(({ name, required }) => [name, required])).toEqual(
      [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, true]),
    );
    for (const { name, required } of named('query')) {
      const without = operation.query.safeParse({});
      expect([name, required]).toEqual([name, !without.success && without.error.issues.some(({ path }) => path[0] === name)]);
    }
    expect(named('header').map(({ name }) => name)).toEqual(operation.idempotency === 'none' ? [] : ['Idempotency-Key']);
  });

  test('answers its status and every code it can answer, under the status of the code', () => {
    const success = told?.responses[operation.status];
    expect(success?.content === undefined).toBe(operation.status === 204);
    for (const code of errorsOf(operation)) {
      const response = told?.responses[ERRORS[code].status];
      expect(response?.description).toContain(`\`${code}\``);
      expect(response?.content).toEqual({ 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } });
    }
    const statuses = new Set([operation.status, ...errorsOf(operation).map((code) => ERRORS[code].status)].map(String));
    expect(new Set(Object.keys(told?.responses ?? {}))).toEqual(statuses);
  });

  test('takes the body that it declares', () => {
    const types = Object.keys(told?.requestBody?.content ?? {});
    expect(types).toEqual(operation.bodyType === 'json' ? ['application/json'] : [...operation.accepts]);
  });
});

test('a change by a signed-in person can be refused for its session, and says so', () => {
  for (const operation of operations.filter(({ actor, method }) => actor !== 'public' && method !== 'GET'))
    expect([operation.id, errorsOf(operation).includes('csrf_failed')]).toEqual([operation.id, true]);
});

test('the schema of a problem takes a whole problem and needs what makes it one', () => {
  const whole = { type: 't', title: 't', status: 404, code: 'not_found', docs: 'd', request_id: 'r' };
  expect(Problem.safeParse(whole).success).toBe(true);
  expect(document.components.schemas['Problem']).toMatchObject({ required: Object.keys(whole) });
});
