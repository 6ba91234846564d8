import { act, pageOf, refusal, type StandIn, screen, startStandIn, waitFor, within } from '@chung/ui/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { grant, me, offer, offerId, redemption } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn();
  platform.answer('offers.list', pageOf([offer()]));
  platform.answer('offers.get', offer());
  platform.answer('redemptions.list', pageOf([redemption()]));
  platform.answer('me.grants.list', pageOf([grant()]));
  platform.answer('me.consents.list', pageOf([]));
  platform.answer('me.get', me());
});

const navigation = (name = 'Trình đơn chính') => screen.findByRole('navigation', { name });

describe('who is not signed in', () => {
  beforeEach(() => platform.setSession({ signedIn: false }));

  it('sees what this is about and no page, no navigation, no request for data', async () => {
    await visitMember('/');
    expect(await screen.findByRole('heading', { level: 1, name: 'Ưu đãi dành riêng cho bạn, đoàn viên thanh niên' })).toBeTruthy();
    expect(document.title).toBe('Ưu đãi cho đoàn viên · Chung');
    expect(screen.queryByRole('navigation')).toBeNull();
    expect(platform.asked.map(({ id }) => id)).toEqual(['session']);
  });

  it('keeps a deep link over the sign-in, query included', async () => {
    const assign = vi.spyOn(location, 'assign').mockImplementation(() => {});
    const { user } = await visitMember('/redemptions?state=RESERVED');
    await user.click(await screen.findByRole('button', { name: 'Đăng nhập để xem trang này' }));
    expect(assign).toHaveBeenCalledWith('/session/member/login?return_to=%2Fredemptions%3Fstate%3DRESERVED');
  });

  it('reads it in English after one click', async () => {
    const { user } = await visitMember('/');
    await user.click(await screen.findByRole('button', { name: 'English' }));
    expect(await screen.findByRole('button', { name: 'Sign in to see your offers' })).toBeTruthy();
    expect(document.documentElement.lang).toBe('en');
    await waitFor(() => expect(document.title).not.toBe('Ưu đãi cho đoàn viên · Chung'));
  });
});

describe('the session', () => {
  it('that cannot be read is an error to try again, and not "signed out"', async () => {
    platform.setSession(503);
    const { user } = await visitMember('/');
    expect((await screen.findByRole('alert')).textContent).toContain('Không kết nối được');
    expect(screen.queryByRole('button', { name: /^Đăng nhập/ })).toBeNull();
    platform.setSession({ signedIn: true, user: { displayName: 'Ánh' } });
    await user.click(screen.getByRole('button', { name: 'Thử lại' }));
    expect(await screen.findByRole('article')).toBeTruthy();
  });

  it('that ends while someone looks gives way to the sign-in page, and nothing of theirs stays in view', async () => {
    const { user } = await visitMember('/');
    await screen.findByRole('article');
    platform.setSession({ signedIn: false });
    platform.answer('me.get', refusal('unauthenticated'));
    await user.click(within(await navigation()).getByRole('link', { name: 'Tôi' }));
    expect(await screen.findByRole('button', { name: 'Đăng nhập để xem trang này' })).toBeTruthy();
    expect(document.body.textContent).not.toContain('Ngọc Ánh');
  });
});

describe('pages', () => {
  it.each([
    ['/', 'Ưu đãi', 'Ưu đãi dành cho bạn · Chung'],
    ['/redemptions', 'Ví', 'Ví ưu đãi · Chung'],
    ['/privacy', 'Riêng tư', 'Quyền riêng tư · Chung'],
    ['/me', 'Tôi', 'Nguyễn Thị Ngọc Ánh · Chung'],
  ])('%s has its title, one h1, and is marked in the navigation', async (path, entry, title) => {
    await visitMember(path);
    await waitFor(() => expect(document.title).toBe(title));
    expect(screen.getAllByRole('heading', { level: 1 })).toHaveLength(1);
    const current = within(await navigation())
      .getAllByRole('link')
      .filter((link) => link.getAttribute('aria-current') === 'page');
    expect(current.map(({ textContent }) => textContent)).toEqual([entry]);
  });

  it('an offer belongs to the offers in the navigation', async () => {
    await visitMember(`/offers/${offerId()}`);
    await screen.findByRole('heading', { level: 1, name: 'Xem MyTV Nâng cao' });
    expect(
      within(await navigation())
        .getByRole('link', { name: 'Ưu đãi' })
        .getAttribute('aria-current'),
    ).toBe('page');
  });

  it('a step to another page puts focus on its heading', async () => {
    const { user } = await visitMember('/');
    await screen.findByRole('article');
    await user.click(within(await navigation()).getByRole('link', { name: 'Ví' }));
    const heading = await screen.findByRole('heading', { level: 1, name: 'Ví ưu đãi' });
    await waitFor(() => expect(document.activeElement).toBe(heading));
  });

  it('an address that is none says so and leads home', async () => {
    const { user } = await visitMember('/no-such-page', 'en');
    expect(await screen.findByRole('heading', { level: 1, name: 'Page not found' })).toBeTruthy();
    await user.click(screen.getByRole('link', { name: 'Go to the home page' }));
    expect(await screen.findByRole('article')).toBeTruthy();
  });

  it('the first stop of the Tab key skips the navigation', async () => {
    const { user } = await visitMember('/');
    const heading = await screen.findByRole('heading', { level: 1 });
    // As on a fresh visit, where nothing has the focus yet.
    heading.blur();
    await user.tab();
    expect(document.activeElement?.textContent).toBe('Đến nội dung chính');
    expect(document.activeElement?.getAttribute('href')).toBe(`#${screen.getByRole('main').id}`);
  });
});

it('losing the connection is said aloud, and its return takes the words back', async () => {
  await visitMember('/');
  const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  act(() => void dispatchEvent(new Event('offline')));
  expect((await screen.findByText('Bạn đang ngoại tuyến. Nội dung có thể chưa mới nhất.')).closest('[role=status]')).toBeTruthy();
  online.mockReturnValue(true);
  act(() => void dispatchEvent(new Event('online')));
  await waitFor(() => expect(screen.queryByText(/Bạn đang ngoại tuyến/)).toBeNull());
});
