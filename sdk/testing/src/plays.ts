import type { BodyOf, OperationById, OperationId, ParamsOf, QueryOf, ReplyOf, Scope } from '@chung/contracts';
import type { FakeMember } from './fixtures.ts';
import { refusal } from './refusal.ts';

/** Who calls, and with what. */
export type Caller =
  | { readonly actor: 'member'; readonly member: FakeMember; readonly scopes: ReadonlySet<Scope> }
  | { readonly actor: 'partner'; readonly scopes: ReadonlySet<Scope> }
  | { readonly actor: 'public'; readonly scopes: ReadonlySet<Scope> };

export interface PlayRequest<Id extends OperationId> {
  readonly params: ParamsOf<OperationById<Id>>;
  readonly query: QueryOf<OperationById<Id>>;
  readonly body: BodyOf<OperationById<Id>>;
  readonly caller: Caller;
}

type Play<Id extends OperationId> = (request: PlayRequest<Id>) => ReplyOf<OperationById<Id>> | Promise<ReplyOf<OperationById<Id>>>;

/** How operations are played, by their ids. Requests were parsed by the registry before, and replies are after. */
export type Plays<Ids extends OperationId = OperationId> = { readonly [Id in Ids]: Play<Id> };

/** The member who calls; the guard has let nobody else through. */
export function memberOf(caller: Caller): FakeMember {
  if (caller.actor !== 'member') throw refusal('wrong_actor');
  return caller.member;
}

/** A page of a list in memory; its cursor is the place to go on from. */
export function pageOf<Item>(all: readonly Item[], { cursor, limit }: { cursor?: string | undefined; limit: number }) {
  const from = placeOf(cursor);
  const items = all.slice(from, from + limit);
  const next = from + items.length;
  return { items, nextCursor: next < all.length ? `at-${next}` : null, next: `at-${next}` };
}

function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const place = /^at-(\d{1,9})$/.exec(cursor)?.[1];
  if (place === undefined) throw refusal('invalid_cursor');
  return Number(place);
}
