import type { OfferId, PartnerId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Partners } from '../partners/index.ts';
import { putListing } from './listing-store.ts';
import type { Offer, OfferDecision } from './offer.ts';
import { findOfferVersions, lockPartnerOffer, moveOffer } from './store.ts';

/** What else must be true from the moment an offer is published; in the publishing transaction. The composition root hands it in. */
export type OnPublish = (tx: Tx, offer: Offer) => Promise<void>;

/** `draft → submitted`. The caller checks the offer it gets and throws to take the move back. */
export async function submitOffer(tx: Tx, partners: Partners, input: { partnerId: PartnerId; offerId: OfferId }): Promise<Offer> {
  await partners.requireActive(input.partnerId, tx);
  const offer = await lockPartnerOffer(tx, input.partnerId, input.offerId);
  if (!offer) throw new DomainError('not_found');
  if (!(await moveOffer(tx, offer, { as: 'submit' }))) throw new DomainError('wrong_state', { detail: NOT_SUBMITTABLE });
  return { ...offer, state: 'submitted' };
}

const NOT_SUBMITTABLE = {
  vi: 'Chỉ gửi duyệt được bản nháp; ưu đãi bị từ chối cần được sửa trước.',
  en: 'Only a draft can be submitted; a refused offer must be changed first.',
};

/** `submitted → published | refused` for exactly the reviewed version; publishing puts that version into the catalogue. */
export async function applyDecision(
  tx: Tx,
  partners: Partners,
  input: { offerId: OfferId; termsVersion: number; decision: OfferDecision; onPublish: OnPublish },
): Promise<Offer> {
  const { offerId, termsVersion, decision } = input;
  const approved = decision.decision === 'approved';
  const moved = await moveOffer(tx, { id: offerId, termsVersion }, { as: approved ? 'publish' : 'refuse', decision });
  if (!moved) throw new DomainError('wrong_state');
  const [offer] = await findOfferVersions(tx, [{ offerId, termsVersion }]);
  if (!offer) throw new Error(`offer ${offerId} is missing after its decision`);
  if (approved) await list(tx, partners, offer);
  if (approved) await input.onPublish(tx, offer);
  return offer;
}

async function list(tx: Tx, partners: Partners, offer: Offer): Promise<void> {
  // A partner that was suspended while its offer waited gets nothing published.
  const partner = await partners.requireActive(offer.partnerId, tx);
  await putListing(tx, {
    offerId: offer.id,
    partnerId: offer.partnerId,
    partnerName: partner.name,
    termsVersion: offer.termsVersion,
    terms: offer.terms,
  });
}
