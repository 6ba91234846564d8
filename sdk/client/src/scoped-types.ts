import type { AnyOperation, OPENS, OperationById, OperationId, Scope } from '@chung/contracts';
import type { z } from 'zod';
import type { CallReply, ItemOf, ListId, PagesOptions, Written } from './types.ts';

// Keys that exist in types alone: what a method needs is read from its type by the compiler and by `chung check`, under any name.
declare const OPERATION: unique symbol;
declare const SCOPE: unique symbol;
declare const DECLARED: unique symbol;

/**
 * Stands where something needs a scope that the app does not declare. It can neither be called nor read, and the compiler's sentence
 * names the scope: “This expression is not callable. Type 'MissingScope<"redemptions:claim">' has no call signatures.”
 *
 * Declare the scope, with its purpose, in `chung.config.ts`, or narrow an optional one with `has()`.
 */
export interface MissingScope<Needed extends Scope> {
  readonly [SCOPE]?: Needed | undefined;
}

export type ScopeOf<Id extends OperationId> = OperationById<Id>['scope'];

/** The operations that one kind of caller may use; public ones belong to everybody. */
export type IdFor<Caller extends 'member' | 'partner'> = Extract<AnyOperation, { readonly actor: Caller | 'public' }>['id'];

interface Branded<Id extends OperationId> {
  readonly [OPERATION]?: Id | undefined;
  readonly [SCOPE]?: NonNullable<ScopeOf<Id>> | undefined;
}

/** What a method is called with: path parameters, filters and fields in one object. */
export type MethodInput<Id extends OperationId> = Together<
  z.input<OperationById<Id>['params']> & Written<z.input<OperationById<Id>['query']>> & BodyFields<OperationById<Id>>
>;

// An empty object schema reads as an index signature, which would forbid every field of the others.
type Together<Value> = Value extends object ? { readonly [Key in keyof Value as string extends Key ? never : Key]: Value[Key] } : never;
type BodyFields<Op extends AnyOperation> = Op['bodyType'] extends 'stream'
  ? { readonly body: Blob | ReadableStream<Uint8Array> | string; readonly contentType: string }
  : Op['body'] extends z.ZodType
    ? z.input<Op['body']>
    : unknown;

export interface MethodOptions {
  /** Made by the client when left out; give your own to make a repeat after a crash harmless. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

type MethodArguments<Id extends OperationId> =
  Record<never, never> extends MethodInput<Id>
    ? [input?: MethodInput<Id>, options?: MethodOptions]
    : [input: MethodInput<Id>, options?: MethodOptions];

/** The parts of a reply that scopes of their own open: there when declared, and named like a missing method when not. */
export type MethodReply<Id extends OperationId, Declared extends Scope> = Id extends keyof typeof OPENS
  ? Opened<CallReply<Id>, (typeof OPENS)[Id], Declared>
  : CallReply<Id>;

type Opened<Reply, Parts, Declared extends Scope> = {
  readonly [Key in keyof Reply]-?: Key extends keyof Parts
    ? Parts[Key] extends Scope
      ? [Parts[Key]] extends [Declared]
        ? NonNullable<Reply[Key]> & MissingScope<Parts[Key]>
        : MissingScope<Parts[Key]>
      : never
    : Reply[Key];
};

/** One operation. Rejects with `ApiError`, `UnreachableError` or `UnexpectedReplyError`. */
export interface Method<Id extends OperationId, Reply> extends Branded<Id> {
  (...input: MethodArguments<Id>): Promise<Reply>;
}

/** An operation that answers pages; `all` walks them. */
export interface ListMethod<Id extends ListId, Reply> extends Method<Id, Reply> {
  readonly all: WalkMethod<Id>;
}

export interface WalkMethod<Id extends ListId> extends Branded<Id> {
  (query?: Omit<MethodInput<Id>, 'cursor'>, options?: PagesOptions): AsyncGenerator<ItemOf<Id>, void, undefined>;
}

type Callable<Id extends OperationId, Declared extends Scope> = [ScopeOf<Id>] extends [Declared | null]
  ? Id extends ListId
    ? ListMethod<Id, MethodReply<Id, Declared>>
    : Method<Id, MethodReply<Id, Declared>>
  : MissingScope<NonNullable<ScopeOf<Id>>>;

/** `offers.queue.join` becomes `.offers.queue.join`. */
export type Operations<Ids extends OperationId, Declared extends Scope, Prefix extends string = ''> = {
  readonly [Name in Heads<Ids, Prefix>]: `${Prefix}${Name}` extends infer Id extends Ids
    ? Callable<Id, Declared>
    : Operations<Ids, Declared, `${Prefix}${Name}.`>;
};

type Heads<Ids extends string, Prefix extends string> = Ids extends `${Prefix}${infer Rest}`
  ? Rest extends `${infer Head}.${string}`
    ? Head
    : Rest
  : never;

/**
 * Marks a client with what it declares: one with more scopes can stand for one with fewer, never the other way. Without it the compiler may
 * take both for the same, and `has()` would narrow nothing.
 */
export interface Declares<in Declared extends Scope> {
  readonly [DECLARED]?: ((scope: Declared) => void) | undefined;
}
