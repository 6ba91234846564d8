import { ERRORS, type ErrorCode } from '@chung/contracts';
import { fireEvent, held, refusal, type StandIn, screen, startStandIn, stopClockAt, unreachable, waitFor, within } from '@chung/ui/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { offer, offerId, redemption, uuid } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn();
  platform.answer('offers.get', offer());
});

const visitOffer = (language?: 'en') => visitMember(`/offers/${offerId()}`, language);

/** To the open question, one tap before the claim. */
async function askToClaim() {
  const { user } = await visitOffer();
  await user.click(await screen.findByRole('button', { name: 'Nhận ưu đãi' }));
  return { user, question: screen.getByRole('dialog', { name: 'Nhận ưu đãi này?' }) };
}

describe('claiming', () => {
  it('takes two taps: the offer’s button and the question’s', async () => {
    platform.answer('offers.claim', redemption({ code: 'VNP7-K2QX' }));
    const { user, question } = await askToClaim();
    expect(within(question).getByText('Miễn phí 30 ngày')).toBeTruthy();
    expect(platform.askedFor('offers.claim')).toHaveLength(0);

    await user.click(within(question).getByRole('button', { name: 'Nhận ngay' }));
    const done = await screen.findByRole('dialog', { name: 'Bạn đã nhận ưu đãi' });
    expect(within(done).getByText('VNP7-K2QX')).toBeTruthy();
    expect(within(done).getByRole('link', { name: 'Mở trong ví' }).getAttribute('href')).toBe(`/redemptions/${uuid(201)}`);
    expect(platform.askedFor('offers.claim')[0]?.params).toEqual({ offerId: offerId() });
  });

  it('by a hurried double tap happens once', async () => {
    const late = held<ReturnType<typeof redemption>>();
    platform.answer('offers.claim', () => late.reply);
    const { user, question } = await askToClaim();
    await user.dblClick(within(question).getByRole('button', { name: 'Nhận ngay' }));
    expect(platform.askedFor('offers.claim')).toHaveLength(1);
    late.release(redemption());
    expect(await screen.findByRole('dialog', { name: 'Bạn đã nhận ưu đãi' })).toBeTruthy();
    expect(platform.askedFor('offers.claim')).toHaveLength(1);
  });

  it('repeats a claim whose answer was lost under the same key, also when the member taps again', async () => {
    let attempts = 0;
    platform.answer('offers.claim', () => (++attempts < 5 ? unreachable : redemption()));
    const { user, question } = await askToClaim();
    await user.click(within(question).getByRole('button', { name: 'Nhận ngay' }));
    expect((await within(question).findByRole('alert', {}, { timeout: 5_000 })).textContent).toContain('Không kết nối được');
    await user.click(within(question).getByRole('button', { name: 'Nhận ngay' }));
    await screen.findByRole('dialog', { name: 'Bạn đã nhận ưu đãi' }, { timeout: 5_000 });
    const keys = platform.askedFor('offers.claim').map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toHaveLength(5);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps its key when the member closes the question after a lost answer and asks anew', async () => {
    platform.answer('offers.get', offer({ limits: { perMember: 3, perMemberPerDay: null } }));
    platform.answer('offers.claim', unreachable);
    const { user, question } = await askToClaim();
    await user.click(within(question).getByRole('button', { name: 'Nhận ngay' }));
    await within(question).findByRole('alert', {}, { timeout: 5_000 });
    await user.click(within(question).getByRole('button', { name: 'Thôi' }));

    platform.answer('offers.claim', redemption());
    await user.click(screen.getByRole('button', { name: 'Nhận ưu đãi' }));
    expect(screen.queryByRole('alert')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Nhận ngay' }));
    await screen.findByRole('dialog', { name: 'Bạn đã nhận ưu đãi' });
    expect(new Set(platform.askedFor('offers.claim').map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
  });

  it('once more is another claim, with a key of its own', async () => {
    platform.answer('offers.get', offer({ limits: { perMember: 3, perMemberPerDay: null } }));
    platform.answer('offers.claim', redemption());
    const { user, question } = await askToClaim();
    await user.click(within(question).getByRole('button', { name: 'Nhận ngay' }));
    const done = await screen.findByRole('dialog', { name: 'Bạn đã nhận ưu đãi' });
    fireEvent(done, new Event('cancel'));
    await user.click(screen.getByRole('button', { name: 'Nhận ưu đãi' }));
    await user.click(screen.getByRole('button', { name: 'Nhận ngay' }));
    await waitFor(() => expect(platform.askedFor('offers.claim')).toHaveLength(2));
    expect(new Set(platform.askedFor('offers.claim').map(({ headers }) => headers.get('idempotency-key'))).size).toBe(2);
  });

  it('sends the CSRF token of the session', async () => {
    platform.answer('offers.claim', redemption());
    const { user, question } = await askToClaim();
    await user.click(within(question).getByRole('button', { name: 'Nhận ngay' }));
    await screen.findByRole('dialog', { name: 'Bạn đã nhận ưu đãi' });
    expect(platform.askedFor('offers.claim')[0]?.headers.get('x-csrf-token')).toBe('csrf-1');
  });

  it('of a held place says until when, on Vietnam’s clock, and leads to the QR code', async () => {
    platform.answer('offers.claim', redemption({ state: 'RESERVED', expiresAt: '2026-11-22T17:30:00Z' }));
    const { user, question } = await askToClaim();
    await user.click(within(question).getByRole('button', { name: 'Nhận ngay' }));
    const done = await screen.findByRole('dialog', { name: 'Đã giữ chỗ cho bạn' });
    expect(within(done).getByRole('status').textContent).toContain('Đưa mã QR cho nhân viên MyTV trước 00:30, 23/11/2026.');
    expect(within(done).getByRole('link', { name: 'Mở mã QR' })).toBeTruthy();
  });

  it('asks for the offer again, so that the page behind knows that it is used', async () => {
    platform.answer('offers.claim', () => {
      platform.answer('offers.get', offer({ usedByMember: 1 }));
      return redemption();
    });
    const { user, question } = await askToClaim();
    await user.click(within(question).getByRole('button', { name: 'Nhận ngay' }));
    await screen.findByRole('dialog', { name: 'Bạn đã nhận ưu đãi' });
    expect(await screen.findByText('Bạn đã nhận đủ số lượt')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Nhận ưu đãi' })).toBeNull();
  });

  it('is called off by cancel, and nothing was sent', async () => {
    const { user, question } = await askToClaim();
    await user.click(within(question).getByRole('button', { name: 'Thôi' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(platform.askedFor('offers.claim')).toHaveLength(0);
  });
});

const REFUSALS = ['not_found', 'not_eligible', 'offer_not_open', 'offer_sold_out', 'codes_exhausted', 'limit_reached'] as const;

describe.each([...REFUSALS, 'csrf_failed', 'insufficient_scope', 'internal'] satisfies ErrorCode[])('a claim refused with %s', (code) => {
  it('says why in Vietnamese with the request id, and keeps the question open', async () => {
    platform.answer('offers.claim', refusal(code));
    const { user, question } = await askToClaim();
    await user.click(within(question).getByRole('button', { name: 'Nhận ngay' }));
    const told = await within(question).findByRole('alert');
    expect(told.textContent).toContain(ERRORS[code].title.vi);
    expect(told.textContent).toContain('req_01STANDIN');
    expect(within(question).getByRole('link', { name: 'Tìm hiểu lỗi này' }).getAttribute('href')).toBe(`/docs/errors/${code}`);
    // A refusal is news about the offer: the page asks for it anew.
    await waitFor(() => expect(platform.askedFor('offers.get').length).toBeGreaterThan(1));
  });
});

it('a refusal is in English for who reads English', async () => {
  platform.answer('offers.claim', refusal('offer_sold_out'));
  const { user } = await visitOffer('en');
  await user.click(await screen.findByRole('button', { name: 'Claim this offer' }));
  await user.click(screen.getByRole('button', { name: 'Claim now' }));
  expect((await screen.findByRole('alert')).textContent).toContain('The offer is sold out.');
});

describe('the claim button gives way to the reason', () => {
  const WINDOW = { startsAt: '2026-11-01T00:00:00+07:00', endsAt: '2026-12-01T00:00:00+07:00' };

  it.each([
    ['before the window', '2026-10-31T16:59:00Z', 'Mở nhận từ 00:00, 01/11/2026'],
    ['at the very end of the window', '2026-11-30T17:00:00Z', 'Ưu đãi đã kết thúc'],
  ])('%s', async (_, now, reason) => {
    stopClockAt(now);
    platform.answer('offers.get', offer({ window: WINDOW }));
    await visitOffer();
    expect(await screen.findByText(reason)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Nhận ưu đãi' })).toBeNull();
  });

  it.each(['2026-10-31T17:00:00Z', '2026-11-30T16:59:00Z'])('and not within the window, at %s', async (now) => {
    stopClockAt(now);
    platform.answer('offers.get', offer({ window: WINDOW }));
    await visitOffer();
    expect(await screen.findByRole('button', { name: 'Nhận ưu đãi' })).toBeTruthy();
  });

  it('when it is sold out', async () => {
    platform.answer('offers.get', offer({ soldOut: true }));
    await visitOffer();
    expect(await screen.findByText('Ưu đãi này đã hết lượt')).toBeTruthy();
  });

  it('when the member has had it, with the way to the wallet', async () => {
    platform.answer('offers.get', offer({ usedByMember: 1 }));
    await visitOffer();
    expect((await screen.findByRole('link', { name: 'Xem trong ví' })).getAttribute('href')).toBe('/redemptions');
  });

  it('and says "once more" while another claim is left', async () => {
    platform.answer('offers.get', offer({ usedByMember: 1, limits: { perMember: 2, perMemberPerDay: 1 } }));
    await visitOffer();
    expect(await screen.findByRole('button', { name: 'Nhận lượt nữa' })).toBeTruthy();
  });
});
