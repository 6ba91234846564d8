import { OfferDraft, OfferId, type Partner } from '@chung/contracts';
import { createCodePool } from './code-pool.ts';
import { openLottery } from './lottery.ts';
import { reopenQueue } from './queue.ts';
import type { FakeOffer } from './records.ts';
import type { Store } from './state.ts';

/** A new draft; nothing is checked beyond its shape. */
export function createDraft(store: Store, terms: OfferDraft, partner: Partner): FakeOffer {
  const at = store.now().toISOString();
  const offer: FakeOffer = {
    id: OfferId.parse(store.newId()),
    partner,
    createdAt: at,
    terms: OfferDraft.parse(terms),
    termsVersion: 1,
    state: 'draft',
    updatedAt: at,
    lastDecision: null,
    listing: null,
    pool: createCodePool(),
  };
  store.offers.set(offer.id, offer);
  return offer;
}

/** An offer that stands in the catalogue; one with a pool has a code for every unit. */
export function addOffer(store: Store, terms: OfferDraft, partner: Partner): FakeOffer {
  const offer = createDraft(store, terms, partner);
  if (terms.codes === 'pool') offer.pool.addMade(terms.stock, () => fixtureCode(store, partner));
  publish(store, offer);
  return offer;
}

/** `SAOBAC-0001` and so on: short, unlike for every redemption, and told apart from codes of a real pool at a glance. */
function fixtureCode(store: Store, { slug }: Partner): string {
  const number = String(store.redemptions.size + 1).padStart(4, '0');
  return `${slug.replaceAll('-', '').toUpperCase()}-${number}`;
}

/** Members see the terms from now on; a lottery shows its commitment, and whoever waits is served before anybody else can claim. */
export function publish(store: Store, offer: FakeOffer): void {
  Object.assign(offer, { state: 'published', updatedAt: store.now().toISOString(), listing: store.newId() });
  openLottery(store, offer);
  reopenQueue(store, offer);
}
