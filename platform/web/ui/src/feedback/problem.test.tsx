import { ApiError, UnreachableError } from '@chung/client/light';
import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { renderApp, startStandIn } from '../../testing/index.ts';
import { ErrorPage } from '../page/error-page.tsx';
import { CrashBoundary } from './crash-boundary.tsx';
import { ErrorState, ProblemNotice } from './problem.tsx';

beforeEach(() => {
  startStandIn();
});

const refused = new ApiError({
  status: 422,
  code: 'validation_failed',
  title: 'Một số trường chưa hợp lệ.',
  detail: 'Hãy sửa hai trường.',
  request_id: 'req_9',
  docs: '/docs/errors/validation_failed',
  fields: [
    { path: 'window.endsAt', code: 'window_reversed', message: 'Kết thúc phải sau bắt đầu.' },
    { path: 'stock', code: 'too_small', message: 'Ít nhất là 1.' },
  ],
});
const busy = new ApiError({ status: 503, code: 'unavailable', title: 'Hệ thống đang bận.' });

describe('a refusal beside a form', () => {
  it('says what, what to do, and each field with its message', async () => {
    await renderApp(<ProblemNotice error={refused} />);
    const notice = within(screen.getByRole('alert'));
    expect(notice.getByText('Một số trường chưa hợp lệ.')).toBeTruthy();
    expect(notice.getByText('Hãy sửa hai trường.')).toBeTruthy();
    const fields = within(notice.getByRole('list', { name: 'Những chỗ cần sửa' })).getAllByRole('listitem');
    expect(fields.map(({ textContent }) => textContent)).toEqual(['window.endsAt Kết thúc phải sau bắt đầu.', 'stock Ít nhất là 1.']);
  });

  it('carries the request id for the operator and the page about the error', async () => {
    await renderApp(<ProblemNotice error={refused} />, { language: 'en' });
    expect(screen.getByRole('alert').textContent).toContain('Request id: req_9');
    const docs = screen.getByRole('link', { name: 'About this error' });
    expect([docs.getAttribute('href'), docs.getAttribute('rel')]).toEqual(['/docs/errors/validation_failed', 'noreferrer']);
  });

  it('offers another try only where it can help', async () => {
    const onRetry = vi.fn();
    const { user, unmount } = await renderApp(<ProblemNotice error={busy} onRetry={onRetry} />);
    await user.click(screen.getByRole('button', { name: 'Thử lại' }));
    expect(onRetry).toHaveBeenCalledTimes(1);
    unmount();
    await renderApp(<ProblemNotice error={refused} onRetry={onRetry} />);
    expect(screen.queryByRole('button', { name: 'Thử lại' })).toBeNull();
  });

  it('is not there without an error', async () => {
    await renderApp(<ProblemNotice error={null} />);
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('an area that could not be loaded', () => {
  it.each([
    ['no connection', new UnreachableError(new TypeError('fetch failed')), 'Không kết nối được'],
    ['a slow platform', new UnreachableError(new DOMException('late', 'TimeoutError')), 'Phản hồi quá lâu'],
    ['a bug', new RangeError('secret in line 7'), 'Đã có lỗi ở phía chúng tôi'],
  ])('for %s says so in words and nothing internal', async (_, error, words) => {
    await renderApp(<ErrorState error={error} onRetry={() => {}} />);
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain(words);
    expect(alert.textContent).not.toMatch(/secret|fetch failed|line 7/);
    expect(screen.getByRole('button', { name: 'Thử lại' })).toBeTruthy();
  });

  it('as a whole page has its own heading and title, and the way home', async () => {
    const onRetry = vi.fn();
    const { user } = await renderApp(<ErrorPage error={busy} onRetry={onRetry} />);
    expect(screen.getByRole('heading', { level: 1, name: 'Hệ thống đang bận.' })).toBeTruthy();
    expect(document.title).toBe('Hệ thống đang bận. · Chung');
    expect(screen.getByRole('link', { name: 'Về trang chủ' }).getAttribute('href')).toBe('/');
    await user.click(screen.getByRole('button', { name: 'Thử lại' }));
    expect(onRetry).toHaveBeenCalledTimes(1);
  });

  it('as a page that no retry can help offers none', async () => {
    await renderApp(<ErrorPage error={refused} onRetry={() => {}} />);
    expect(screen.queryByRole('button', { name: 'Thử lại' })).toBeNull();
    expect(screen.getByRole('link', { name: 'Về trang chủ' })).toBeTruthy();
  });
});

function Broken(): never {
  throw new Error('secret detail');
}

describe('a page with a bug', () => {
  it('shows a way out instead of a white page, and nothing internal', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const reload = vi.spyOn(location, 'reload').mockImplementation(() => {});
    const { user } = await renderApp(
      <CrashBoundary>
        <Broken />
      </CrashBoundary>,
    );
    expect(screen.getByRole('alert').textContent).toContain('Đã có lỗi ở phía chúng tôi');
    expect(document.body.textContent).not.toContain('secret');
    await user.click(screen.getByRole('button', { name: 'Tải lại trang' }));
    expect(reload).toHaveBeenCalledTimes(1);
  });
});
