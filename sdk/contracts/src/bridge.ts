// The bridge between a mini-app and its host. `zod/mini`, because a mini-app loads this file over a phone's connection.
import * as z from 'zod/mini';
import type { AnyOperation } from './registry.ts';

/** Rises when an end of another version could misread a message; both ends name theirs at the start. */
export const BRIDGE_VERSION = 1;

/**
 * Above these the host takes the mini-app away: a flood of messages froze the host's page for seconds in trials, with a budget for a
 * tenth of one. Characters are counted in the JSON text of a message.
 */
export const BRIDGE_LIMITS = {
  messagesPerSecond: 200,
  charactersFromApp: 65_536,
  charactersFromHost: 4_194_304,
  callsAtOnce: 64,
} as const;

export interface BridgeLimits {
  readonly messagesPerSecond: number;
  readonly charactersFromApp: number;
  readonly callsAtOnce: number;
}

/**
 * The operations a mini-app may name: those of members and the public readings. What a member's apps can never hold (the platform's own
 * scopes) is refused by its scope, and what belongs to partners and admins is unknown.
 */
export type BridgeOperationId = Exclude<Extract<AnyOperation, { readonly actor: 'member' | 'public' }>['id'], 'partners.register'>;

/** As much of a `MessagePort` as the bridge needs; tests bring their own. */
export interface BridgePort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  start(): void;
  close(): void;
}

/** The mini-app's first word, to its parent, addressed to anybody: it says nothing that another page may not know. */
export const BridgeHello = z.object({
  kind: z.literal('chung.hello'),
  versions: z.array(z.int()).check(z.minLength(1), z.maxLength(16)),
});

/** The host's answer; the event carries the port. The host addresses anybody too, since an opaque origin has no name. */
export const BridgeStart = z.object({ kind: z.literal('chung.start'), version: z.int() });

const CallNumber = z.int().check(z.positive());
const ScopeName = z.string().check(z.minLength(1), z.maxLength(64));
const Fields = z.record(z.string(), z.unknown());

const Call = z.strictObject({
  kind: z.literal('call'),
  id: CallNumber,
  operation: z.string().check(z.minLength(1), z.maxLength(128)),
  params: z.optional(Fields),
  query: z.optional(Fields),
  body: z.optional(z.unknown()),
  idempotencyKey: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
});
export type BridgeCall = z.infer<typeof Call>;

/** What a mini-app can say: call an operation, give a call up, ask for an optional scope, take the back button. There is nothing else. */
export const AppMessage = z.discriminatedUnion('kind', [
  Call,
  z.strictObject({ kind: z.literal('cancel'), id: CallNumber }),
  z.strictObject({ kind: z.literal('ask'), id: CallNumber, scope: ScopeName }),
  z.strictObject({ kind: z.literal('back'), handled: z.boolean() }),
]);
export type AppMessage = z.infer<typeof AppMessage>;

// The problem document of `errors.ts`, read leniently: a newer platform may say more.
const BridgeProblem = z.object({
  type: z.exactOptional(z.string()),
  title: z.exactOptional(z.string()),
  status: z.int(),
  code: z.string(),
  detail: z.exactOptional(z.string()),
  docs: z.exactOptional(z.string()),
  request_id: z.exactOptional(z.string()),
  required_scopes: z.exactOptional(z.array(z.string())),
  granted_scopes: z.exactOptional(z.array(z.string())),
  fields: z.exactOptional(z.array(z.object({ path: z.string(), code: z.string(), message: z.string() }))),
  reasons: z.exactOptional(z.array(z.object({ fact: z.string(), message: z.string() }))),
});
export type BridgeProblem = z.infer<typeof BridgeProblem>;

/**
 * How a call ended. 200 done · 403 the scope is not granted, or not any more · 426 this host is older than the operation · 501 no such
 * operation for mini-apps · `refused` by the platform, with its problem document (RFC 9457) · `unreachable` no answer came, whether it
 * took effect is unknown.
 */
export const BridgeOutcome = z.discriminatedUnion('status', [
  z.object({ status: z.literal(200), value: z.optional(z.unknown()) }),
  z.object({ status: z.literal(403), scope: z.string() }),
  z.object({ status: z.literal(426), minimumHost: z.int() }),
  z.object({ status: z.literal(501) }),
  z.object({ status: z.literal('refused'), problem: BridgeProblem, retryAfterSeconds: z.nullable(z.number()) }),
  z.object({ status: z.literal('unreachable'), timedOut: z.boolean() }),
]);
export type BridgeOutcome = z.infer<typeof BridgeOutcome>;

const inset = z.number().check(z.minimum(0), z.maximum(4_096));

/** What surrounds a mini-app and is the host's to decide. Insets are CSS pixels. */
export const Surroundings = z.object({
  language: z.enum(['vi', 'en']),
  theme: z.enum(['light', 'dark']),
  safeArea: z.object({ top: inset, right: inset, bottom: inset, left: inset }),
  visible: z.boolean(),
});
export type Surroundings = z.infer<typeof Surroundings>;

const Granted = z.array(ScopeName).check(z.maxLength(64));

export const CutReason = z.enum(['rate', 'size', 'closed']);
/** Why the host ended the bridge: too many messages, one too large, or the mini-app was closed. */
export type CutReason = z.infer<typeof CutReason>;

/** What a host can say. `state` comes first, once. */
export const HostMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('state'), hostVersion: z.int(), granted: Granted, surroundings: Surroundings }),
  z.object({ kind: z.literal('reply'), id: CallNumber, outcome: BridgeOutcome }),
  z.object({ kind: z.literal('answer'), id: CallNumber, decision: z.enum(['granted', 'refused']) }),
  z.object({ kind: z.literal('scopes'), granted: Granted }),
  z.object({ kind: z.literal('surroundings'), surroundings: Surroundings }),
  z.object({ kind: z.literal('back') }),
  z.object({ kind: z.literal('end'), reason: CutReason }),
]);
export type HostMessage = z.infer<typeof HostMessage>;

/**
 * Reads a message of the other end; null for anything that is none. Messages are JSON text, so that their size is known before any work is
 * done for them, and nothing but plain data can arrive.
 *
 * @example
 * const message = readBridgeMessage(AppMessage, data, BRIDGE_LIMITS.charactersFromApp);
 * if (message?.kind === 'cancel') giveUp(message.id);
 */
export function readBridgeMessage<Schema extends z.ZodMiniType>(
  schema: Schema,
  data: unknown,
  charactersMax: number,
): z.output<Schema> | null {
  if (typeof data !== 'string' || data.length > charactersMax) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(data));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
