import type { PartnerOffer } from '@chung/contracts';
import { describe, expect, it } from 'vitest';
import { attentionOn, stepsDone } from './overview.ts';

const counts = { stock: 100, available: 90, held: 0, redeemed: 10, codes: null };
// Only what the functions read.
const offer = (state: PartnerOffer['state'], part: object = {}) => ({ id: state, state, counts, ...part }) as unknown as PartnerOffer;
const done = (offers: PartnerOffer[], redemptions = 0) => stepsDone(offers, redemptions).filter(({ isDone }) => isDone).length;

describe('the first steps', () => {
  it('starts with the approval alone', () => expect(done([])).toBe(1));
  it('does not count a draft as submitted', () => expect(done([offer('draft')])).toBe(2));
  it('counts a published offer as submitted', () => expect(done([offer('published')])).toBe(4));
  it('ends with the first redemption', () => expect(done([offer('published')], 1)).toBe(5));
  it('leads to the draft that waits', () => expect(stepsDone([offer('refused')], 0)[2]?.href).toBe('/offers/refused'));
});

describe('what needs the partner', () => {
  it('names refused offers and live ones that run out of codes', () => {
    const low = offer('published', { counts: { ...counts, codes: { total: 100, free: 3 } } });
    expect(attentionOn([offer('refused'), low, offer('published')]).map(({ why }) => why)).toEqual(['refused', 'codes']);
  });
  it('leaves alone a pool that covers all that is left', () => {
    const last = offer('published', { counts: { ...counts, available: 2, codes: { total: 100, free: 2 } } });
    expect(attentionOn([last])).toEqual([]);
  });
});
