import { ApiError, UnreachableError } from '@chung/client/light';
import {
  type BridgeCall,
  type BridgeOperationId,
  type BridgeOutcome,
  ERRORS,
  type ErrorCode,
  OPENS,
  type OperationSpec,
  type Scope,
} from '@chung/contracts';
import type { Allowed } from './allow-list.ts';

/** A call after its input was checked; goes on to the platform with the mini-app's own token, never with the member's session. */
export interface InvokeInput {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly signal: AbortSignal;
}

export interface AnswerSettings {
  readonly allowed: ReadonlyMap<string, Allowed>;
  readonly hostVersion: number;
  readonly granted: () => ReadonlySet<Scope>;
  readonly invoke: (id: BridgeOperationId, input: InvokeInput) => Promise<unknown>;
}

/** One call from allow-list to outcome. Never rejects: whatever goes wrong is a value. */
export async function answerCall(call: BridgeCall, settings: AnswerSettings, signal: AbortSignal): Promise<BridgeOutcome> {
  const found = settings.allowed.get(call.operation);
  if (!found) return { status: 501 };
  if (found.minimumHost > settings.hostVersion) return { status: 426, minimumHost: found.minimumHost };
  const { operation, id } = found;
  const missing = () => operation.scope !== null && !settings.granted().has(operation.scope);
  const withoutScope = { status: 403, scope: operation.scope ?? '' } as const;
  if (missing()) return withoutScope;
  const input = inputOf(call, operation);
  if ('code' in input) return refused(input.code, input.fields);
  try {
    const value = await settings.invoke(id, { ...input, signal });
    // What was read for a scope that is gone by now is not handed over. An effect that took place is told all the same.
    if (operation.method === 'GET' && missing()) return withoutScope;
    return { status: 200, value: withoutClosedParts(id, value, settings.granted()) };
  } catch (error) {
    return outcomeOf(error);
  }
}

interface BadInput {
  readonly code: ErrorCode;
  readonly fields: NonNullable<Extract<BridgeOutcome, { status: 'refused' }>['problem']['fields']>;
}

function inputOf(call: BridgeCall, operation: OperationSpec): Omit<InvokeInput, 'signal'> | BadInput {
  const parts = {
    params: operation.params.safeParse(call.params ?? {}),
    query: operation.query.safeParse(call.query ?? {}),
    body: operation.body?.safeParse(call.body ?? {}) ?? { success: call.body === undefined, data: undefined },
  };
  const fields = Object.entries(parts).flatMap(([part, parsed]) => {
    if (parsed.success) return [];
    const issues =
      'error' in parsed && parsed.error ? parsed.error.issues : [{ path: [], code: 'unrecognized_keys', message: 'No body is taken.' }];
    return issues.map(({ path, code, message }) => ({ path: [part, ...path].join('.'), code: code ?? 'custom', message }));
  });
  if (fields.length > 0) return { code: 'validation_failed', fields: fields.slice(0, 20) };
  const { idempotencyKey } = call;
  if (operation.idempotency !== 'none' && idempotencyKey === undefined) return { code: 'idempotency_key_required', fields: [] };
  return { params: fieldsOf(parts.params.data), query: fieldsOf(parts.query.data), body: parts.body.data, idempotencyKey };
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});

/** A refusal of the host itself, in the words the platform would use. */
export function refused(code: ErrorCode, fields: BadInput['fields'] = []): BridgeOutcome {
  const { status, title } = ERRORS[code];
  const problem = {
    type: `/docs/errors/${code}`,
    title: title.en,
    status,
    code,
    docs: `/docs/errors/${code}`,
    ...(fields.length > 0 && { fields }),
  };
  return { status: 'refused', problem, retryAfterSeconds: code === 'rate_limited' ? 1 : null };
}

function outcomeOf(error: unknown): BridgeOutcome {
  if (error instanceof UnreachableError) return { status: 'unreachable', timedOut: error.timedOut };
  // A bug of the host: its sentence may hold what a mini-app must not see.
  if (!(error instanceof ApiError)) return refused('internal');
  // The platform decides in the end: it may have heard of a withdrawal before this host.
  const [scope] = error.requiredScopes;
  if (error.code === 'insufficient_scope' && scope !== undefined) return { status: 403, scope };
  const problem = {
    title: error.title,
    status: error.status,
    code: error.code,
    ...(error.detail !== null && { detail: error.detail }),
    ...(error.docs !== null && { type: error.docs, docs: error.docs }),
    ...(error.requestId !== null && { request_id: error.requestId }),
    ...(error.fields.length > 0 && { fields: [...error.fields] }),
    ...(error.reasons.length > 0 && { reasons: [...error.reasons] }),
  };
  return { status: 'refused', problem, retryAfterSeconds: error.retryAfterSeconds };
}

const PARTS = new Map<string, Readonly<Record<string, Scope>>>(Object.entries(OPENS));

/** The platform leaves these parts out by the token's scopes; here they are left out by what is granted this very moment. */
function withoutClosedParts(id: BridgeOperationId, value: unknown, granted: ReadonlySet<Scope>): unknown {
  const parts = PARTS.get(id);
  if (!parts || typeof value !== 'object' || value === null) return value;
  const isOpen = (name: string) => {
    const scope = Object.hasOwn(parts, name) ? parts[name] : undefined;
    return scope === undefined || granted.has(scope);
  };
  return Object.fromEntries(Object.entries(value).filter(([name]) => isOpen(name)));
}
