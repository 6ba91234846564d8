import { pageOf, refusal, type StandIn, screen, startStandIn, unreachable, waitFor, within } from '@chung/ui/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { offer, offerId } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn();
});

const visitOffer = (language?: 'en') => visitMember(`/offers/${offerId()}`, language);

describe('an offer', () => {
  it('says benefit, price before, partner, reasons and full terms, under its own title', async () => {
    platform.answer('offers.get', offer());
    await visitOffer();
    expect(await screen.findByRole('heading', { level: 1, name: 'Xem MyTV Nâng cao' })).toBeTruthy();
    await waitFor(() => expect(document.title).toBe('Xem MyTV Nâng cao · Chung'));
    const main = within(screen.getByRole('main'));
    expect(main.getByText('Ưu đãi của MyTV')).toBeTruthy();
    expect(main.getByText('Giá thường: 49.000 ₫')).toBeTruthy();
    expect(main.getByText('Không quy đổi thành tiền mặt.')).toBeTruthy();
    expect(main.getByText('Hết 30 ngày dùng thử, giá là 49.000 ₫. Bạn có thể dừng trước đó.')).toBeTruthy();
  });

  it('says its window as half-open, on Vietnam’s clock', async () => {
    platform.answer('offers.get', offer({ window: { startsAt: '2026-11-21T17:00:00Z', endsAt: '2126-11-30T17:00:00Z' } }));
    await visitOffer();
    expect(await screen.findByText('Nhận từ 00:00, 22/11/2026 đến trước 00:00, 01/12/2126.')).toBeTruthy();
  });

  it.each([
    [1, 'Each member can claim it once.'],
    [3, 'Each member can claim it 3 times.'],
  ])('says a limit of %i in good English', async (perMember, words) => {
    platform.answer('offers.get', offer({ limits: { perMember, perMemberPerDay: null } }));
    await visitOffer('en');
    expect(await screen.findByText(words)).toBeTruthy();
  });

  it.each([
    ['percentage', { kind: 'percentage', rateBasisPoints: 1250, maxDiscountMinor: 18_000 }, 'Giảm 12,5%', 'tối đa 18.000 ₫'],
    [
      'cashback',
      { kind: 'cashback', cashbackMinor: 50_000, minimumSpendMinor: 200_000, vestingDays: 7 },
      'Hoàn 50.000 ₫',
      'cho giao dịch từ 200.000 ₫',
    ],
    ['fixed amount', { kind: 'fixed_amount', discountMinor: 500_000 }, 'Giảm 500.000 ₫', null],
    ['voucher', { kind: 'free_voucher', faceValueMinor: 99_000 }, 'Tặng phiếu 99.000 ₫', null],
  ] as const)('words a %s', async (_, benefit, headline, note) => {
    platform.answer('offers.get', offer({ benefit }));
    await visitOffer();
    expect((await screen.findAllByText(headline)).length).toBeGreaterThan(0);
    if (note) expect(screen.getByText(note)).toBeTruthy();
  });

  it('lists the parts of a bundle with what each costs alone, and compares with their sum', async () => {
    const item = (vi: string, regularPriceMinor: number) => ({ name: { vi, en: vi }, regularPriceMinor });
    const items = [item('Cáp quang', 220_000), item('MyTV', 49_000)];
    platform.answer('offers.get', offer({ benefit: { kind: 'bundle', items, bundlePriceMinor: 199_000 } }));
    await visitOffer();
    expect(await screen.findByRole('heading', { name: 'Trong gói có gì' })).toBeTruthy();
    expect(screen.getByText('Cáp quang').parentElement?.textContent).toBe('Cáp quang220.000\u00a0₫');
    expect(screen.getByText('thay vì 269.000 ₫')).toBeTruthy();
    expect(screen.queryByText(/^Giá thường/)).toBeNull();
  });

  it('is written by a partner and never read as markup', async () => {
    const evil = '<img src=x onerror=alert(1)> {{app}}';
    platform.answer('offers.get', offer({ title: { vi: evil, en: evil }, terms: { vi: evil, en: evil } }));
    await visitOffer();
    expect(await screen.findByRole('heading', { level: 1, name: evil })).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
  });
});

describe('an offer that is not for this member', () => {
  it('says each condition that is missing, and where to go from here', async () => {
    const reasons = [
      { fact: 'province', message: 'Chỉ dành cho đoàn viên sinh hoạt tại Hà Nội' },
      { fact: 'age', message: 'Chỉ dành cho người từ 18 đến dưới 23 tuổi' },
    ];
    platform.answer('offers.get', refusal('not_eligible', { reasons }));
    await visitOffer();
    expect(await screen.findByRole('heading', { level: 1, name: 'Ưu đãi này chưa dành cho bạn' })).toBeTruthy();
    const listed = within(screen.getByRole('main')).getAllByRole('listitem');
    expect(listed.map(({ textContent }) => textContent)).toEqual(reasons.map(({ message }) => message));
    expect(screen.getByRole('link', { name: 'Xem hồ sơ của tôi' }).getAttribute('href')).toBe('/me');
    expect(screen.getByRole('link', { name: 'Xem ưu đãi dành cho bạn' }).getAttribute('href')).toBe('/');
    expect(screen.queryByRole('button', { name: 'Nhận ưu đãi' })).toBeNull();
  });

  it('says so plainly when the platform gives no reasons', async () => {
    platform.answer('offers.get', refusal('not_eligible'));
    await visitOffer('en');
    expect(await screen.findByText('You do not meet the conditions of this offer.')).toBeTruthy();
  });
});

describe('an offer that cannot be shown', () => {
  it('because it does not exist leaves the way back', async () => {
    platform.answer('offers.get', refusal('not_found'));
    platform.answer('offers.list', pageOf([offer()]));
    const { user } = await visitOffer();
    expect(await screen.findByRole('heading', { level: 1, name: 'Không tìm thấy.' })).toBeTruthy();
    await user.click(screen.getByRole('link', { name: 'Tất cả ưu đãi' }));
    expect(await screen.findByRole('article')).toBeTruthy();
  });

  it('without a connection can be tried again', async () => {
    platform.answer('offers.get', unreachable);
    const { user } = await visitOffer();
    expect(await screen.findByRole('heading', { level: 1, name: 'Không kết nối được' })).toBeTruthy();
    platform.answer('offers.get', offer());
    await user.click(screen.getByRole('button', { name: 'Thử lại' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Xem MyTV Nâng cao' })).toBeTruthy();
  });
});
