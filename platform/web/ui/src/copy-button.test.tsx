import { screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { pass, renderApp, startStandIn, stopClockAt } from '../testing/index.ts';
import { CopyButton } from './copy-button.tsx';

beforeEach(() => {
  startStandIn();
});

describe('copying', () => {
  it('takes the value as it is, says so for two seconds, then offers it again', async () => {
    stopClockAt('2026-11-22T10:00:00Z');
    const { user } = await renderApp(<CopyButton value="VNP7-K2QX" label="Sao chép mã" />);
    await user.click(screen.getByRole('button', { name: 'Sao chép mã' }));
    const done = await screen.findByRole('button', { name: 'Đã sao chép' });
    expect(done.getAttribute('aria-live')).toBe('polite');
    expect(await navigator.clipboard.readText()).toBe('VNP7-K2QX');
    await pass(3);
    expect(screen.getByRole('button', { name: 'Sao chép mã' })).toBeTruthy();
  });

  it('that the browser refuses does not look done', async () => {
    const { user } = await renderApp(<CopyButton value="x" />, { language: 'en' });
    const refused = vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('denied', 'NotAllowedError'));
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(refused).toHaveBeenCalledTimes(1);
    expect(screen.getByRole('button', { name: 'Copy' })).toBeTruthy();
  });

  it('where there is no clipboard changes nothing and breaks nothing', async () => {
    const { user } = await renderApp(<CopyButton value="x" />);
    // An address without TLS: the browser has no clipboard for it.
    vi.stubGlobal('navigator', { onLine: true });
    await user.click(screen.getByRole('button', { name: 'Sao chép' }));
    expect(screen.getByRole('button', { name: 'Sao chép' })).toBeTruthy();
  });
});
