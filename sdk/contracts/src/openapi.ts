import { z } from 'zod';
import { ERRORS, type ErrorCode, Problem } from './errors.ts';
import type { OperationSpec } from './operation.ts';
import { OPERATIONS } from './registry.ts';
import { SCOPE_NAMES, SCOPES } from './scopes.ts';

type Json = Record<string, unknown>;

/**
 * Codes that any operation of the kind can answer; each operation's own come on top.
 *
 * @example
 * const codes = OPERATIONS.flatMap((operation) => errorsOf(operation));
 */
export function errorsOf(operation: OperationSpec): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>(['invalid_request', 'rate_limited', 'internal', 'unavailable', ...operation.errors]);
  if (operation.actor !== 'public')
    for (const code of ['unauthenticated', 'invalid_token', 'invalid_dpop_proof', 'insufficient_scope', 'wrong_actor'] as const)
      codes.add(code);
  // A person in one of the web apps calls by session; a session that does not match its page changes nothing.
  if (operation.actor !== 'public' && operation.method !== 'GET') codes.add('csrf_failed');
  if (operation.body) for (const code of ['validation_failed', 'payload_too_large', 'unsupported_media_type'] as const) codes.add(code);
  if (operation.idempotency !== 'none') for (const code of ['idempotency_key_required', 'idempotency_key_reused'] as const) codes.add(code);
  return [...codes];
}

// Refinements and transforms have no JSON Schema; the rest of the shape is told as it is.
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): z.core.JSONSchema.BaseSchema => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  return json;
};

function parametersOf(operation: OperationSpec): Json[] {
  const from = (schema: z.ZodType, place: 'path' | 'query'): Json[] => {
    const json = schemaOf(schema, 'input');
    const required = new Set(json.required);
    return Object.entries(json.properties ?? {}).map(([name, property]) => ({
      name,
      in: place,
      required: place === 'path' || required.has(name),
      schema: property,
    }));
  };
  const key = { name: 'Idempotency-Key', in: 'header', required: true, schema: { type: 'string', minLength: 1, maxLength: 255 } };
  return [...from(operation.params, 'path'), ...from(operation.query, 'query'), ...(operation.idempotency === 'none' ? [] : [key])];
}

function requestBodyOf(operation: OperationSpec): Json {
  if (operation.body)
    return { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(operation.body, 'input') } } } };
  if (operation.bodyType !== 'stream') return {};
  return {
    requestBody: { required: true, content: Object.fromEntries(operation.accepts.map((type) => [type, { schema: { type: 'string' } }])) },
  };
}

function responsesOf(operation: OperationSpec): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(operation)) byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code]);
  const success: Json = { description: operation.title.en };
  if (operation.status !== 204) success['content'] = { 'application/json': { schema: schemaOf(operation.reply, 'output') } };
  const problems = [...byStatus].map(([status, codes]) => [
    String(status),
    {
      description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title.en}`).join('\n\n'),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  return { [operation.status]: success, ...Object.fromEntries(problems) };
}

function pathItemOf(operation: OperationSpec): Json {
  return {
    operationId: operation.id,
    summary: operation.title.en,
    description: operation.title.vi,
    tags: [operation.actor],
    security: operation.actor === 'public' ? [] : [{ oauth2: operation.scope ? [operation.scope] : [] }],
    parameters: parametersOf(operation),
    ...requestBodyOf(operation),
    responses: responsesOf(operation),
    'x-rate-class': operation.rate,
    'x-idempotency': operation.idempotency,
    ...(operation.scope && { 'x-data-class': SCOPES[operation.scope].dataClass, 'x-data-fields': SCOPES[operation.scope].fields }),
  };
}

/**
 * The OpenAPI 3.1 document of the platform, derived from the registry. `baseUrl` has no trailing slash.
 *
 * @example
 * show(JSON.stringify(openApiDocument({ baseUrl: 'https://chung.example', version: '1.0.0' })));
 */
export function openApiDocument(options: { baseUrl: string; version: string }): Json {
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS)
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: pathItemOf(operation) };
  const scopes = Object.fromEntries(SCOPE_NAMES.map((name) => [name, SCOPES[name].title.en]));
  return {
    openapi: '3.1.0',
    info: { title: 'Chung', version: options.version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: options.baseUrl }],
    paths,
    components: {
      securitySchemes: {
        oauth2: {
          type: 'oauth2',
          flows: {
            authorizationCode: {
              authorizationUrl: `${options.baseUrl}/oauth/authorize`,
              tokenUrl: `${options.baseUrl}/oauth/token`,
              scopes,
            },
            clientCredentials: { tokenUrl: `${options.baseUrl}/oauth/token`, scopes },
          },
        },
      },
      schemas: { Problem: schemaOf(Problem, 'output') },
    },
  };
}
