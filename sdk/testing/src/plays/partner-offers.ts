import { type OfferChange, OfferDraft, type OfferState, type PartnerOffer, type Submission, SubmissionId } from '@chung/contracts';
import { pageOf } from '../paging.ts';
import { type Plays, partnerOf } from '../plays.ts';
import { refusal } from '../refusal.ts';
import { checkOffer } from '../review/offer-checks.ts';
import { ownOffer } from '../state/code-jobs.ts';
import { createDraft } from '../state/publish.ts';
import { promote } from '../state/queue.ts';
import type { FakeOffer } from '../state/records.ts';
import type { Store } from '../state/state.ts';
import { hasEnded, unitsOf } from '../state/units.ts';

type WritingId = 'partner.offers.list' | 'partner.offers.get' | 'partner.offers.create' | 'partner.offers.change' | 'partner.offers.submit';

/** What a partner does with its offers. Members see nothing of it before `platform.review` approves. */
export function partnerOfferPlays(store: Store): Plays<WritingId> {
  return {
    'partner.offers.list': ({ query, caller }) => {
      const own = [...store.offers.values()].filter(
        (offer) => offer.partner.id === partnerOf(caller) && (!query.state || shownState(store, offer) === query.state),
      );
      const { items, nextCursor } = pageOf(own.toReversed(), 'falling', { list: 'partner.offers', query, position: ({ id }) => id });
      return { items: items.map((offer) => partnerOffer(store, offer)), nextCursor };
    },
    'partner.offers.get': ({ params, caller }) => partnerOffer(store, ownOffer(store, partnerOf(caller), params.offerId)),
    'partner.offers.create': ({ body, caller }) => {
      const partner = store.partners.get(partnerOf(caller));
      if (!partner) throw refusal('partner_not_active');
      return partnerOffer(store, createDraft(store, body, partner));
    },
    'partner.offers.change': ({ params, body, caller }) => {
      const offer = ownOffer(store, partnerOf(caller), params.offerId);
      change(store, offer, body);
      return partnerOffer(store, offer);
    },
    'partner.offers.submit': ({ params, caller }) => submit(store, ownOffer(store, partnerOf(caller), params.offerId)),
  };
}

/** An offer whose window has passed reads as ended; nothing has to happen for that. */
const shownState = (store: Store, { state, terms }: FakeOffer): OfferState =>
  state === 'published' && hasEnded(terms, store.now()) ? 'ended' : state;

/** Judged as a whole: what is changed may not fit what stays as it was. */
function changedTerms({ terms }: FakeOffer, changes: OfferChange): OfferDraft {
  const parsed = OfferDraft.safeParse({ ...terms, ...changes });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, code, message }) => ({ path: ['body', ...path].join('.'), code, message }));
  throw refusal('validation_failed', { fields });
}

/**
 * New terms make a new version that goes through review again; the stock alone may be raised and lowered while the offer stays published. A
 * change that changes nothing does nothing.
 */
function change(store: Store, offer: FakeOffer, changes: OfferChange): void {
  if (offer.state === 'submitted')
    throw refusal('wrong_state', {
      detail: {
        vi: 'Ưu đãi đang chờ duyệt; hãy sửa sau khi có kết quả.',
        en: 'The offer is being reviewed; change it after the decision.',
      },
    });
  const terms = changedTerms(offer, changes);
  const isStock = terms.stock !== offer.terms.stock;
  const isTerms = JSON.stringify({ ...terms, stock: 0 }) !== JSON.stringify({ ...offer.terms, stock: 0 });
  const { stock, held, redeemed, promised, spentMinor } = unitsOf(store, offer);
  if (isStock && held + redeemed + promised > terms.stock) throw refusal('stock_below_redeemed');
  if (terms.budgetMinor !== offer.terms.budgetMinor && terms.budgetMinor !== undefined && spentMinor > terms.budgetMinor)
    throw refusal('budget_below_spent');
  const isLive = offer.state === 'published' || offer.state === 'paused';
  if (!isTerms && isLive && terms.stock > stock) assertCodes(offer, terms.stock - held - redeemed);
  if (!isTerms && !isStock) return;
  // New units go to the members in line before anybody else sees them, also when other terms take the offer away.
  offer.terms = { ...offer.terms, stock: terms.stock };
  promote(store, offer);
  Object.assign(offer, { terms, updatedAt: store.now().toISOString() });
  if (isTerms) Object.assign(offer, { termsVersion: offer.termsVersion + 1, state: 'draft', listing: null });
  // A refused offer becomes a draft by any change, so that it can be submitted again.
  else if (offer.state === 'refused') offer.state = 'draft';
}

function assertCodes({ terms, pool }: FakeOffer, needed: number): void {
  if (terms.codes === 'none' || pool.free >= needed) return;
  const text = {
    vi: `Kho mã còn ${pool.free} mã, cần ít nhất ${needed}.`,
    en: `The pool has ${pool.free} free codes, at least ${needed} are needed.`,
  };
  throw refusal('checks_failed', { detail: text, fields: [{ path: 'codes', code: 'OFR-104', message: text.vi }] });
}

/** What fails a check is answered with every finding, and nothing has happened. */
function submit(store: Store, offer: FakeOffer): Submission {
  if (offer.state !== 'draft')
    throw refusal('wrong_state', {
      detail: {
        vi: 'Chỉ gửi duyệt được bản nháp; ưu đãi bị từ chối cần được sửa trước.',
        en: 'Only a draft can be submitted; a refused offer must be changed first.',
      },
    });
  const { terms, termsVersion, pool } = offer;
  const codes = terms.codes === 'pool' ? { free: pool.free } : null;
  const findings = checkOffer({ terms, units: unitsOf(store, offer), codes, now: store.now() });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw refusal('checks_failed', {
      fields: errors.map(({ path, rule, text }) => ({ path, code: rule, message: text })),
      reasons: errors.map(({ rule, text }) => ({ fact: rule, text })),
    });
  const at = store.now().toISOString();
  const id = SubmissionId.parse(store.newId());
  store.submissions.push({ id, offer, termsVersion, findings, submittedAt: at, state: 'waiting' });
  Object.assign(offer, { state: 'submitted', updatedAt: at });
  store.emit('offer.submitted.v1', { offerId: offer.id, submissionId: id }, offer.partner.id);
  const queuePosition = store.submissions.filter(({ state }) => state === 'waiting').length;
  return { id, offerId: offer.id, state: 'waiting', termsVersion, findings, queuePosition, submittedAt: at };
}

function partnerOffer(store: Store, offer: FakeOffer): PartnerOffer {
  const { id, partner, terms, termsVersion, pool, createdAt, updatedAt, lastDecision } = offer;
  const { stock, available, held, redeemed } = unitsOf(store, offer);
  const codes = terms.codes === 'pool' ? { total: pool.total, free: pool.free } : null;
  return {
    ...terms,
    id,
    partnerId: partner.id,
    state: shownState(store, offer),
    termsVersion,
    counts: { stock, available, held, redeemed, codes },
    createdAt,
    updatedAt,
    lastDecision,
  };
}
