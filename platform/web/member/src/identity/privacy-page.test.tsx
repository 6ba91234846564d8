import type { ConsentReceipt, MemberGrant } from '@chung/contracts';
import { pageOf, refusal, type StandIn, screen, startStandIn, waitFor, within } from '@chung/ui/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { grant, grantedScope } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';

const receipt = (change: Partial<ConsentReceipt> = {}): ConsentReceipt => ({
  id: 'CR-1',
  action: 'granted',
  app: { clientId: 'mytv', name: 'MyTV Mini' },
  scope: 'member.profile:read',
  purpose: { vi: 'Chào bạn bằng tên', en: 'Greet you by name' },
  purposeVersion: 1,
  language: 'vi',
  at: '2026-11-21T17:30:00Z',
  ...change,
});

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn();
  platform.answer('me.grants.list', pageOf([grant()]));
  platform.answer('me.consents.list', pageOf([receipt()]));
});

const visit = (language?: 'en') => visitMember('/privacy', language);
const grants = async () => within(await screen.findByRole('region', { name: 'Quyền bạn đã cấp' }));
const history = async () => within(await screen.findByRole('region', { name: 'Lịch sử đồng ý' }));

async function askToWithdraw() {
  const { user } = await visit();
  await user.click(await (await grants()).findByRole('button', { name: /^Rút lại ?: Xem tên hiển thị$/ }));
  return { user, question: screen.getByRole('dialog', { name: 'Rút lại quyền này?' }) };
}

describe('what the member allowed', () => {
  it('is listed by app and scope: what, what for, since when', async () => {
    await visit();
    const card = within(await (await grants()).findByRole('article'));
    expect(card.getByRole('heading', { name: 'MyTV Mini' })).toBeTruthy();
    expect(card.getByText('của MyTV · Chưa dùng lần nào')).toBeTruthy();
    expect(card.getByText('Xem tên hiển thị')).toBeTruthy();
    expect(card.getByText('Để làm gì: Chào bạn bằng tên')).toBeTruthy();
    // Half past midnight in Vietnam is still the day before in Greenwich.
    expect(card.getByText('Cấp ngày 23/10/2026')).toBeTruthy();
  });

  it('cannot be withdrawn where the app needs it, and says so', async () => {
    platform.answer('me.grants.list', pageOf([grant({ scopes: [grantedScope({ withdrawable: false })] })]));
    await visit('en');
    expect(await screen.findByText('Needed for the app to run')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Withdraw/ })).toBeNull();
  });

  it('an app without scopes left is not listed', async () => {
    platform.answer('me.grants.list', pageOf([grant({ scopes: [] })]));
    await visit();
    expect(await (await grants()).findByText('Bạn chưa cấp quyền cho ứng dụng nào')).toBeTruthy();
  });

  it('of the platform’s own app is named as such', async () => {
    platform.answer('me.grants.list', pageOf([grant({ app: { clientId: 'x', name: 'Chung', partner: null } })]));
    await visit();
    expect(await (await grants()).findByText(/^Ứng dụng của nền tảng/)).toBeTruthy();
  });

  it('that cannot be read can be tried again while the history stands', async () => {
    platform.answer('me.grants.list', refusal('internal'));
    const { user } = await visit();
    await user.click(await (await grants()).findByRole('button', { name: 'Thử lại' }));
    expect(await (await history()).findByText('Đồng ý')).toBeTruthy();
    expect(platform.askedFor('me.grants.list').length).toBe(2);
  });
});

describe('withdrawing', () => {
  it('asks first and names app and deed; there is no undo', async () => {
    const { question } = await askToWithdraw();
    expect(question.textContent).toContain('MyTV Mini sẽ không còn được: xem tên hiển thị.');
    expect(platform.askedFor('me.grants.scopes.withdraw')).toHaveLength(0);
  });

  it('"keep" changes nothing', async () => {
    const { user, question } = await askToWithdraw();
    await user.click(within(question).getByRole('button', { name: 'Giữ nguyên' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(platform.askedFor('me.grants.scopes.withdraw')).toHaveLength(0);
  });

  it('takes the scope off the page, adds a line to the history and says so aloud', async () => {
    const two: MemberGrant = grant({
      scopes: [grantedScope(), grantedScope({ scope: 'offers:read', title: { vi: 'Xem ưu đãi', en: 'Offers' } })],
    });
    platform.answer('me.grants.list', pageOf([two]));
    platform.answer('me.grants.scopes.withdraw', () => {
      platform.answer('me.grants.list', pageOf([{ ...two, scopes: two.scopes.slice(1) }]));
      platform.answer('me.consents.list', pageOf([receipt({ id: 'CR-2', action: 'withdrawn' }), receipt()]));
      return undefined;
    });
    const { user, question } = await askToWithdraw();
    await user.click(within(question).getByRole('button', { name: 'Rút lại' }));
    await waitFor(() => expect(screen.queryByText('Xem tên hiển thị', { selector: 'article strong' })).toBeNull());
    expect((await screen.findByText('Đã rút lại quyền của MyTV Mini.')).getAttribute('role')).toBe('status');
    expect(await (await history()).findByText('Rút lại')).toBeTruthy();
    const [request] = platform.askedFor('me.grants.scopes.withdraw');
    expect(request?.params).toEqual({ grantId: two.id, scope: 'member.profile:read' });
    expect(request?.headers.get('x-csrf-token')).toBe('csrf-1');
  });

  it('refused says why and shows what holds now', async () => {
    platform.answer('me.grants.scopes.withdraw', refusal('not_found'));
    const { user, question } = await askToWithdraw();
    await user.click(within(question).getByRole('button', { name: 'Rút lại' }));
    expect((await (await grants()).findByRole('alert')).textContent).toContain('Không tìm thấy.');
    await waitFor(() => expect(platform.askedFor('me.grants.list').length).toBeGreaterThan(1));
  });
});

describe('the history', () => {
  it('says deed, scope, app, purpose, time and receipt of each line', async () => {
    await visit();
    const line = await (await history()).findByRole('listitem');
    for (const part of ['Đồng ý', 'MyTV Mini · Chào bạn bằng tên', '00:30, 22/11/2026', 'Biên nhận CR-1'])
      expect(line.textContent).toContain(part);
  });

  it('shows a scope that the platform no longer has by its name', async () => {
    platform.answer('me.consents.list', pageOf([receipt({ scope: 'retired:read' })]));
    await visit();
    expect(await (await history()).findByText('retired:read')).toBeTruthy();
  });

  it('is empty for a new member', async () => {
    platform.answer('me.consents.list', pageOf<ConsentReceipt>([]));
    await visit('en');
    expect(await screen.findByText('Nothing in the history yet')).toBeTruthy();
  });

  it('goes back as far as there are lines', async () => {
    platform.answer('me.consents.list', ({ query }) =>
      query['cursor'] ? pageOf([receipt({ id: 'CR-0' })]) : pageOf([receipt()], 'older'),
    );
    const { user } = await visit();
    await user.click(await (await history()).findByRole('button', { name: 'Xem thêm' }));
    expect(await (await history()).findByText(/Biên nhận CR-0/)).toBeTruthy();
    expect((await history()).getAllByRole('listitem')).toHaveLength(2);
  });
});
