import { act, screen, waitFor } from '@testing-library/react';
import { Suspense } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Link, Route, Switch } from 'wouter';
import { renderApp, startStandIn } from '../../testing/index.ts';
import { DeskShell } from '../shell/desk-shell.tsx';
import { lazyPage } from './lazy-page.ts';
import { NotFoundPage, Page } from './page.tsx';

beforeEach(() => {
  startStandIn('admin');
});

const nav = [
  { href: '/', label: 'Hàng chờ', count: 3 },
  { href: '/audit', label: 'Nhật ký' },
];

const Queue = () => (
  <Page title="Hàng chờ" intro="Chờ duyệt">
    <Link href="/audit">Sang nhật ký</Link>
  </Page>
);
const Audit = () => (
  <Page title="Nhật ký" appName="Chung Quản trị">
    Trống
  </Page>
);

const frame = (
  <DeskShell area="Quản trị" nav={nav} accountNote="Quản trị viên">
    <Switch>
      <Route path="/" component={Queue} />
      <Route path="/audit" component={Audit} />
      <Route component={NotFoundPage} />
    </Switch>
  </DeskShell>
);
const visit = (path = '/') => renderApp(frame, { app: 'admin', base: '/admin', path });

describe('a page', () => {
  // Stands first: only the first page of a visit leaves the focus to the browser.
  it('that a visit begins with leaves the focus where the browser put it', async () => {
    await visit();
    expect(document.activeElement).toBe(document.body);
    expect(document.title).toBe('Hàng chờ · Chung');
  });

  it('gone to sets title and focus, so that a screen reader reads where one is', async () => {
    const { user } = await visit();
    await user.click(screen.getByRole('link', { name: 'Sang nhật ký' }));
    const heading = await screen.findByRole('heading', { level: 1, name: 'Nhật ký' });
    expect(document.activeElement).toBe(heading);
    expect(document.title).toBe('Nhật ký · Chung Quản trị');
    expect(location.pathname).toBe('/admin/audit');
  });

  it('that is none says so, under the app’s own base', async () => {
    await visit('/nothing');
    expect(screen.getByRole('heading', { level: 1, name: 'Không tìm thấy trang này' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Về trang chủ' }).getAttribute('href')).toBe('/admin/');
  });
});

describe('the frame of portal and console', () => {
  it('marks the current page, counts what waits, names the person', async () => {
    await visit('/audit');
    const entries = screen.getAllByRole('link').filter((link) => link.closest('nav'));
    expect(entries.map((link) => [link.textContent, link.getAttribute('aria-current')])).toEqual([
      ['Hàng chờ3', null],
      ['Nhật ký', 'page'],
    ]);
    expect(await screen.findByText('Ngọc Ánh')).toBeTruthy();
    expect(screen.getByText('Quản trị viên')).toBeTruthy();
  });

  it('opens and closes its navigation on a phone, and closes it by going somewhere', async () => {
    const { user } = await visit();
    const menu = screen.getByRole('button', { name: 'Trình đơn' });
    expect(menu.getAttribute('aria-expanded')).toBe('false');
    await user.click(menu);
    expect(menu.getAttribute('aria-expanded')).toBe('true');
    await user.click(screen.getByRole('link', { name: 'Nhật ký' }));
    expect(menu.getAttribute('aria-expanded')).toBe('false');
  });
});

describe('a page of its own chunk', () => {
  it('opened without a connection comes when the connection is back', async () => {
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    let loads = 0;
    const Lazy = lazyPage(async () => {
      loads += 1;
      if (loads === 1) throw new TypeError('offline');
      return () => <p>Đây rồi</p>;
    });
    await renderApp(
      <Suspense fallback={<p>Chờ</p>}>
        <Lazy />
      </Suspense>,
    );
    expect(screen.getByText('Chờ')).toBeTruthy();
    online.mockReturnValue(true);
    await act(async () => void dispatchEvent(new Event('online')));
    expect(await screen.findByText('Đây rồi')).toBeTruthy();
  });

  it('whose chunk a deploy removed offers to load anew', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const Lazy = lazyPage<object>(() => Promise.reject(new TypeError('chunk gone')));
    await renderApp(
      <Suspense fallback={null}>
        <Lazy />
      </Suspense>,
    );
    expect(await screen.findByRole('button', { name: 'Tải lại trang' })).toBeTruthy();
  });

  it('fetched ahead in vain is no error and is asked for again when opened', async () => {
    let loads = 0;
    const Lazy = lazyPage<object>(async () => {
      loads += 1;
      if (loads === 1) throw new TypeError('flaky');
      return () => <p>Đây rồi</p>;
    });
    Lazy.preload();
    await waitFor(() => expect(loads).toBe(1));
    await renderApp(
      <Suspense fallback={null}>
        <Lazy />
      </Suspense>,
    );
    expect(await screen.findByText('Đây rồi')).toBeTruthy();
  });
});
