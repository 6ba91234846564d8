import type { OfferDraft, PartnerOffer } from '@chung/contracts';

/** Two writings of one instant (`+07:00`, `Z`) are the same; everything else compares as it is sent. */
function comparable(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) =>
    /(starts|ends)At$/.test(key) && typeof inner === 'string' ? Date.parse(inner) : inner,
  );
}

/** Keys in a fixed order, so that two objects with the same content read the same. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Only what differs is sent: a new stock alone must not look like new terms. */
export function changedParts(offer: PartnerOffer, draft: OfferDraft): Partial<OfferDraft> {
  const entries = Object.entries(draft).filter(([key, value]) => comparable(sorted(value)) !== comparable(sorted(Reflect.get(offer, key))));
  return Object.fromEntries(entries);
}

/** Stock may change while an offer is live; anything else is new terms and goes through review. */
export const needsReview = (parts: Partial<OfferDraft>): boolean => Object.keys(parts).some((key) => key !== 'stock');
