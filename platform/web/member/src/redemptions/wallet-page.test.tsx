import { pageOf, refusal, type StandIn, screen, startStandIn, waitFor, within } from '@chung/ui/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { redemption, redemptionId } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';
import { STATES } from './steps.ts';

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn();
  const all = STATES.map((state, n) =>
    redemption({ id: redemptionId(300 + n), state, expiresAt: state === 'RESERVED' ? '2026-11-22T17:30:00Z' : null }),
  );
  platform.answer('redemptions.list', ({ query }) => pageOf(all.filter(({ state }) => !query['state'] || state === query['state'])));
});

const tabs = async () => within(await screen.findByRole('navigation', { name: 'Lọc theo trạng thái' }));
const rows = () => within(screen.getByRole('main')).getAllByRole('listitem');

describe('the wallet', () => {
  it('lists what was claimed with its state in words; a hold says until when', async () => {
    await visitMember('/redemptions');
    await waitFor(() => expect(rows()).toHaveLength(STATES.length));
    expect(rows()[0]?.textContent).toContain('Giữ đến 00:30, 23/11/2026');
    expect(rows()[1]?.textContent).toContain('Nhận 10:00, 22/11/2026');
    for (const state of ['Đang giữ chỗ', 'Đã nhận', 'Đã hoàn tất', 'Hết hạn giữ', 'Đã hủy', 'Đã hoàn lại'])
      expect(rows().filter(({ textContent }) => textContent?.includes(state)).length).toBe(1);
  });

  it('shows no code in the list: it is for the redemption’s own page', async () => {
    platform.answer('redemptions.list', pageOf([redemption({ code: 'VNP7-K2QX-94MD' })]));
    await visitMember('/redemptions');
    await waitFor(() => expect(rows()).toHaveLength(1));
    expect(document.body.textContent).not.toContain('VNP7');
  });

  it('a tab filters by the address and is marked as the current one', async () => {
    const { user } = await visitMember('/redemptions');
    await user.click((await tabs()).getByRole('link', { name: 'Đang giữ chỗ' }));
    await waitFor(() => expect(rows()).toHaveLength(1));
    expect(location.search).toBe('?state=RESERVED');
    expect((await tabs()).getByRole('link', { name: 'Đang giữ chỗ' }).getAttribute('aria-current')).toBe('true');
    expect((await tabs()).getByRole('link', { name: 'Tất cả' }).getAttribute('aria-current')).toBeNull();
    expect(platform.askedFor('redemptions.list').at(-1)?.query).toEqual({ state: 'RESERVED' });
  });

  it.each(STATES)('opens at ?state=%s', async (state) => {
    await visitMember(`/redemptions?state=${state}`);
    await waitFor(() => expect(rows()).toHaveLength(1));
    expect(platform.askedFor('redemptions.list')[0]?.query).toEqual({ state });
  });

  it('takes an unknown state for all', async () => {
    await visitMember('/redemptions?state=STOLEN');
    await waitFor(() => expect(rows()).toHaveLength(STATES.length));
    expect((await tabs()).getByRole('link', { name: 'Tất cả' }).getAttribute('aria-current')).toBe('true');
  });

  it.each([
    ['/redemptions', 'Ví của bạn đang trống'],
    ['/redemptions?state=EXPIRED', 'Không có ưu đãi nào ở trạng thái này'],
  ])('empty at %s says so and leads to the offers', async (path, words) => {
    platform.answer('redemptions.list', pageOf<ReturnType<typeof redemption>>([]));
    await visitMember(path);
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Xem tất cả ưu đãi' }).getAttribute('href')).toBe('/');
  });

  it('that cannot be read says so and tries again on request', async () => {
    platform.answer('redemptions.list', refusal('internal', { request_id: 'req_77' }));
    const { user } = await visitMember('/redemptions', 'en');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Something went wrong on our side.');
    expect(alert.textContent).toContain('Request id: req_77');
    platform.answer('redemptions.list', pageOf([redemption()]));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(rows()).toHaveLength(1));
  });

  it('goes on by its cursor and drops nothing', async () => {
    const one = (n: number) => redemption({ id: redemptionId(n), offerTitle: { vi: `Ưu đãi ${n}`, en: `Offer ${n}` } });
    platform.answer('redemptions.list', ({ query }) => (query['cursor'] === 'c2' ? pageOf([one(3)]) : pageOf([one(1), one(2)], 'c2')));
    const { user } = await visitMember('/redemptions');
    await user.click(await screen.findByRole('button', { name: 'Xem thêm' }));
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(screen.queryByRole('button', { name: 'Xem thêm' })).toBeNull();
  });
});
