import type { Readable } from 'node:stream';
import type {
  EligibilityReason,
  EligibilityRule,
  OfferChange,
  OfferDraft,
  OfferId,
  OfferState,
  PartnerId,
  ReplyOf,
  uploadCodes as uploadOperation,
} from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db, Tx } from '../../kernel/db.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import type { Vault } from '../../kernel/vault.ts';
import type { Partners } from '../partners/index.ts';
import { changeOffer } from './change-offer.ts';
import { type CodePool, createCodePool } from './codes.ts';
import { createOffer } from './create-offer.ts';
import { evaluateEligibility, type MemberFacts, type PlaceNames } from './eligibility.ts';
import { findForMember, type MemberSearch, type OfferForMember } from './find-for-member.ts';
import type { Offer, OfferDecision } from './offer.ts';
import { type OfferForClaim, offerForClaim } from './offer-for-claim.ts';
import { applyDecision, type OnPublish, submitOffer } from './review-offer.ts';
import { findOfferVersions, findPartnerOffer, listPartnerOffers } from './store.ts';
import { createTermsCache } from './terms-cache.ts';
import { redeemHeldUnit, returnUnit, takeUnit, type UnitHolder } from './units.ts';
import { uploadCodes } from './upload-codes.ts';

interface OwnOffer {
  readonly partnerId: PartnerId;
  readonly offerId: OfferId;
}

/** What the partner does with its own offers. */
interface PartnerSide {
  create(tx: Tx, input: { partnerId: PartnerId; draft: OfferDraft }): Promise<Offer>;
  change(tx: Tx, input: OwnOffer & { change: OfferChange }): Promise<Offer>;
  find(input: OwnOffer): Promise<Offer | null>;
  list(partnerId: PartnerId, page: { state?: OfferState | undefined; cursor?: string | undefined; limit: number }): Promise<Page<Offer>>;
  uploadCodes(input: OwnOffer & { stream: Readable }): Promise<ReplyOf<typeof uploadOperation>>;
}

/** For reviews. */
interface ReviewSide {
  submit(tx: Tx, input: OwnOffer): Promise<Offer>;
  applyDecision(tx: Tx, input: { offerId: OfferId; termsVersion: number; decision: OfferDecision }): Promise<Offer>;
  /** Whether a rule may name this province: whether the market has one with this code. */
  knowsProvince(code: string): boolean;
  /** Each with that version of its terms; in no order. */
  atVersions(keys: readonly { offerId: OfferId; termsVersion: number }[], on?: Tx): Promise<readonly Offer[]>;
}

/** For redemptions; what writes takes the caller's transaction. */
interface ClaimSide extends CodePool {
  offerForClaim(offerId: OfferId, on?: Tx): Promise<OfferForClaim | null>;
  takeUnit(tx: Tx, offerId: OfferId, as: UnitHolder): Promise<void>;
  redeemHeldUnit(tx: Tx, offerId: OfferId): Promise<void>;
  returnUnit(tx: Tx, offerId: OfferId, from: UnitHolder): Promise<void>;
  evaluateEligibility(rule: EligibilityRule, facts: MemberFacts, at: Date): EligibilityReason[];
}

export interface Offers extends PartnerSide, ReviewSide, ClaimSide {
  /** For the catalogue. */
  findForMember(search: MemberSearch): Promise<OfferForMember[]>;
}

interface OffersDeps {
  readonly db: Db;
  readonly partners: Partners;
  readonly vault: Vault;
  readonly cursors: Cursors;
  readonly names: PlaceNames;
  readonly onPublish: OnPublish;
}

export function createOffers(deps: OffersDeps): Offers {
  const { db, partners, names } = deps;
  const cursors = deps.cursors.ofList('partner.offers');
  const terms = createTermsCache();
  return {
    ...createCodePool(deps),
    create: (tx, input) => createOffer(tx, partners, input),
    change: (tx, input) => changeOffer(tx, partners, input),
    find: ({ partnerId, offerId }) => findPartnerOffer(db, partnerId, offerId),
    list: async (partnerId, { state, cursor, limit }) => {
      const before = cursors.decode(cursor)?.[0] ?? null;
      const rows = await listPartnerOffers(db, partnerId, { state, before, limit: limit + 1 });
      return pageFrom(rows, { limit, cursors, position: (offer) => [offer.id], item: (offer) => offer });
    },
    uploadCodes: (input) => uploadCodes(deps, input),
    submit: (tx, input) => submitOffer(tx, partners, input),
    applyDecision: (tx, input) => applyDecision(tx, partners, { ...input, onPublish: deps.onPublish }),
    atVersions: (keys, on = db) => findOfferVersions(on, keys),
    knowsProvince: (code) => names.province(code) !== null,
    offerForClaim: (offerId, on = db) => offerForClaim(on, { partners, terms }, offerId),
    takeUnit,
    redeemHeldUnit,
    returnUnit,
    evaluateEligibility: (rule, facts, at) => evaluateEligibility(rule, facts, { at, names }),
    findForMember: (search) => findForMember(db, { partners, terms, names }, search),
  };
}
