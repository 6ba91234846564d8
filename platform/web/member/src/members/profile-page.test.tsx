import { refusal, type StandIn, screen, startStandIn, waitFor } from '@chung/ui/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { me } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn();
  platform.answer('me.get', me());
});

/** What stands beside a label, as someone reads it. */
const valueBeside = (label: string) => screen.getByText(label, { selector: 'dt' }).nextElementSibling?.textContent;

describe('my own page', () => {
  it('shows the record in words', async () => {
    await visitMember('/me');
    expect(await screen.findByRole('heading', { level: 1, name: 'Nguyễn Thị Ngọc Ánh' })).toBeTruthy();
    expect(screen.getByText('Đoàn viên đã xác thực')).toBeTruthy();
    expect(['Đơn vị', 'Tỉnh, thành phố', 'Chức vụ', 'Ngày vào Đoàn', 'Năm sinh', 'Điện thoại', 'Email'].map(valueBeside)).toEqual([
      'Chi đoàn khu phố 3',
      'Thành phố Hồ Chí Minh',
      'Cán bộ Đoàn',
      '26/03/2021',
      '2003',
      '0912 345 678',
      'Chưa có',
    ]);
  });

  it('leaves out what the app may not know, instead of calling it empty', async () => {
    platform.answer('me.get', { id: 'pw-1' });
    await visitMember('/me');
    expect(await screen.findByRole('heading', { level: 1, name: 'Ngọc Ánh' })).toBeTruthy();
    expect(screen.queryByText('Điện thoại')).toBeNull();
    expect(screen.queryByText('Chưa xác thực')).toBeNull();
  });

  it.each([
    ['member', 'Member'],
    ['secretary', 'Secretary'],
  ] as const)('names the role %s', async (role, words) => {
    platform.answer('me.get', me({ membership: { verified: false, unit: null, province: null, role, since: null } }));
    await visitMember('/me', 'en');
    await screen.findByText('Not verified');
    expect(['Unit', 'Province or city', 'Role', 'Member since'].map(valueBeside)).toEqual(['None', 'None', words, 'None']);
  });

  it('keeps settings and sign-out when the record cannot be read', async () => {
    platform.answer('me.get', refusal('internal'));
    await visitMember('/me');
    expect(await screen.findByRole('alert')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Đăng xuất' })).toBeTruthy();
  });

  it('signing out tells the platform with the CSRF token and loads the home page anew', async () => {
    const assign = vi.spyOn(location, 'assign').mockImplementation(() => {});
    const { user } = await visitMember('/me');
    await user.click(await screen.findByRole('button', { name: 'Đăng xuất' }));
    await waitFor(() => expect(assign).toHaveBeenCalledWith('/'));
    expect(platform.askedFor('logout')[0]?.headers.get('x-csrf-token')).toBe('csrf-1');
  });
});
