// @vitest-environment happy-dom
// The screen in a document, with a host and a platform in memory: the same bridge and the same contracts as in the app.
import { createMiniApp } from '@chung/mini-app';
import { MiniAppProvider } from '@chung/mini-app/react';
import { createFakeHost, createFakePlatform, type FakeHost, type FakeHostSettings } from '@chung/testing';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { Home } from '../src/home.tsx';
import { settings } from '../src/settings.ts';

const hosts: FakeHost[] = [];
afterEach(() => {
  cleanup();
  for (const host of hosts.splice(0)) host.close();
});

async function open(changes: Partial<FakeHostSettings> = {}): Promise<FakeHost> {
  const host = createFakeHost({ ...settings, ...changes });
  hosts.push(host);
  const app = await createMiniApp({ ...settings, port: host.port });
  render(
    <MiniAppProvider app={app}>
      <Home />
    </MiniAppProvider>,
  );
  return host;
}

const card = (title: string) => screen.findByRole('article', { name: title });
const claim = async (title: string) => fireEvent.click(within(await card(title)).getByRole('button', { name: 'Nhận ưu đãi' }));

test('shows what is for this member and why, in the language and the theme of the host', async () => {
  const host = await open();
  expect((await card('Giảm 20% tại quầy')).textContent).toContain('Giảm 20%');
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Ưu đãi dành cho bạn');
  host.surround({ language: 'en', theme: 'dark' });
  expect((await card('10 GB for free')).textContent).toContain('50,000\u00a0₫ voucher');
  expect([document.documentElement.lang, document.documentElement.dataset['theme']]).toEqual(['en', 'dark']);
});

test('asks for the scope at the first claim and not before, then shows what came of it', async () => {
  const host = await open();
  await card('Giảm 20% tại quầy');
  expect(host.asked).toEqual([]);
  await claim('Giảm 20% tại quầy');
  expect(await screen.findByText('SAOBAC-0001')).toBeDefined();
  expect(screen.getByText('Đã giữ chỗ cho bạn')).toBeDefined();
  expect(host.asked).toEqual(['redemptions:claim']);
});

test('what can be claimed once is claimed, what can be claimed more often can be claimed again', async () => {
  await open();
  await claim('Tặng 10 GB');
  expect(await within(await card('Tặng 10 GB')).findByText('Bạn đã nhận')).toBeDefined();
  expect(within(await card('Tặng 10 GB')).queryByRole('button')).toBeNull();
  const counter = await card('Giảm 20% tại quầy');
  fireEvent.click(within(counter).getByRole('button', { name: 'Nhận ưu đãi' }));
  fireEvent.click(await within(counter).findByRole('button', { name: 'Nhận lượt nữa' }));
  expect(await within(counter).findByText('SAOBAC-0003')).toBeDefined();
});

test('a member who says no is told so and can change their mind', async () => {
  await open({ willGrant: [] });
  await claim('Tặng 10 GB');
  expect((await screen.findByText(/chưa cho phép/)).getAttribute('role')).toBe('alert');
  expect(within(await card('Tặng 10 GB')).getByRole('button', { name: 'Nhận ưu đãi' })).toBeDefined();
});

test('a claim whose answer was lost takes effect once, also when the member presses again', async () => {
  const { platform } = await open();
  await card('Tặng 10 GB');
  await platform.switches.during({ network: 'answers_lost' }, async () => {
    await claim('Tặng 10 GB');
    await screen.findByText(/Chưa có kết nối mạng/);
  });
  await claim('Tặng 10 GB');
  expect(await screen.findByText('Bạn đã nhận')).toBeDefined();
  expect(platform.store.redemptions.size).toBe(1);
});

test('without a network it says so, and shows the offers once there is one', async () => {
  const platform = createFakePlatform({ faults: { network: 'unreachable' } });
  await open({ platform });
  expect(await screen.findByText('Chưa có kết nối mạng')).toBeDefined();
  platform.switches.reset();
  fireEvent.click(screen.getByRole('button', { name: 'Thử lại' }));
  expect(await card('Tặng 10 GB')).toBeDefined();
});

test('where nothing is for this member it says what will stand here', async () => {
  const platform = createFakePlatform();
  platform.store.offers.clear();
  await open({ platform });
  expect(await screen.findByText('Chưa có ưu đãi nào cho bạn')).toBeDefined();
  await waitFor(() => expect(screen.getByRole('main').getAttribute('aria-busy')).toBe('false'));
});
