import { createClient } from '@chung/client/light';
import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StandIn, startStandIn } from '../../testing/index.ts';
import { QrCode } from '../qr.tsx';
import { useSession } from './context.tsx';
import { mountApp } from './mount-app.tsx';

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn('admin');
  document.body.innerHTML = '<div id="root"></div>';
});
afterEach(() => {
  document.body.innerHTML = '';
});

function Hello() {
  const { session } = useSession();
  return <h1>{session?.user?.displayName}</h1>;
}

const options = { app: 'admin', base: '/admin', density: 'dense', client: createClient } as const;

describe('an app', () => {
  it('starts in the page’s root, with session and texts asked for at once and only once', async () => {
    const order: string[] = [];
    const texts = async () => {
      order.push(`texts after ${platform.asked.map(({ id }) => id).join()}`);
      return {};
    };
    await act(() => mountApp({ ...options, texts, children: <Hello /> }));
    expect(await screen.findByRole('heading', { name: 'Ngọc Ánh' })).toBeTruthy();
    expect(order).toEqual(['texts after session']);
    expect(platform.askedFor('session')).toHaveLength(1);
    expect(document.documentElement.lang).toBe('vi');
  });

  it('in a page without a root says so instead of staying white', async () => {
    document.body.innerHTML = '';
    await expect(mountApp({ ...options, texts: async () => ({}), children: <Hello /> })).rejects.toThrow('#root');
  });

  it('draws a QR code with its quiet zone, and another for another value', async () => {
    const codes = (
      <>
        <QrCode value="một" label="Mã một" />
        <QrCode value="hai" label="Mã hai" />
      </>
    );
    await act(() => mountApp({ ...options, texts: async () => ({}), children: codes }));
    const one = await screen.findByRole('img', { name: 'Mã một' });
    const other = screen.getByRole('img', { name: 'Mã hai' });
    expect(one.getAttribute('viewBox')).toMatch(/^-4 -4 \d+ \d+$/);
    await waitFor(() => expect(one.querySelector('path')?.getAttribute('d')).not.toBe(other.querySelector('path')?.getAttribute('d')));
  });
});
