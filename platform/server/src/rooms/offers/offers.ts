import type {
  CodeJobId,
  CodeRecipe,
  EligibilityReason,
  EligibilityRule,
  OfferChange,
  OfferDraft,
  OfferId,
  OfferState,
  PartnerId,
} from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db, Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import type { Vault } from '../../kernel/vault.ts';
import type { Partners } from '../partners/index.ts';
import { changeOffer } from './change-offer.ts';
import type { CodeJobRow } from './code-job.ts';
import { cancelJob, findJob, listJobs } from './code-job-store.ts';
import { type CodePool, createCodePool } from './codes.ts';
import { createOffer } from './create-offer.ts';
import { evaluateEligibility, type MemberFacts, type PlaceNames } from './eligibility.ts';
import { createMemberSearch, type MemberSearch, type OfferForMember } from './find-for-member.ts';
import { type CodeGenerator, createCodeGenerator, startGeneration } from './generate-codes.ts';
import type { OnCodesLocked } from './look-up-code.ts';
import type { Offer, OfferDecision } from './offer.ts';
import { type OfferForClaim, offerForClaim } from './offer-for-claim.ts';
import { applyDecision, type OnPublish, submitOffer } from './review-offer.ts';
import { findOfferVersions, findPartnerOffer, listPartnerOffers } from './store.ts';
import { createTermsCache } from './terms-cache.ts';
import { type CodeUpload, uploadCodes } from './upload-codes.ts';

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
}

/** How a partner fills its pools: uploads and generations, as jobs that it can watch. */
interface CodeJobs {
  uploadCodes(upload: CodeUpload): Promise<CodeJobRow>;
  generateCodes(tx: Tx, input: OwnOffer & { recipe: CodeRecipe }): Promise<CodeJobRow>;
  findCodeJob(input: OwnOffer & { jobId: CodeJobId }): Promise<CodeJobRow | null>;
  listCodeJobs(input: OwnOffer, page: { cursor?: string | undefined; limit: number }): Promise<Page<CodeJobRow>>;
  cancelCodeJob(tx: Tx, input: OwnOffer & { jobId: CodeJobId }): Promise<CodeJobRow>;
  /** What makes the codes of generations, in this process. */
  readonly codeGenerator: CodeGenerator;
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
  evaluateEligibility(rule: EligibilityRule, facts: MemberFacts, at: Date): EligibilityReason[];
}

export interface Offers extends PartnerSide, CodeJobs, ReviewSide, ClaimSide {
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
  /** Told when a caller is locked out for guessing codes. */
  readonly onCodesLocked?: OnCodesLocked | undefined;
}

export function createOffers(deps: OffersDeps): Offers {
  const { db, partners, names } = deps;
  const cursors = deps.cursors.ofList('partner.offers');
  const terms = createTermsCache();
  return {
    ...createCodePool(deps),
    ...createCodeJobs(deps),
    create: (tx, input) => createOffer(tx, partners, input),
    change: (tx, input) => changeOffer(tx, partners, input),
    find: ({ partnerId, offerId }) => findPartnerOffer(db, partnerId, offerId),
    list: async (partnerId, { state, cursor, limit }) => {
      const before = cursors.decode(cursor)?.[0] ?? null;
      const rows = await listPartnerOffers(db, partnerId, { state, before, limit: limit + 1 });
      return pageFrom(rows, { limit, cursors, position: (offer) => [offer.id], item: (offer) => offer });
    },
    submit: (tx, input) => submitOffer(tx, partners, input),
    applyDecision: (tx, input) => applyDecision(tx, partners, { ...input, onPublish: deps.onPublish }),
    atVersions: (keys, on = db) => findOfferVersions(on, keys),
    knowsProvince: (code) => names.province(code) !== null,
    offerForClaim: (offerId, on = db) => offerForClaim(on, { partners, terms }, offerId),
    evaluateEligibility: (rule, facts, at) => evaluateEligibility(rule, facts, { at, names }),
    findForMember: createMemberSearch({ db, partners, terms, names }),
  };
}

function createCodeJobs(deps: OffersDeps): CodeJobs {
  const { db, partners } = deps;
  const cursors = deps.cursors.ofList('partner.offers.codes.jobs');
  return {
    uploadCodes: (upload) => uploadCodes(deps, upload),
    generateCodes: (tx, input) => startGeneration(tx, partners, input),
    findCodeJob: ({ partnerId, offerId, jobId }) => findJob(db, partnerId, { offerId, id: jobId }),
    listCodeJobs: async ({ partnerId, offerId }, { cursor, limit }) => {
      if (!(await findPartnerOffer(db, partnerId, offerId))) throw new DomainError('not_found');
      const before = cursors.decode(cursor)?.[0] ?? null;
      const rows = await listJobs(db, { partnerId, offerId }, { before, limit: limit + 1 });
      return pageFrom(rows, { limit, cursors, position: (job) => [job.id], item: (job) => job });
    },
    cancelCodeJob: async (tx, { partnerId, offerId, jobId }) => {
      const cancelled = await cancelJob(tx, partnerId, { offerId, id: jobId });
      if (cancelled) return cancelled;
      throw new DomainError((await findJob(tx, partnerId, { offerId, id: jobId })) ? 'wrong_state' : 'not_found');
    },
    codeGenerator: createCodeGenerator(deps),
  };
}
