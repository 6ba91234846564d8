import { act, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { refusal, renderApp, type StandIn, startStandIn } from '../../testing/index.ts';
import { SignedIn, useApi, useSession } from './context.tsx';

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn('partner');
});

function Who() {
  const { session, signIn, signOut } = useSession();
  const api = useApi();
  return (
    <>
      <p>{session?.user?.displayName}</p>
      <button type="button" onClick={() => signIn()}>
        Vào
      </button>
      <button type="button" onClick={() => void signOut().catch((error: Error) => document.body.append(error.message))}>
        Ra
      </button>
      <button type="button" onClick={() => void api.call('partner.balance.get').catch(() => {})}>
        Đọc
      </button>
    </>
  );
}

const page = (
  <SignedIn otherwise={<p>Hãy đăng nhập</p>}>
    <Who />
  </SignedIn>
);
const visit = (path = '/') => renderApp(page, { app: 'partner', base: '/partner', path });

describe('the session of an app', () => {
  it('is asked for once, at its own address, with the cookie', async () => {
    await visit();
    expect(await screen.findByText('Ngọc Ánh')).toBeTruthy();
    expect(platform.askedFor('session')).toHaveLength(1);
  });

  it('shows the one page to who is signed in and the other to who is not', async () => {
    platform.setSession({ signedIn: false });
    await visit();
    expect(await screen.findByText('Hãy đăng nhập')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Ra' })).toBeNull();
  });

  it('shows neither while it is unknown', async () => {
    vi.stubGlobal('fetch', () => new Promise(() => {}));
    await visit();
    expect(screen.getByRole('status').getAttribute('aria-busy')).toBe('true');
    expect(screen.queryByText('Hãy đăng nhập')).toBeNull();
  });

  it('starts signing in from where the person is, base and query included', async () => {
    const assign = vi.spyOn(location, 'assign').mockImplementation(() => {});
    const { user } = await visit('/offers?state=draft');
    await user.click(await screen.findByRole('button', { name: 'Vào' }));
    expect(assign).toHaveBeenCalledWith('/session/partner/login?return_to=%2Fpartner%2Foffers%3Fstate%3Ddraft');
  });

  it('ends at the platform with the CSRF token, and then at the app’s own home', async () => {
    const assign = vi.spyOn(location, 'assign').mockImplementation(() => {});
    const { user } = await visit();
    await user.click(await screen.findByRole('button', { name: 'Ra' }));
    await waitFor(() => expect(assign).toHaveBeenCalledWith('/partner/'));
    const headers = platform.askedFor('logout')[0]?.headers;
    expect([headers?.get('x-csrf-token'), headers?.get('x-chung-app')]).toEqual(['csrf-1', 'partner']);
  });

  it('that the platform could not end does not look ended', async () => {
    const assign = vi.spyOn(location, 'assign').mockImplementation(() => {});
    const { user } = await visit();
    await screen.findByText('Ngọc Ánh');
    vi.stubGlobal('fetch', async () => new Response(null, { status: 503 }));
    await user.click(screen.getByRole('button', { name: 'Ra' }));
    await waitFor(() => expect(document.body.textContent).toContain('The platform did not answer.'));
    expect(assign).not.toHaveBeenCalled();
  });

  it('that expired on the server gives way to the sign-in page at the next request', async () => {
    const { queries } = await visit();
    await screen.findByText('Ngọc Ánh');
    platform.setSession({ signedIn: false });
    platform.answer('partner.balance.get', refusal('invalid_token'));
    const { createApi } = await import('./api.ts');
    const { createClient } = await import('@chung/client/light');
    const api = createApi('partner', queries, createClient);
    await act(() => queries.fetchQuery({ queryKey: ['x'], queryFn: () => api.call('partner.balance.get') }).catch(() => {}));
    expect(await screen.findByText('Hãy đăng nhập')).toBeTruthy();
  });
});
