import { isDeepStrictEqual } from 'node:util';
import { type OfferChange, OfferDraft, type OfferId, type PartnerId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Partners } from '../partners/index.ts';
import { removeListing } from './listing-store.ts';
import { OFFER_MOVES, type Offer } from './offer.ts';
import { findPartnerOffer, insertTerms, lockPartnerOffer, moveOffer, touchOffer } from './store.ts';
import { changeBudget, changeStock } from './units.ts';

/**
 * Changes an offer. New terms make a new version and go through review again; the stock alone may be raised and lowered
 * while the offer stays published, because it promises members nothing new. A change that changes nothing does nothing.
 */
export async function changeOffer(
  tx: Tx,
  partners: Partners,
  input: { partnerId: PartnerId; offerId: OfferId; change: OfferChange },
): Promise<Offer> {
  const { partnerId, offerId, change } = input;
  await partners.requireActive(partnerId, tx);
  const offer = await lockPartnerOffer(tx, partnerId, offerId);
  if (!offer) throw new DomainError('not_found');
  if (!OFFER_MOVES.change.from.includes(offer.state)) throw notChangeable();

  const terms = changedTerms(offer.terms, change);
  const stockChanged = terms.stock !== offer.terms.stock;
  const termsChanged = !isDeepStrictEqual({ ...terms, stock: 0 }, { ...offer.terms, stock: 0 });
  if (stockChanged) await changeStock(tx, offerId, terms.stock);
  if (terms.budgetMinor !== offer.terms.budgetMinor) await changeBudget(tx, offerId, terms.budgetMinor ?? null);
  if (termsChanged) await newVersion(tx, offer, terms);
  // A refused offer becomes a draft by any change, so that it can be submitted again.
  else if (stockChanged && offer.state === 'refused') await move(tx, offer);
  else if (stockChanged) {
    requireCodes(offer, terms.stock);
    await touchOffer(tx, offerId);
  }

  const changed = await findPartnerOffer(tx, partnerId, offerId);
  if (!changed) throw new Error(`offer ${offerId} is missing after its change`);
  return changed;
}

/** Judged as a whole: what is changed may not fit what stays as it was, such as a new window the entries of a lottery. */
function changedTerms(terms: OfferDraft, change: OfferChange): OfferDraft {
  const parsed = OfferDraft.safeParse({ ...terms, ...change });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, code, message }) => ({ path: ['body', ...path].join('.'), code, message }));
  throw new DomainError('validation_failed', { fields });
}

/** More units of a live offer are promised at once, without a review that would count its codes again. A draft is counted when submitted. */
function requireCodes({ state, codes, units }: Offer, stock: number): void {
  const needed = stock - units.held - units.redeemed;
  if (codes === null || stock <= units.stock || (state !== 'published' && state !== 'paused') || codes.free >= needed) return;
  const text = {
    vi: `Kho mã còn ${codes.free} mã, cần ít nhất ${needed}.`,
    en: `The pool has ${codes.free} free codes, at least ${needed} are needed.`,
  };
  throw new DomainError('checks_failed', { detail: text, fields: [{ path: 'codes', code: 'OFR-104', message: text.vi }] });
}

async function newVersion(tx: Tx, offer: Offer, terms: OfferDraft): Promise<void> {
  const version = offer.termsVersion + 1;
  await insertTerms(tx, { offerId: offer.id, version, terms });
  await move(tx, offer, version);
  await removeListing(tx, offer.id);
}

async function move(tx: Tx, offer: Offer, newTermsVersion?: number): Promise<void> {
  const moved = await moveOffer(tx, offer, { as: 'change', ...(newTermsVersion === undefined ? {} : { newTermsVersion }) });
  if (!moved) throw notChangeable();
}

const notChangeable = () =>
  new DomainError('wrong_state', {
    detail: { vi: 'Ưu đãi đang chờ duyệt; hãy sửa sau khi có kết quả.', en: 'The offer is being reviewed; change it after the decision.' },
  });
