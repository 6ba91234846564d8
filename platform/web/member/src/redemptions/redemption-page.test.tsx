import { pass, refusal, type StandIn, screen, startStandIn, stopClockAt, waitFor, within } from '@chung/ui/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { redemption, redemptionId } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';

const NOW = '2026-11-22T10:00:00Z';
const receiptNow = () => {
  const iat = Math.floor(Date.now() / 1000);
  const payload = btoa(JSON.stringify({ iat, exp: iat + 60 }));
  return {
    receipt: 'lasting.receipt.sig',
    presentation: `head.${payload}.sig`,
    presentationExpiresAt: new Date(Date.now() + 60_000).toISOString(),
  };
};
const reserved = redemption({ state: 'RESERVED', claimedAt: NOW, updatedAt: NOW, expiresAt: '2026-11-22T10:30:00Z' });

let platform: StandIn;
beforeEach(() => {
  stopClockAt(NOW);
  platform = startStandIn();
  platform.answer('redemptions.get', reserved);
  platform.answer('redemptions.receipt', receiptNow);
});

const visit = (language?: 'en') => visitMember(`/redemptions/${redemptionId()}`, language);

describe('a held place', () => {
  it('shows the QR code, how long it holds and what comes next', async () => {
    await visit();
    expect(await screen.findByRole('img', { name: 'Mã QR xuất trình của ưu đãi Xem MyTV Nâng cao' })).toBeTruthy();
    expect(screen.getByText(/^Giữ chỗ còn (30:00|29:5\d)$/)).toBeTruthy();
    const step = screen.getByText('Chờ đối tác xác nhận tại quầy').closest('li');
    expect(step?.getAttribute('aria-current')).toBe('step');
    expect(step?.textContent).toContain('trước 17:30, 22/11/2026');
  });

  it('counts down by the second', async () => {
    await visit();
    await screen.findByRole('img');
    await pass(61);
    expect(screen.getByText(/^Giữ chỗ còn 28:5\d$/)).toBeTruthy();
  });

  it('of more than a day says the date instead of seconds', async () => {
    platform.answer('redemptions.get', { ...reserved, expiresAt: '2026-11-24T17:00:00Z' });
    await visit();
    await screen.findByRole('img');
    expect(screen.getByText('Giữ đến 00:00, 25/11/2026')).toBeTruthy();
    expect(screen.queryByText(/^Giữ chỗ còn/)).toBeNull();
  });

  it('turns by itself when the partner confirms, says so aloud, and stops asking', async () => {
    await visit();
    await screen.findByRole('img');
    platform.answer('redemptions.get', { ...reserved, state: 'FULFILLED', expiresAt: null });
    await pass(5);
    const badge = within(screen.getByRole('heading', { level: 1 }).parentElement ?? document.body).getByRole('status');
    await waitFor(() => expect(badge.textContent).toBe('Đã hoàn tất'));
    expect(screen.queryByRole('button', { name: 'Hủy giữ chỗ' })).toBeNull();
    expect(screen.queryByRole('img', { name: /Mã QR/ })).toBeNull();
    const asked = platform.askedFor('redemptions.get').length;
    await pass(20);
    expect(platform.askedFor('redemptions.get')).toHaveLength(asked);
  });
});

describe('cancelling a hold', () => {
  async function askToCancel() {
    const { user } = await visit();
    await user.click(await screen.findByRole('button', { name: 'Hủy giữ chỗ' }));
    return { user, question: screen.getByRole('dialog', { name: 'Hủy giữ chỗ?' }) };
  }

  it('asks first, and "keep" sends nothing', async () => {
    const { user, question } = await askToCancel();
    expect(question.textContent).toContain('Chỗ giữ của bạn sẽ nhường cho người khác.');
    await user.click(within(question).getByRole('button', { name: 'Giữ lại' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(platform.askedFor('redemptions.cancel')).toHaveLength(0);
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Hủy giữ chỗ' }));
  });

  it('happens once, with an idempotency key, and the page shows it at once', async () => {
    const released = { ...reserved, state: 'RELEASED' as const, expiresAt: null };
    platform.answer('redemptions.cancel', () => {
      platform.answer('redemptions.get', released);
      return released;
    });
    const { user, question } = await askToCancel();
    await user.click(within(question).getByRole('button', { name: 'Hủy giữ chỗ' }));
    expect(await screen.findByText('Bạn đã hủy giữ chỗ')).toBeTruthy();
    const [request, ...more] = platform.askedFor('redemptions.cancel');
    expect(more).toEqual([]);
    expect(request?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
    expect(request?.headers.get('x-csrf-token')).toBe('csrf-1');
    expect(screen.queryByRole('img', { name: /Mã QR/ })).toBeNull();
  });

  it.each(['wrong_state', 'reservation_expired'] as const)('refused with %s says why and asks what holds now', async (code) => {
    platform.answer('redemptions.cancel', () => {
      platform.answer('redemptions.get', { ...reserved, state: 'EXPIRED', expiresAt: null });
      return refusal(code);
    });
    const { user, question } = await askToCancel();
    await user.click(within(question).getByRole('button', { name: 'Hủy giữ chỗ' }));
    expect((await screen.findByRole('alert')).textContent).toMatch(/Trạng thái hiện tại|đã hết hạn/);
    expect(await screen.findByText('Hết thời gian giữ chỗ')).toBeTruthy();
  });
});

describe('a redeemed offer', () => {
  it('shows its own code, to be copied', async () => {
    platform.answer('redemptions.get', redemption({ code: 'VNP7-K2QX-94MD-TRCA' }));
    const { user } = await visit();
    const own = within(await screen.findByRole('region', { name: 'Mã ưu đãi của bạn' }));
    expect(own.getByText('VNP7-K2QX-94MD-TRCA')).toBeTruthy();
    const written = vi.fn(async (_: string) => {});
    vi.stubGlobal('navigator', Object.create(navigator, { clipboard: { value: { writeText: written } } }));
    await user.click(own.getByRole('button', { name: 'Sao chép mã' }));
    expect(await own.findByRole('button', { name: 'Đã sao chép' })).toBeTruthy();
    expect(written).toHaveBeenCalledWith('VNP7-K2QX-94MD-TRCA');
  });

  it('keeps the signed receipt, which is not the short-lived QR token', async () => {
    platform.answer('redemptions.get', redemption());
    await visit('en');
    expect((await screen.findByText('lasting.receipt.sig')).closest('details')?.open).toBe(false);
    expect(screen.getByText('Signed receipt')).toBeTruthy();
  });

  it.each(['RELEASED', 'EXPIRED', 'REVERSED', 'FULFILLED'] as const)(
    'in state %s has nothing to present, and asks for no token',
    async (state) => {
      platform.answer('redemptions.get', redemption({ state }));
      await visit();
      await screen.findByRole('heading', { level: 1 });
      expect(screen.queryByRole('img', { name: /Mã QR/ })).toBeNull();
      expect(platform.askedFor('redemptions.receipt')).toEqual([]);
    },
  );
});

it('a redemption of someone else is not found, in words', async () => {
  platform.answer('redemptions.get', refusal('not_found'));
  await visit();
  expect(await screen.findByRole('heading', { level: 1, name: 'Không tìm thấy.' })).toBeTruthy();
});
