import { QueryClient } from '@tanstack/react-query';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { csrfTokenOf, sessionQuery, signInAddress } from './session.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const answering = (status: number, body: unknown) => vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status }));

describe('the session', () => {
  it('is whole although the platform says only "signed out"', async () => {
    answering(200, { signedIn: false });
    const session = await new QueryClient().fetchQuery(sessionQuery('member'));
    expect(session).toEqual({ signedIn: false, user: null, actor: null, csrfToken: null, scopes: [] });
  });

  it('hands out the CSRF token of its own app only', async () => {
    answering(200, { signedIn: true, user: { displayName: 'Ánh' }, actor: 'member', csrfToken: 'token-1', scopes: [] });
    const queries = new QueryClient();
    await queries.fetchQuery(sessionQuery('member'));
    expect(csrfTokenOf(queries, 'member')).toBe('token-1');
    expect(csrfTokenOf(queries, 'partner')).toBeNull();
  });

  it('that cannot be read is an error and not "signed out"', async () => {
    answering(503, {});
    await expect(new QueryClient().fetchQuery({ ...sessionQuery('member'), retry: false })).rejects.toThrow();
  });

  it('sign-in keeps the whole address, query included', () => {
    expect(signInAddress('member', '/offers/7?a=b&c=d')).toBe('/session/member/login?return_to=%2Foffers%2F7%3Fa%3Db%26c%3Dd');
  });
});
