import type { OfferDraft, OfferId, PartnerId } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import type { Partners } from '../partners/index.ts';
import type { Offer } from './offer.ts';
import { findPartnerOffer, insertOffer } from './store.ts';

/** A new draft with its first terms and its stock row. Nothing is checked beyond its shape: a draft may be unfinished. */
export async function createOffer(tx: Tx, partners: Partners, input: { partnerId: PartnerId; draft: OfferDraft }): Promise<Offer> {
  await partners.requireActive(input.partnerId, tx);
  const id = newId<OfferId>();
  await insertOffer(tx, { id, partnerId: input.partnerId, terms: input.draft });
  const offer = await findPartnerOffer(tx, input.partnerId, id);
  if (!offer) throw new Error(`offer ${id} is missing after its insert`);
  return offer;
}
