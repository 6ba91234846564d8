import type { Readable } from 'node:stream';
import type { BodyOf, Language, OperationSpec, ParamsOf, QueryOf, ReplyOf } from '@chung/contracts';
import type { Tx } from './db.ts';
import type { PrincipalOf } from './principal.ts';

/** What a handler is given: everything is parsed, authenticated and authorised by the seam before it runs. */
export interface Call<Op extends OperationSpec> {
  readonly principal: PrincipalOf[Op['actor']];
  readonly params: ParamsOf<Op>;
  readonly query: QueryOf<Op>;
  readonly body: BodyOf<Op>;
  readonly stream: Readable;
  readonly language: Language;
  readonly requestId: string;
  /** Set for `row` and `header` operations; the seam has refused a missing or oversized key. */
  readonly idempotencyKey: string;
  /**
   * The seam's transaction, for `header` operations only: key, effect, audit entry and reply commit together.
   * Other operations open their own; calling it there is a bug and throws.
   */
  readonly tx: Tx;
}

/**
 * The bytes of a text in UTF-8, a sign for each (`latin1`). Such pieces are joined as text and sent in one piece with the head of
 * the answer; buffers would be copied twice, and text with other letters would be turned into bytes sign by sign.
 */
export const signsOf = (text: string): string => Buffer.from(text).toString('latin1');

/**
 * A reply that is written already, for hot reads alone: whoever makes one has parsed its parts by the operation's schema, because
 * the seam does not. Not for operations whose reply is kept under an idempotency key.
 */
export class ReadyReply {
  /** JSON as `signsOf` writes it. */
  readonly bytes: string;
  constructor(bytes: string) {
    this.bytes = bytes;
  }
}

export type Handler<Op extends OperationSpec> = (call: Call<Op>) => Promise<ReplyOf<Op> | ReadyReply>;

/** A route of the table in `app.ts`. */
export interface Route {
  readonly operation: OperationSpec;
  // A method, so that a handler of one operation is a handler of any: the seam parses with this very operation's schemas before it calls.
  handle(call: Call<OperationSpec>): Promise<unknown>;
}

/** Binds an operation to its handler; the handler is typed from the declaration. */
export function on<Op extends OperationSpec>(operation: Op, handle: Handler<Op>): Route {
  return { operation, handle };
}
