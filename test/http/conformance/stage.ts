// What a scenario plays on: the real platform or the fake one, with the same people, partners and words.
import { type MemberScope, type OfferDraft, OfferId, type OperationId, type PartnerScope } from '@chung/contracts';

export interface Sent {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  /** An idempotency key; a new one each time unless told, none where it is null. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Somebody who calls operations, over HTTP. */
export interface Actor {
  call(id: OperationId, sent?: Sent): Promise<Answer>;
}

/** Lan is verified and an officer, Minh verified, Hoa not. */
export type Person = 'lan' | 'minh' | 'hoa';
export type Who = Person | 'partner' | 'other' | 'anybody';

export interface Stage {
  readonly name: 'real' | 'fake';
  /** What stands at the end of partners' names here and not on the other stage. */
  readonly suffix: string;
  /** Members in the platform's own app, two partners' backends with every scope, and nobody. */
  as(who: Who): Actor;
  /** The first partner's backend with these scopes alone. */
  backend(scopes: readonly PartnerScope[]): Promise<Actor>;
  /** A member through the first partner's app. */
  throughApp(person: Person, scopes: readonly MemberScope[]): Promise<Actor>;
  /** Decides a submitted offer. */
  review(offerId: string, decision?: 'approve' | 'refuse'): Promise<void>;
  /** Lets time bring these about. */
  holdLapses(redemptionId: string): Promise<void>;
  promisesLapse(offerId: string): Promise<void>;
  entriesEnd(offerId: string): Promise<void>;
  generationsEnd(): Promise<void>;
  /** Waits until a withdrawal is felt by every token. */
  withdrawalFelt(): Promise<void>;
  /** Where a receiver listens that answers webhooks with the status it was told last; 204 at first. */
  readonly hookUrl: string;
  hookAnswers(status: number): void;
  /** Lets webhooks be delivered until an endpoint has so many tries in its log. */
  delivered(endpointId: string, tries: number): Promise<void>;
  close(): Promise<void>;
}

export const idOf = (answer: Answer): string => String(answer.body['id']);

/** An offer as it comes to be: written, filled with codes, submitted, approved. */
export async function published(
  stage: Stage,
  draft: OfferDraft,
  { codes = [], of = 'partner' }: { readonly codes?: readonly string[]; readonly of?: 'partner' | 'other' } = {},
): Promise<OfferId> {
  const partner = stage.as(of);
  const offerId = idOf(await partner.call('partner.offers.create', { body: draft }));
  const params = { offerId };
  if (codes.length > 0)
    await partner.call('partner.offers.codes.upload', { params, body: codes.join('\n'), headers: { 'content-type': 'text/plain' } });
  const submitted = await partner.call('partner.offers.submit', { params, body: {} });
  if (submitted.status !== 201) throw new Error(`the ${stage.name} platform answered ${JSON.stringify(submitted.body)}`);
  await stage.review(offerId);
  return OfferId.parse(offerId);
}

/** Codes of a pool, the same on every stage. */
export const codesFor = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `QUA-${String(index + 1).padStart(6, '0')}-KLMN`);

export const claim = (actor: Actor, offerId: string, key?: string): Promise<Answer> =>
  actor.call('offers.claim', { params: { offerId }, body: {}, ...(key !== undefined && { key }) });
