import type { MemberOffer } from '@chung/contracts';
import { formatIn } from '@chung/ui';
import { describe, expect, it } from 'vitest';
import type { T } from '../texts/use-t.ts';
import { benefitWords, closedBecause, plainTerms } from './benefit.ts';

// Shows key and values, so that a test reads which sentence was chosen and with what.
const t: T = (key, values = {}) => [key, ...Object.values(values)].join(' ');
const format = formatIn('vi');

const offer = {
  benefit: { kind: 'fixed_amount', discountMinor: 50_000 },
  window: { startsAt: '2026-11-01T00:00:00+07:00', endsAt: '2026-12-01T00:00:00+07:00' },
  limits: { perMember: 1, perMemberPerDay: null },
  allocation: { mode: 'first_come', waitingList: 'off', acceptMinutes: 30 },
  fulfilment: { mode: 'instant' },
  codes: 'none',
  soldOut: false,
  usedByMember: 0,
} as unknown as MemberOffer;

describe('a benefit in words', () => {
  it('names amount and condition of each kind', () => {
    const words = (benefit: MemberOffer['benefit']) => benefitWords(benefit, t, format);
    expect(words({ kind: 'percentage', rateBasisPoints: 2000, maxDiscountMinor: 50_000 })).toEqual({
      headline: 'benefit.percentage 20%',
      note: 'benefit.percentageCap 50.000\u00a0₫',
    });
    expect(words({ kind: 'percentage', rateBasisPoints: 2000, maxDiscountMinor: null }).note).toBeNull();
    expect(words({ kind: 'trial', days: 30, renewalPriceMinor: null }).note).toBe('benefit.trialNoRenewal');
    expect(words({ kind: 'cashback', cashbackMinor: 20_000, minimumSpendMinor: 0, vestingDays: 0 }).note).toBeNull();
  });

  it('compares a bundle with its items one by one', () => {
    const item = (regularPriceMinor: number) => ({ name: { vi: 'a', en: 'a' }, regularPriceMinor });
    const words = benefitWords({ kind: 'bundle', items: [item(200_000), item(150_000)], bundlePriceMinor: 299_000 }, t, format);
    expect(words).toEqual({ headline: 'benefit.bundle 299.000\u00a0₫', note: 'benefit.insteadOf 350.000\u00a0₫' });
  });
});

describe('plain terms', () => {
  it('say the hold in the unit a person would', () => {
    const held = (holdMinutes: number) => plainTerms({ ...offer, fulfilment: { mode: 'partner_confirmed', holdMinutes } }, t, format);
    expect(held(45)).toContain('offer.hold offer.minutes 45');
    expect(held(120)).toContain('offer.hold offer.hours 2');
    expect(held(2880)).toContain('offer.hold offer.days 2');
  });
});

describe('the claim button', () => {
  it('is off outside the half-open window', () => {
    expect(closedBecause(offer, new Date('2026-10-31T23:59:59+07:00'))).toBe('notYet');
    expect(closedBecause(offer, new Date('2026-11-01T00:00:00+07:00'))).toBeNull();
    expect(closedBecause(offer, new Date('2026-12-01T00:00:00+07:00'))).toBe('ended');
  });

  it('says that the member has it already before it says sold out', () => {
    const now = new Date('2026-11-15T00:00:00Z');
    expect(closedBecause({ ...offer, soldOut: true }, now)).toBe('soldOut');
    expect(closedBecause({ ...offer, soldOut: true, usedByMember: 1 }, now)).toBe('limit');
  });
});
