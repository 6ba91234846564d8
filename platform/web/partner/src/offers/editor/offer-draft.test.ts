import { describe, expect, it } from 'vitest';
import { hintsFor } from './hints.ts';
import { instantOf, marketMidnight, wallTimeOf } from './market-time.ts';
import { draftOf, serverFieldPath } from './offer-draft.ts';
import { emptyForm, formOf, type OfferForm } from './offer-form.ts';

const now = new Date('2026-11-22T18:30:00Z');

function written(change: Partial<OfferForm> = {}): OfferForm {
  const form = emptyForm(now);
  return {
    ...form,
    title: { vi: 'Giảm 20 % gói cước', en: '20 % off a plan' },
    summary: { vi: 'Dành cho đoàn viên', en: 'For members' },
    terms: { vi: 'Điều khoản '.repeat(10), en: 'Terms '.repeat(20) },
    regularPriceMinor: 100_000,
    benefit: { ...form.benefit, ratePercent: 20 },
    ...change,
  };
}

const issuesOf = (form: OfferForm) => {
  const result = draftOf(form);
  return result.ok ? [] : result.issues;
};

describe('the market clock', () => {
  it('reads wall time as Asia/Ho_Chi_Minh in any browser time zone', () => {
    expect(new Date(instantOf('2026-12-01T00:00')).toISOString()).toBe('2026-11-30T17:00:00.000Z');
    expect(wallTimeOf('2026-11-30T17:00:00Z')).toBe('2026-12-01T00:00');
  });
  it('counts days from the market’s day, not from UTC’s', () => {
    expect(marketMidnight(0, now)).toBe('2026-11-23T00:00');
  });
});

describe('draftOf', () => {
  it('makes what the API takes, rates in basis points', () => {
    const result = draftOf(written({ partnerSharePercent: 62.35 }));
    expect(result.ok && result.draft.benefit).toEqual({ kind: 'percentage', rateBasisPoints: 2000, maxDiscountMinor: null });
    expect(result.ok && result.draft.funding).toEqual([
      { by: 'partner', shareBasisPoints: 6235 },
      { by: 'platform', shareBasisPoints: 3765 },
    ]);
  });
  it('leaves out a funder with no share', () => {
    const result = draftOf(written());
    expect(result.ok && result.draft.funding).toEqual([{ by: 'partner', shareBasisPoints: 10_000 }]);
  });
  it('says which field is missing', () => {
    expect(issuesOf(written({ title: { vi: '  ', en: 'x' }, stock: '' }))).toEqual([
      { path: 'title.vi', code: 'required' },
      { path: 'stock', code: 'required' },
    ]);
  });
  it('reports a reversed window at its end', () => {
    expect(issuesOf(written({ endsAt: '2026-11-01T00:00' }))).toEqual([{ path: 'window.endsAt', code: 'window_reversed' }]);
  });
  it('reports a reversed age at the age field', () => {
    const { eligibility } = written();
    expect(issuesOf(written({ eligibility: { ...eligibility, atLeastYears: 30, upToYears: 18 } }))).toEqual([
      { path: 'eligibility.age', code: 'age_reversed' },
    ]);
  });
  it('makes each way of sharing out, and says at its field what is missing or reversed', () => {
    const sharing = (change: Partial<OfferForm>) => {
      const result = draftOf(written(change));
      return result.ok ? result.draft.allocation : result.issues;
    };
    expect(sharing({})).toEqual({ mode: 'first_come', waitingList: 'off', acceptMinutes: 30 });
    // A number that only a waiting list asks for cannot stand in the way where it is not shown.
    expect(sharing({ acceptMinutes: '' })).toEqual({ mode: 'first_come', waitingList: 'off', acceptMinutes: 30 });
    expect(sharing({ allocation: 'waiting_list', acceptMinutes: 45 })).toEqual({
      mode: 'first_come',
      waitingList: 'on',
      acceptMinutes: 45,
    });
    expect(sharing({ allocation: 'waiting_list', acceptMinutes: '' })).toEqual([{ path: 'allocation.acceptMinutes', code: 'required' }]);
    expect(sharing({ allocation: 'lottery' })).toEqual({
      mode: 'lottery',
      entriesFrom: '2026-11-26T00:00:00+07:00',
      entriesUntil: '2026-12-03T00:00:00+07:00',
      acceptMinutes: 30,
    });
    expect(sharing({ allocation: 'lottery', entriesUntil: '2026-11-25T00:00' })).toEqual([
      { path: 'allocation.entriesUntil', code: 'entries_reversed' },
    ]);
    expect(sharing({ allocation: 'lottery', entriesFrom: '', entriesUntil: '2026-12-20T00:00' })).toEqual([
      { path: 'allocation.entriesFrom', code: 'required' },
    ]);
  });
  it('names the fact of a condition that the server refuses', () => {
    const { eligibility } = written();
    const form = written({ eligibility: { ...eligibility, provinces: ['99'] } });
    expect(serverFieldPath('eligibility.all.1.in.0', form)).toBe('eligibility.province');
    expect(serverFieldPath('/window/endsAt', form)).toBe('window.endsAt');
    expect(serverFieldPath('benefit', form)).toBe('benefit.rateBasisPoints');
  });
  it('opens each way of sharing out as it was written', () => {
    for (const allocation of ['first_come', 'waiting_list', 'lottery'] as const) {
      const first = draftOf(written({ allocation, acceptMinutes: 90 }));
      if (!first.ok) throw new Error(JSON.stringify(first.issues));
      const stored = { ...first.draft, id: '', partnerId: '', state: 'draft', termsVersion: 1, counts: null, lastDecision: null };
      const again = draftOf(formOf(stored as unknown as Parameters<typeof formOf>[0]));
      expect(again.ok && again.draft.allocation).toEqual(first.draft.allocation);
    }
  });
  it('opens what it wrote without a change, for every kind', () => {
    for (const kind of ['percentage', 'fixed_amount', 'free_voucher', 'bundle', 'trial', 'cashback'] as const) {
      const { benefit } = written();
      const items = benefit.items.map((item) => ({ ...item, name: { vi: 'Gói', en: 'Plan' }, regularPriceMinor: 60_000 as const }));
      const filled = { ...benefit, items, discountMinor: 10_000, faceValueMinor: 50_000, bundlePriceMinor: 90_000, cashbackMinor: 10_000 };
      const first = draftOf(written({ kind, benefit: filled }));
      if (!first.ok) throw new Error(`${kind}: ${JSON.stringify(first.issues)}`);
      const stored = {
        ...first.draft,
        id: '',
        partnerId: '',
        state: 'draft',
        termsVersion: 1,
        counts: null,
        createdAt: '',
        updatedAt: '',
        lastDecision: null,
      };
      const again = draftOf(formOf(stored as unknown as Parameters<typeof formOf>[0]));
      expect(again.ok && Date.parse(again.draft.window.endsAt)).toBe(Date.parse(first.draft.window.endsAt));
      expect(again.ok && again.draft.benefit).toEqual(first.draft.benefit);
    }
  });
});

describe('hintsFor', () => {
  const codes = (form: OfferForm) => hintsFor(form, now.getTime()).map((hint) => hint.code);
  it('has nothing to say about a sound offer', () => expect(codes(written())).toEqual([]));
  it('warns of a discount above half the price, but not at exactly half', () => {
    const { benefit } = written();
    expect(codes(written({ benefit: { ...benefit, ratePercent: 50 } }))).toEqual([]);
    expect(codes(written({ benefit: { ...benefit, ratePercent: 51 } }))).toEqual(['discount_over_half']);
    expect(codes(written({ benefit: { ...benefit, ratePercent: 80, maxDiscountMinor: 40_000 } }))).toEqual([]);
  });
  it('warns when a voucher has no codes and when the window is over', () => {
    expect(codes(written({ kind: 'free_voucher' }))).toContain('needs_codes');
    expect(codes(written({ startsAt: '2026-11-01T00:00', endsAt: '2026-11-20T00:00' }))).toContain('window_past');
  });
});
