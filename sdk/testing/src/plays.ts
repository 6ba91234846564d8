import type { BodyOf, Language, OperationById, OperationId, ParamsOf, PartnerId, QueryOf, ReplyOf, Scope } from '@chung/contracts';
import type { FakeMember } from './fixtures.ts';
import { refusal } from './refusal.ts';
import type { Upload } from './upload.ts';

/** A member, through an app. */
export interface MemberCaller {
  readonly actor: 'member';
  readonly member: FakeMember;
  /** Whose app it is, which sees that partner's offers only; null for the platform's own member app, which sees everybody's. */
  readonly partnerId: PartnerId | null;
  readonly scopes: ReadonlySet<Scope>;
}

/** A partner's backend. */
export interface PartnerCaller {
  readonly actor: 'partner';
  readonly partnerId: PartnerId;
  readonly scopes: ReadonlySet<Scope>;
}

/** Who calls, and with what. */
export type Caller = MemberCaller | PartnerCaller | { readonly actor: 'public'; readonly scopes: ReadonlySet<Scope> };

export interface PlayRequest<Id extends OperationId> {
  readonly params: ParamsOf<OperationById<Id>>;
  readonly query: QueryOf<OperationById<Id>>;
  readonly body: BodyOf<OperationById<Id>>;
  readonly caller: Caller;
  /** Empty where the operation has none. */
  readonly idempotencyKey: string;
  readonly language: Language;
  /** Of operations that take a file. */
  readonly upload: Upload | null;
}

type Play<Id extends OperationId> = (request: PlayRequest<Id>) => ReplyOf<OperationById<Id>> | Promise<ReplyOf<OperationById<Id>>>;

/** How operations are played, by their ids. Requests were parsed by the registry before, and replies are after. */
export type Plays<Ids extends OperationId = OperationId> = { readonly [Id in Ids]: Play<Id> };

/** The operations whose ids begin so. */
export type IdsOf<Prefix extends string> = Extract<OperationId, `${Prefix}${string}`>;

/** The member who calls; the guard has let nobody else through. */
export function memberOf(caller: Caller): MemberCaller {
  if (caller.actor !== 'member') throw refusal('wrong_actor');
  return caller;
}

/** The partner that calls; the guard has let nobody else through. */
export function partnerOf(caller: Caller): PartnerId {
  if (caller.actor !== 'partner') throw refusal('wrong_actor');
  return caller.partnerId;
}

/** Whether this caller may see what belongs to a partner: an app sees its own partner's only. */
export const isHidden = (caller: MemberCaller, partnerId: PartnerId): boolean =>
  caller.partnerId !== null && caller.partnerId !== partnerId;
