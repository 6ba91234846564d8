import { held, pageOf, pass, refusal, type StandIn, screen, startStandIn, stopClockAt, waitFor, within } from '@chung/ui/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { offer, offerId } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn();
  platform.answer('offers.list', pageOf([offer()]));
});

const searchField = () => screen.findByRole('searchbox', { name: 'Tìm ưu đãi' });
const queriesSent = () => platform.askedFor('offers.list').map(({ query }) => query);
const named = (n: number, vi: string) => offer({ id: offerId(n), title: { vi, en: vi } });

describe('home', () => {
  it('greets the member and shows an offer with benefit, partner, reason and end', async () => {
    platform.answer(
      'offers.list',
      pageOf([offer({ window: { startsAt: '2026-11-01T00:00:00+07:00', endsAt: '2126-12-01T00:00:00+07:00' } })]),
    );
    await visitMember('/');
    expect(await screen.findByText('Chào Ngọc Ánh')).toBeTruthy();
    const card = await screen.findByRole('article');
    expect(within(card).getByRole('link', { name: 'Xem MyTV Nâng cao' }).getAttribute('href')).toBe(`/offers/${offerId()}`);
    expect(within(card).getByText('MyTV')).toBeTruthy();
    expect(within(card).getByText('Miễn phí 30 ngày')).toBeTruthy();
    expect(within(card).getByRole('list', { name: 'Vì sao dành cho bạn' }).textContent).toContain('Đoàn viên đã xác thực');
    // The window is half-open: what ends at midnight of the 1st is good to the end of the 30th.
    expect(within(card).getByText('Đến hết 30/11/2126')).toBeTruthy();
  });

  it('says in English what it says in Vietnamese', async () => {
    await visitMember('/', 'en');
    const card = await screen.findByRole('article');
    expect(within(card).getByRole('link', { name: 'MyTV Plus' })).toBeTruthy();
    expect(within(card).getByRole('list', { name: 'Why it is for you' }).textContent).toContain('You are a verified member');
    expect(platform.askedFor('offers.list')[0]?.headers.get('accept-language')).toBe('en');
  });

  it.each([
    ['sold out', { soldOut: true }, 'Đã hết lượt'],
    ['claimed by the member', { usedByMember: 1, soldOut: true }, 'Bạn đã nhận'],
    ['not open yet', { window: { startsAt: '2126-01-01T00:00:00+07:00', endsAt: '2126-12-01T00:00:00+07:00' } }, 'Từ 01/01/2126'],
  ])('marks an offer that is %s', async (_, change, mark) => {
    platform.answer('offers.list', pageOf([offer(change)]));
    await visitMember('/');
    expect(within(await screen.findByRole('article')).getByText(mark)).toBeTruthy();
  });

  it('shows two reasons and counts the others; only reasons that hold', async () => {
    const reason = (fact: string, holds: boolean) => ({ fact, holds, text: { vi: `lý do ${fact}`, en: `reason ${fact}` } });
    platform.answer(
      'offers.list',
      pageOf([offer({ whyForMe: [reason('a', true), reason('b', false), reason('c', true), reason('d', true)] })]),
    );
    await visitMember('/');
    const why = within(await screen.findByRole('list', { name: 'Vì sao dành cho bạn' })).getAllByRole('listitem');
    expect(why.map(({ textContent }) => textContent)).toEqual(['lý do a', 'lý do c', 'và 1 lý do nữa']);
  });

  it('an offer without conditions is for everyone', async () => {
    platform.answer('offers.list', pageOf([offer({ whyForMe: [] })]));
    await visitMember('/');
    expect((await screen.findByRole('list', { name: 'Vì sao dành cho bạn' })).textContent).toBe('Dành cho mọi đoàn viên');
  });
});

describe('states of the list', () => {
  it('is read out as loading, then shows the offers', async () => {
    const late = held<ReturnType<typeof pageOf<ReturnType<typeof offer>>>>();
    platform.answer('offers.list', () => late.reply);
    await visitMember('/');
    expect((await screen.findByText('Đang tải…')).closest('[aria-busy]')?.getAttribute('aria-busy')).toBe('true');
    late.release(pageOf([offer()]));
    expect(await screen.findByRole('article')).toBeTruthy();
    expect(screen.queryByText('Đang tải…')).toBeNull();
  });

  it('empty without a filter says to come back; nothing to reset', async () => {
    platform.answer('offers.list', pageOf<ReturnType<typeof offer>>([]));
    await visitMember('/');
    expect(await screen.findByText('Chưa có ưu đãi nào cho bạn')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Xem tất cả ưu đãi' })).toBeNull();
  });

  it('empty with a filter leads back to all offers', async () => {
    platform.answer('offers.list', ({ query }) => pageOf(query['q'] ? [] : [offer()]));
    const { user } = await visitMember('/?q=kh%C3%B4ng%20c%C3%B3&category=home');
    await user.click(await screen.findByRole('button', { name: 'Xem tất cả ưu đãi' }));
    expect(await screen.findByRole('article')).toBeTruthy();
    expect(location.search).toBe('');
    expect((await searchField()).getAttribute('value')).toBe('');
  });

  it('failed says so and tries again on request', async () => {
    platform.answer('offers.list', refusal('internal'));
    const { user } = await visitMember('/');
    expect((await screen.findByRole('alert')).textContent).toContain('Đã có lỗi ở phía chúng tôi.');
    platform.answer('offers.list', pageOf([offer()]));
    await user.click(screen.getByRole('button', { name: 'Thử lại' }));
    expect(await screen.findByRole('article')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('grows downwards by its cursor; a failed further page keeps the rows that stand', async () => {
    const pages = { '': pageOf([named(1, 'Một')], 'c2'), c2: pageOf([named(2, 'Hai')], 'c3') };
    platform.answer('offers.list', ({ query: { cursor = '' } }) => (cursor === 'c2' ? pages.c2 : cursor ? refusal('internal') : pages['']));
    const { user } = await visitMember('/');
    await user.click(await screen.findByRole('button', { name: 'Xem thêm' }));
    expect(await screen.findByRole('link', { name: 'Hai' })).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Xem thêm' }));
    expect(await screen.findByRole('alert')).toBeTruthy();
    expect(screen.getAllByRole('article')).toHaveLength(2);
    expect(queriesSent().map(({ cursor }) => cursor)).toEqual([undefined, 'c2', 'c3']);
  });
});

describe('filters', () => {
  it('come from the address', async () => {
    await visitMember('/?q=truy%E1%BB%81n%20h%C3%ACnh&category=television');
    expect((await searchField()).getAttribute('value')).toBe('truyền hình');
    const group = screen.getByRole('group', { name: 'Nhóm ưu đãi' });
    expect(within(group).getByRole('button', { name: 'Truyền hình' }).getAttribute('aria-pressed')).toBe('true');
    expect(within(group).getByRole('button', { name: 'Tất cả' }).getAttribute('aria-pressed')).toBe('false');
    expect(queriesSent()).toEqual([{ q: 'truyền hình', category: 'television' }]);
  });

  it('an unknown category of an old address is none', async () => {
    await visitMember('/?category=weapons');
    await screen.findByRole('article');
    expect(queriesSent()).toEqual([{}]);
  });

  it('a category is a step in the history; back takes it off', async () => {
    const { user } = await visitMember('/');
    await user.click(await screen.findByRole('button', { name: 'Gia đình' }));
    expect(location.search).toBe('?category=home');
    await waitFor(() => expect(queriesSent()).toContainEqual({ category: 'home' }));
    history.back();
    await waitFor(() => expect(screen.getByRole('button', { name: 'Tất cả' }).getAttribute('aria-pressed')).toBe('true'));
    expect(location.search).toBe('');
  });

  it('typing asks once, after a pause, for all that was typed; the address follows', async () => {
    stopClockAt('2026-11-22T10:00:00Z');
    const { user } = await visitMember('/');
    await user.type(await searchField(), '  da');
    await pass(0.15);
    await user.type(await searchField(), 'ta ');
    await pass(0.15);
    expect(queriesSent()).toEqual([{}]);
    await pass(0.4);
    await waitFor(() => expect(location.search).toBe('?q=data'));
    await waitFor(() => expect(queriesSent()).toEqual([{}, { q: 'data' }]));
  });

  it('typing keeps the category that was chosen', async () => {
    const { user } = await visitMember('/?category=telecom');
    await user.type(await searchField(), 'sim');
    await waitFor(() => expect(queriesSent()).toContainEqual({ q: 'sim', category: 'telecom' }));
  });

  it('the cross empties the search and asks for everything again', async () => {
    const { user } = await visitMember('/?q=data');
    await user.click(await screen.findByRole('button', { name: 'Xóa tìm kiếm' }));
    await waitFor(() => expect(location.search).toBe(''));
    await waitFor(() => expect(queriesSent()).toContainEqual({}));
  });

  it('an answer to an older search that comes late is not shown', async () => {
    const late = held<ReturnType<typeof pageOf<ReturnType<typeof offer>>>>();
    platform.answer('offers.list', ({ query: { q } }) => {
      if (q === 'tivi') return late.reply;
      return pageOf([named(2, q === 'data' ? 'Gói data' : 'Đầu tiên')]);
    });
    const { user } = await visitMember('/');
    const field = await searchField();
    await user.type(field, 'tivi');
    await waitFor(() => expect(queriesSent()).toContainEqual({ q: 'tivi' }));
    await user.clear(field);
    await user.type(field, 'data');
    expect(await screen.findByRole('link', { name: 'Gói data' })).toBeTruthy();
    late.release(pageOf([named(3, 'Muộn màng')]));
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Muộn màng' })).toBeNull());
    expect(screen.getByRole('link', { name: 'Gói data' })).toBeTruthy();
    expect(platform.askedFor('offers.list').find(({ query }) => query['q'] === 'tivi')?.signal?.aborted).toBe(true);
  });

  it('takes no more than the platform takes', async () => {
    await visitMember('/');
    expect((await searchField()).getAttribute('maxlength')).toBe('100');
  });
});
