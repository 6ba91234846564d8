import { act, render, screen } from '@testing-library/react';
import { I18nextProvider } from 'react-i18next';
import { expect, it, vi } from 'vitest';
import { startTexts } from '../texts/language.ts';
import { OfflineNotice } from './offline-notice.tsx';

// Alone, without a page around it: nothing else draws it anew when the connection changes.
it('losing the connection is heard of by the event alone, and so is its return', async () => {
  const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(true);
  const i18n = await startTexts(async () => ({}));
  render(
    <I18nextProvider i18n={i18n}>
      <OfflineNotice />
    </I18nextProvider>,
  );
  expect(screen.getByRole('status').textContent).toBe('');
  online.mockReturnValue(false);
  act(() => void dispatchEvent(new Event('offline')));
  expect(screen.getByRole('status').textContent).toBe('Bạn đang ngoại tuyến. Nội dung có thể chưa mới nhất.');
  online.mockReturnValue(true);
  act(() => void dispatchEvent(new Event('online')));
  expect(screen.getByRole('status').textContent).toBe('');
});
