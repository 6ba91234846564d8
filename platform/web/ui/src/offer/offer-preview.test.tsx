import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp, startStandIn } from '../../testing/index.ts';
import { benefitWords, conditionWords } from './benefit-words.ts';
import { OfferPreview, type PreviewedOffer } from './offer-preview.tsx';

beforeEach(() => {
  startStandIn('partner');
});

const offer: PreviewedOffer = {
  partnerName: 'đoàn phim',
  title: { vi: 'Vé xem phim', en: 'Cinema ticket' },
  summary: { vi: '', en: '  ' },
  benefit: { kind: 'percentage', rateBasisPoints: 2000, maxDiscountMinor: 18_000 },
  endsAt: '2026-11-30T17:00:00Z',
  fulfilment: 'partner_confirmed',
  conditions: [{ fact: 'verified' }, { fact: 'province', in: ['79', '01'] }],
};
const names = new Map([['79', 'Thành phố Hồ Chí Minh']]);
const preview = (change: Partial<PreviewedOffer> = {}) => (
  <OfferPreview offer={{ ...offer, ...change }} provinceNames={names} languageLabel="Ngôn ngữ xem trước" />
);

describe('the preview of an offer', () => {
  it('shows the card in the reader’s language and, on request, in the other', async () => {
    const { user } = await renderApp(preview());
    const card = screen.getByRole('article');
    expect(card.getAttribute('lang')).toBe('vi');
    expect(card.textContent).toContain('Giảm 20%tối đa 18.000\u00a0₫');
    expect(card.textContent).toContain('Xác nhận tại quầy · Đến 00:00, 01/12/2026');
    await user.click(screen.getByRole('radio', { name: 'English' }));
    expect(card.getAttribute('lang')).toBe('en');
    expect(card.textContent).toContain('20% offup to 18,000\u00a0₫');
    expect(card.textContent).toContain('Cinema ticket');
  });

  it('names who it is for; a province without a known name by its code', async () => {
    await renderApp(preview());
    const why = within(screen.getByRole('list', { name: 'Dành cho' })).getAllByRole('listitem');
    expect(why.map(({ textContent }) => textContent)).toEqual(['Đoàn viên đã xác thực', 'Thành phố Hồ Chí Minh, 01']);
  });

  it('stands for what is not written yet', async () => {
    await renderApp(preview({ title: { vi: ' ', en: '' }, benefit: null, endsAt: 'not-a-date', partnerName: '', conditions: [] }));
    const card = screen.getByRole('article');
    for (const words of ['Tên ưu đãi', 'Tóm tắt hiển thị ở đây.', '…']) expect(card.textContent).toContain(words);
    expect(card.textContent).not.toMatch(/Đến|Invalid/);
    expect(screen.queryByRole('list')).toBeNull();
  });
});

describe('words of benefits and conditions', () => {
  it.each([
    [{ kind: 'trial', days: 30, renewalPriceMinor: null }, 'Dùng thử 30 ngày', 'không tự gia hạn'],
    [{ kind: 'trial', days: 30, renewalPriceMinor: 0 }, 'Dùng thử 30 ngày', 'sau đó 0\u00a0₫ mỗi kỳ'],
    [{ kind: 'cashback', cashbackMinor: 1_000, minimumSpendMinor: 0, vestingDays: 0 }, 'Hoàn 1.000\u00a0₫', null],
    [{ kind: 'percentage', rateBasisPoints: 10_000, maxDiscountMinor: null }, 'Giảm 100%', null],
    [{ kind: 'percentage', rateBasisPoints: 1, maxDiscountMinor: 0 }, 'Giảm 0,01%', 'tối đa 0\u00a0₫'],
  ] as const)('%o', (benefit, headline, detail) => {
    expect(benefitWords(benefit, 'vi')).toEqual({ headline, detail });
  });

  it.each([
    [18, 30, '18–29 tuổi', 'Age 18–29'],
    [18, 121, 'Từ 18 tuổi', 'From age 18'],
  ])('an age from %i and below %i is said as people say it', (atLeastYears, belowYears, vi, en) => {
    const condition = { fact: 'age', atLeastYears, belowYears } as const;
    expect([conditionWords(condition, 'vi', names), conditionWords(condition, 'en', names)]).toEqual([vi, en]);
  });

  it('more than three provinces are counted', () => {
    expect(conditionWords({ fact: 'province', in: ['01', '04', '08', '79'] }, 'en', names)).toBe('4 provinces');
  });
});
