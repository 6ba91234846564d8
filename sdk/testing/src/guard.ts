import { OPERATIONS, type OperationId, type OperationSpec, type Scope } from '@chung/contracts';
import type { Switchboard } from './faults.ts';
import type { Caller } from './plays.ts';
import { refusal } from './refusal.ts';

/** One call of an operation, its fields in their places. */
export interface PlatformCall {
  readonly id: OperationId;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
}

/** Calls an operation as somebody; rejects with `ApiError`. */
export type Guard = (caller: Caller, call: PlatformCall) => Promise<unknown>;

interface LooseRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly caller: Caller;
}

export interface GuardSettings {
  /** How operations are played; found by id, and typed where they are written. */
  readonly plays: object;
  readonly switches: Switchboard;
  /** Before each operation: what time has brought about meanwhile. */
  readonly before: () => void;
}

interface Kept {
  readonly request: string;
  readonly reply: Promise<unknown>;
}

/** The platform's seam in small: who, allowed what, in which form, already done? The order is the platform's. */
export function createGuard({ plays, switches, before }: GuardSettings): Guard {
  const specs = new Map(OPERATIONS.map((one): [string, OperationSpec] => [one.id, one]));
  const table = new Map<string, (request: LooseRequest) => unknown>(Object.entries(plays));
  const kept = new Map<string, Kept>();

  return async (caller, call) => {
    const spec = specs.get(call.id);
    const play = table.get(call.id);
    if (!spec) throw refusal('not_found');
    if (!play) throw refusal('internal', { detail: `The fake platform does not play ${call.id}.` });
    const { rate } = switches.faults;
    if (rate !== 'unlimited') throw refusal('rate_limited', { retryAfterSeconds: rate.retryAfterSeconds });
    assertAllowed(spec, caller, switches);
    const input = parsed(spec, call);
    const key = spec.idempotency === 'none' ? undefined : call.idempotencyKey;
    if (spec.idempotency !== 'none' && key === undefined) throw refusal('idempotency_key_required');
    const request = JSON.stringify([call.id, input]);
    const place = `${nameOf(caller)} ${key}`;
    const known = key === undefined ? undefined : kept.get(place);
    if (known && known.request !== request) throw refusal('idempotency_key_reused');
    if (known) return known.reply;
    before();
    // What the platform would never send is a fault of the fake, or of a test that arranged it so; both must be seen.
    const reply = played(play, { ...input, caller }).then((value) => spec.reply.parse(value));
    if (key === undefined) return reply;
    // At once, so that two calls at the same time are one. A refusal leaves no key: the same call may succeed later.
    kept.set(place, { request, reply });
    return reply.catch((error: unknown) => {
      kept.delete(place);
      throw error;
    });
  };
}

/** A refusal is a rejection, also where it is thrown at once. */
const played = async (play: (request: LooseRequest) => unknown, request: LooseRequest) => play(request);

function nameOf(caller: Caller): string {
  return caller.actor === 'member' ? caller.member.id : caller.actor;
}

function assertAllowed(spec: OperationSpec, caller: Caller, { faults }: Switchboard): void {
  if (spec.actor === 'public') return;
  if (caller.actor === 'public') throw refusal('unauthenticated');
  if (faults.token === 'expired') throw refusal('invalid_token');
  if (caller.actor !== spec.actor) throw refusal('wrong_actor');
  const granted = [...caller.scopes].filter((scope) => !faults.deniedScopes.includes(scope));
  if (spec.scope !== null && !granted.includes(spec.scope)) throw missing(spec.scope, granted);
}

const missing = (scope: Scope, granted: readonly Scope[]) =>
  refusal('insufficient_scope', { requiredScopes: [scope], grantedScopes: granted });

function parsed(spec: OperationSpec, call: PlatformCall): Omit<LooseRequest, 'caller'> {
  const parts = {
    params: spec.params.safeParse(call.params ?? {}),
    query: spec.query.safeParse(call.query ?? {}),
    body: spec.body?.safeParse(call.body ?? {}) ?? { success: true as const, data: undefined },
  };
  const fields = Object.entries(parts).flatMap(([part, result]) =>
    result.success
      ? []
      : result.error.issues.map(({ path, code, message }) => ({ path: [part, ...path].join('.'), code: String(code), message })),
  );
  if (!parts.params.success || !parts.query.success || !parts.body.success) throw refusal('validation_failed', { fields });
  return { params: parts.params.data, query: parts.query.data, body: parts.body.data };
}
