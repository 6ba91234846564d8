import { type Language, OPERATIONS, type OperationId, type OperationSpec, type Scope } from '@chung/contracts';
import type { Switchboard } from './faults.ts';
import { parseRequest, readIdempotencyKey } from './parse.ts';
import type { Caller } from './plays.ts';
import { refusal } from './refusal.ts';
import { SentBody, type Upload, uploadOf } from './upload.ts';

/** One call of an operation, its fields in their places. */
export interface PlatformCall {
  readonly id: OperationId;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  /** An object; a file for operations that take one. */
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  /** In which the sentences of a refusal are; English unless told. */
  readonly language?: Language | undefined;
}

/** Calls an operation as somebody; rejects with a `Refusal`. The caller is found out here where that may be refused. */
export type Guard = (caller: Caller | (() => Caller), call: PlatformCall) => Promise<unknown>;

interface LooseRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly caller: Caller;
  readonly idempotencyKey: string;
  readonly language: Language;
  readonly upload: Upload | null;
}

export interface GuardSettings {
  /** How operations are played; found by id, and typed where they are written. */
  readonly plays: object;
  readonly switches: Switchboard;
  /** Whether a partner's status stops those who call for it; throws if so. */
  readonly assertStanding: (caller: Caller) => void;
  /** Before each operation: what time has brought about meanwhile. */
  readonly before: () => Promise<void>;
}

interface Kept {
  readonly request: string;
  readonly reply: Promise<unknown>;
}

const ANYBODY: Caller = { actor: 'public', scopes: new Set() };
const SPECS = new Map(OPERATIONS.map((one): [string, OperationSpec] => [one.id, one]));

/** The platform's seam in small: who, allowed what, in which form, already done? The order is the platform's. */
export function createGuard({ plays, switches, assertStanding, before }: GuardSettings): Guard {
  const table = new Map<string, (request: LooseRequest) => unknown>(Object.entries(plays));
  const kept = new Map<string, Kept>();

  const answered = async (given: Caller | (() => Caller), call: PlatformCall, language: Language): Promise<unknown> => {
    const spec = SPECS.get(call.id);
    const play = table.get(call.id);
    if (!spec) throw refusal('not_found');
    if (!play) throw refusal('internal', { detail: unplayed(call.id) });
    const { rate } = switches.faults;
    if (rate !== 'unlimited') throw refusal('rate_limited', { retryAfterSeconds: rate.retryAfterSeconds });
    // Who calls an open operation is nobody's business, and a token that has run out does not matter there.
    const caller = spec.actor === 'public' ? ANYBODY : typeof given === 'function' ? given() : given;
    assertStanding(caller);
    assertAllowed(spec, caller, switches);
    const { input, idempotencyKey, upload } = await readCall(spec, call, language);
    const perform = async () => {
      await before();
      // What the platform would never send is a fault of the fake, or of a test that arranged it so; both must be seen.
      return spec.reply.parse(await play({ ...input, caller, idempotencyKey, language, upload }));
    };
    // A claim keeps its key in the redemption, as long as that is there; its play knows it.
    if (spec.idempotency !== 'header') return perform();
    const place = `${nameOf(caller)} ${idempotencyKey}`;
    return once(kept, { place, request: JSON.stringify([call.id, input.params, input.body]) }, perform);
  };

  return (caller, call) => answered(caller, call, call.language ?? 'en');
}

/** What was sent, once it is clear that the sender is listened to. */
async function readCall(spec: OperationSpec, call: PlatformCall, language: Language) {
  const body = call.body instanceof SentBody ? await call.body.read(spec) : call.body;
  const input = parseRequest(spec, { params: call.params ?? {}, query: call.query ?? {}, body }, language);
  const idempotencyKey = spec.idempotency === 'none' ? '' : readIdempotencyKey(call.idempotencyKey);
  return { input, idempotencyKey, upload: spec.bodyType === 'stream' ? uploadOf(body) : null };
}

/** Two calls under one key, also at the same time, are one. A refusal leaves no key: the same call may succeed later. */
function once(kept: Map<string, Kept>, { place, request }: { place: string; request: string }, perform: () => Promise<unknown>) {
  const known = kept.get(place);
  if (known && known.request !== request) throw refusal('idempotency_key_reused');
  if (known) return known.reply;
  const reply = perform().catch((error: unknown) => {
    kept.delete(place);
    throw error;
  });
  kept.set(place, { request, reply });
  return reply;
}

const unplayed = (id: string) => ({ vi: `Nền tảng giả không đóng ${id}.`, en: `The fake platform does not play ${id}.` });

/** As the platform tells callers apart: a member once for each app. */
function nameOf(caller: Caller): string {
  if (caller.actor === 'public') return 'public';
  return caller.actor === 'member' ? `member:${caller.member.id}:${caller.partnerId}` : `partner:${caller.partnerId}`;
}

function assertAllowed(spec: OperationSpec, caller: Caller, { faults }: Switchboard): void {
  if (spec.actor === 'public') return;
  if (caller.actor === 'public') throw refusal('unauthenticated');
  if (faults.token === 'expired') throw refusal('invalid_token');
  const granted = [...caller.scopes].filter((scope) => !faults.deniedScopes.includes(scope));
  const lacking = lackingOf(spec, granted);
  if (spec.scope !== null && !granted.includes(spec.scope)) throw refusal('insufficient_scope', lacking);
  if (caller.actor !== spec.actor) throw refusal('wrong_actor', lacking);
}

const lackingOf = ({ scope }: OperationSpec, granted: readonly Scope[]) => ({
  requiredScopes: scope === null ? [] : [scope],
  grantedScopes: granted,
});
