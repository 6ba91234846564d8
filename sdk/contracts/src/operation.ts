import { z } from 'zod';
import type { ErrorCode } from './errors.ts';
import type { Scope } from './scopes.ts';
import type { Text } from './text.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Who calls: `public` needs no token; the others need a token or session of that kind. */
export type Actor = 'public' | 'member' | 'partner' | 'admin';

/** Rate classes; the numbers behind them are the operator's setting. */
export type RateClass = 'read' | 'write' | 'bulk' | 'sensitive';

/**
 * How a repeat is recognised.
 * - `none`: reading, or repeating is harmless by nature.
 * - `header`: the seam keeps key, request hash and reply in the same transaction as the effect.
 * - `row`: the key lives in the business row for ever (claims).
 */
export type Idempotency = 'none' | 'header' | 'row';

export interface OperationSpec {
  readonly id: string;
  readonly method: Method;
  /** Express-free template: `/v1/offers/{offerId}`. */
  readonly path: string;
  readonly actor: Actor;
  readonly scope: Scope | null;
  readonly idempotency: Idempotency;
  readonly rate: RateClass;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  /** `null` for no body; a stream is handed to the handler as it comes. */
  readonly body: z.ZodType | null;
  readonly bodyType: 'none' | 'json' | 'stream';
  /** Content types a stream may have. */
  readonly accepts: readonly string[];
  readonly status: 200 | 201 | 202 | 204;
  readonly reply: z.ZodType;
  /** Codes besides those every operation can answer. */
  readonly errors: readonly ErrorCode[];
  readonly title: Text;
}

const nothing = z.strictObject({});

interface OperationInput {
  readonly id: string;
  readonly method: Method;
  readonly path: string;
  readonly actor: Actor;
  readonly title: Text;
  readonly reply: z.ZodType;
  readonly scope?: Scope;
  readonly idempotency?: Idempotency;
  readonly rate?: RateClass;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly stream?: readonly string[];
  readonly status?: 200 | 201 | 202 | 204;
  readonly errors?: readonly ErrorCode[];
}

type Given<Spec, Key extends string, Default> = Spec extends Record<Key, infer Value> ? Exclude<Value, undefined> : Default;

/** An operation with its defaults filled in; keeps the exact schemas so that handler and client are typed from it. */
export interface Operation<Spec extends OperationInput = OperationInput> extends OperationSpec {
  readonly id: Spec['id'];
  readonly actor: Spec['actor'];
  readonly scope: Given<Spec, 'scope', null>;
  readonly idempotency: Given<Spec, 'idempotency', 'none'>;
  readonly params: Given<Spec, 'params', typeof nothing>;
  readonly query: Given<Spec, 'query', typeof nothing>;
  readonly body: Given<Spec, 'body', null>;
  readonly bodyType: Spec extends { readonly stream: readonly string[] }
    ? 'stream'
    : Spec extends { readonly body: z.ZodType }
      ? 'json'
      : 'none';
  readonly reply: Spec['reply'];
}

/**
 * Declares one operation of the platform. Route, guard, OpenAPI, typed client, consent words, docs and the generated
 * authorization tests all come from this one declaration.
 *
 * @example
 * import { z } from 'zod';
 *
 * export const getWeather = operation({
 *   id: 'weather.get',
 *   method: 'GET',
 *   path: '/v1/weather',
 *   actor: 'public',
 *   reply: z.object({ degrees: z.int() }),
 *   title: { vi: 'Thời tiết', en: 'Get the weather' },
 * });
 */
export function operation<const Spec extends OperationInput>(spec: Spec): Operation<Spec> {
  const declared: OperationSpec = {
    id: spec.id,
    method: spec.method,
    path: spec.path,
    actor: spec.actor,
    scope: spec.scope ?? null,
    idempotency: spec.idempotency ?? 'none',
    rate: spec.rate ?? (spec.method === 'GET' ? 'read' : 'write'),
    params: spec.params ?? nothing,
    query: spec.query ?? nothing,
    body: spec.body ?? null,
    bodyType: spec.stream ? 'stream' : spec.body ? 'json' : 'none',
    accepts: spec.stream ?? [],
    status: spec.status ?? 200,
    reply: spec.reply,
    errors: spec.errors ?? [],
    title: spec.title,
  };
  // The generic view only narrows what was just built from the same `spec`.
  return declared as Operation<Spec>;
}

export type ParamsOf<Op extends OperationSpec> = z.output<Op['params']>;
export type QueryOf<Op extends OperationSpec> = z.output<Op['query']>;
export type BodyOf<Op extends OperationSpec> = Op['body'] extends z.ZodType
  ? z.output<Op['body']>
  : Op['body'] extends null
    ? undefined
    : unknown;
export type ReplyOf<Op extends OperationSpec> = z.output<Op['reply']>;
