import { ApiError, createClient, UnreachableError } from '@chung/client';
import { OPERATIONS, type OperationId, type Scope } from '@chung/contracts';
import { z } from 'zod';
import type { MemberSession } from './member-sessions.ts';
import type { CallAnswer, CallLine, DevFaults } from './state.ts';

const RETRY_SECONDS = 5;
const LINES_MAX = 200;

/** A call as the page hands it over from the bridge, which has checked it against the registry. */
export const DevCall = z.object({
  operation: z.string().max(128),
  params: z.record(z.string(), z.unknown()).default({}),
  query: z.record(z.string(), z.unknown()).default({}),
  body: z.record(z.string(), z.unknown()).optional(),
  idempotencyKey: z.string().max(200).optional(),
});
export type DevCall = z.infer<typeof DevCall>;

const SCOPE_OF = new Map<string, Scope | null>(OPERATIONS.map(({ id, scope }) => [id, scope]));

const isOperation = (id: string): id is OperationId => SCOPE_OF.has(id);

export interface Calls {
  make(call: DevCall): Promise<CallAnswer>;
  readonly lines: readonly CallLine[];
  /** How many calls needed a scope. */
  used(scope: Scope): number;
}

export interface CallsSettings {
  readonly platform: string;
  readonly session: () => Promise<MemberSession | null>;
  readonly faults: () => DevFaults;
  readonly onChange: () => void;
}

/** The mini-app's calls, made with the member's own token, with the faults that are switched on. */
export function createCalls(settings: CallsSettings): Calls {
  const lines: CallLine[] = [];
  const counts = new Map<Scope, number>();
  let made = 0;
  return {
    lines,
    used: (scope) => counts.get(scope) ?? 0,
    make: async (call) => {
      const started = performance.now();
      const scope = SCOPE_OF.get(call.operation) ?? null;
      if (scope) counts.set(scope, (counts.get(scope) ?? 0) + 1);
      const answer = await answerOf(call, settings);
      made += 1;
      const { status, code } = shownAs(answer);
      const milliseconds = Math.round(performance.now() - started);
      lines.unshift({ id: made, at: new Date().toISOString(), operation: call.operation, scope, status, code, milliseconds });
      lines.splice(LINES_MAX);
      settings.onChange();
      return answer;
    },
  };
}

function shownAs(answer: CallAnswer): { status: number | null; code: string | null } {
  if (answer.kind === 'value') return { status: 200, code: null };
  return answer.kind === 'problem' ? { status: answer.problem.status, code: answer.problem.code } : { status: null, code: 'unreachable' };
}

async function answerOf(call: DevCall, settings: CallsSettings): Promise<CallAnswer> {
  const { latencySeconds, network, rate, token } = settings.faults();
  if (latencySeconds > 0) await new Promise((resolve) => setTimeout(resolve, latencySeconds * 1000));
  if (network === 'unreachable') return { kind: 'unreachable' };
  if (rate === 'limited') return { kind: 'problem', problem: { status: 429, code: 'rate_limited' }, retryAfterSeconds: RETRY_SECONDS };
  const answer = await sent(() => (token === 'expired' ? withoutToken(call, settings) : withToken(call, settings)));
  // It has taken effect; whoever repeats it with the same key gets the same answer later.
  return network === 'answers_lost' ? { kind: 'unreachable' } : answer;
}

async function sent(send: () => Promise<unknown>): Promise<CallAnswer> {
  try {
    return { kind: 'value', value: await send() };
  } catch (error) {
    if (error instanceof ApiError) return { kind: 'problem', problem: problemOf(error), retryAfterSeconds: error.retryAfterSeconds };
    if (error instanceof UnreachableError) return { kind: 'unreachable' };
    throw error;
  }
}

/** The problem document again, as far as the bridge hands it on. */
function problemOf(error: ApiError) {
  const { status, code, title, detail, docs, requestId, requiredScopes, grantedScopes, fields, reasons } = error;
  return {
    ...{ status, code, title },
    ...(detail !== null && { detail }),
    ...(docs !== null && { docs }),
    ...(requestId !== null && { request_id: requestId }),
    ...{ required_scopes: requiredScopes, granted_scopes: grantedScopes, fields, reasons },
  };
}

async function withToken({ operation, params, query, body, idempotencyKey }: DevCall, { session }: CallsSettings): Promise<unknown> {
  const open = await session();
  if (!open) throw new ApiError({ status: 401, code: 'unauthenticated' });
  // A client can do more than its operations; a call can not.
  if (!isOperation(operation)) throw new ApiError({ status: 404, code: 'not_found' });
  // A field has one name and one place, so the method sorts them back into path, query and body.
  const fields = { ...params, ...query, ...body };
  return methodOf(open.client, operation)(fields, idempotencyKey === undefined ? {} : { idempotencyKey });
}

const isMethod = (value: unknown): value is (fields: object, options: object) => Promise<unknown> => typeof value === 'function';

function methodOf(client: object, operation: OperationId) {
  const found = operation.split('.').reduce<unknown>((place, name) => {
    const isPlace = (typeof place === 'object' || typeof place === 'function') && place !== null && Object.hasOwn(place, name);
    return isPlace ? Reflect.get(place, name) : undefined;
  }, client);
  if (!isMethod(found)) throw new ApiError({ status: 404, code: 'not_found' });
  return found;
}

/** Refused by the platform itself, so that what the mini-app sees is what it would see. */
async function withoutToken({ operation, params, query, body, idempotencyKey }: DevCall, settings: CallsSettings): Promise<unknown> {
  if (!isOperation(operation)) throw new ApiError({ status: 404, code: 'not_found' });
  const client = createClient({ baseUrl: settings.platform, headers: () => ({ authorization: 'Bearer expired' }) });
  const call = client.call as (id: OperationId, input: object) => Promise<unknown>;
  return call(operation, { params, query, body, idempotencyKey });
}
