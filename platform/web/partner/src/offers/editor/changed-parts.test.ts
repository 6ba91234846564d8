import type { OfferDraft, PartnerOffer } from '@chung/contracts';
import { describe, expect, it } from 'vitest';
import { changedParts, needsReview } from './changed-parts.ts';

const draft = {
  title: { vi: 'Giảm giá', en: 'Off' },
  stock: 10,
  window: { startsAt: '2026-12-01T00:00:00+07:00', endsAt: '2027-01-01T00:00:00+07:00' },
} as OfferDraft;
const stored = {
  ...draft,
  title: { en: 'Off', vi: 'Giảm giá' },
  window: { startsAt: '2026-11-30T17:00:00.000Z', endsAt: '2026-12-31T17:00:00.000Z' },
} as unknown as PartnerOffer;

describe('changedParts', () => {
  it('takes one instant written in two ways, and keys in another order, for no change', () => {
    expect(changedParts(stored, draft)).toEqual({});
  });
  it('sends the stock alone when only the stock changed', () => {
    const parts = changedParts(stored, { ...draft, stock: 20 });
    expect(parts).toEqual({ stock: 20 });
    expect(needsReview(parts)).toBe(false);
  });
  it('knows that new words need a review', () => {
    const parts = changedParts(stored, { ...draft, title: { vi: 'Giảm sâu', en: 'Off' } });
    expect(Object.keys(parts)).toEqual(['title']);
    expect(needsReview(parts)).toBe(true);
  });
});
