import type { AnyOperation, OperationById, OperationId, ReplyOf } from '@chung/contracts';
import type { z } from 'zod';

/** A query as the caller writes it: values the server coerces from text (`limit`) are plain numbers here. */
export type Written<Query> = { [Key in keyof Query]: unknown extends Query[Key] ? number : Query[Key] };

/** A member that may be left out when every part of it may be. */
type Part<Key extends string, Value> = keyof Value extends never
  ? { readonly [K in Key]?: undefined }
  : Record<never, never> extends Value
    ? { readonly [K in Key]?: Value }
    : { readonly [K in Key]: Value };

type BodyPart<Op extends AnyOperation> = Op['bodyType'] extends 'stream'
  ? { readonly body: Blob | ReadableStream<Uint8Array> | string; readonly contentType: string }
  : Op['body'] extends z.ZodType
    ? Record<string, never> extends z.input<Op['body']>
      ? { readonly body?: z.input<Op['body']> }
      : { readonly body: z.input<Op['body']> }
    : { readonly body?: undefined };

/** What an operation is called with, derived from its declaration in the registry. */
export type CallInput<Id extends OperationId> = Part<'params', z.input<OperationById<Id>['params']>> &
  Part<'query', Written<z.input<OperationById<Id>['query']>>> &
  BodyPart<OperationById<Id>> & {
    /** Made by the client when left out; give your own to make a repeat after a crash harmless. */
    readonly idempotencyKey?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  };

export type CallArguments<Id extends OperationId> =
  Record<never, never> extends CallInput<Id> ? [input?: CallInput<Id>] : [input: CallInput<Id>];

/** What an operation answers, as its reply schema reads it. */
export type CallReply<Id extends OperationId> = ReplyOf<OperationById<Id>>;

/** The operations that answer a cursor page. */
export type ListId = { [Id in OperationId]: CallReply<Id> extends Page ? Id : never }[OperationId];
export type ItemOf<Id extends ListId> = CallReply<Id> extends { items: (infer Item)[] } ? Item : never;
export type ListQuery<Id extends ListId> = Omit<NonNullable<CallInput<Id>['query']>, 'cursor'>;

export interface Page {
  items: unknown[];
  nextCursor: string | null;
}

/** The typed face of the platform: one method a call, one that walks a list. */
export interface Client {
  call<Id extends OperationId>(id: Id, ...input: CallArguments<Id>): Promise<CallReply<Id>>;
  pages<Id extends ListId>(id: Id, query?: ListQuery<Id>, options?: PagesOptions): AsyncGenerator<ItemOf<Id>, void, undefined>;
}

export interface PagesOptions {
  readonly signal?: AbortSignal;
  /** Stops a walk that would never end; 1,000 pages unless told. */
  readonly maximumPages?: number;
}

/** The part of a declaration that the wire needs; no schemas, so that it can live in a small bundle. */
export interface WireOperation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly idempotency: 'none' | 'header' | 'row';
  readonly bodyType: 'none' | 'json' | 'stream';
}

export interface ClientOptions {
  /** Origin of the platform, e.g. `https://chung.example`; empty for the page's own origin. */
  readonly baseUrl?: string;
  readonly fetch?: typeof fetch;
  readonly credentials?: RequestCredentials;
  /** Asked before each attempt, so that a token, a DPoP proof or a CSRF token is always fresh. */
  readonly headers?: (request: { readonly method: string; readonly url: string }) => HeadersInit | Promise<HeadersInit>;
  /** Per attempt; 15 seconds unless told. */
  readonly timeoutSeconds?: number;
  /** Attempts of a call that is safe to repeat; 3 unless told. */
  readonly attempts?: number;
}
