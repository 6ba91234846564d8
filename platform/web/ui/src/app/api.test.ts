import { createClient } from '@chung/client/light';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApi, createQueries } from './api.ts';
import { sessionQuery } from './session.ts';

const problem = (status: number, code: string) => new Response(JSON.stringify({ status, code, title: code }), { status });
const signedIn = (csrfToken: string) => ({ signedIn: true, user: { displayName: 'Ánh' }, actor: 'member' as const, csrfToken, scopes: [] });
const withdraw = { params: { grantId: 'grant-123456', scope: 'offers:read' } };

let answers: ((path: string) => Response)[] = [];
let asked: { path: string; csrf: string | null; app: string | null; language: string | null }[] = [];

beforeEach(() => {
  answers = [];
  asked = [];
  vi.stubGlobal('document', { documentElement: { lang: 'en' } });
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    asked.push({ path, csrf: headers.get('x-csrf-token'), app: headers.get('x-chung-app'), language: headers.get('accept-language') });
    return answers.shift()?.(path) ?? new Response(null, { status: 204 });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

function started() {
  const queries = createQueries('member');
  queries.setQueryData(sessionQuery('member').queryKey, signedIn('old'));
  return { queries, api: createApi('member', queries, createClient) };
}

describe('the client of an app', () => {
  it('says which app it is and in which language, and sends the CSRF token on writes only', async () => {
    answers = [() => Response.json({ id: 'me' })];
    const { api } = started();
    await api.call('me.get');
    await api.call('me.grants.scopes.withdraw', withdraw);
    expect(asked).toMatchObject([
      { app: 'member', language: 'en', csrf: null },
      { app: 'member', language: 'en', csrf: 'old' },
    ]);
  });

  it('fetches a new CSRF token once when another tab signed in anew', async () => {
    answers = [() => problem(403, 'csrf_failed'), () => Response.json(signedIn('new')), () => new Response(null, { status: 204 })];
    await started().api.call('me.grants.scopes.withdraw', withdraw);
    expect(asked.map(({ path, csrf }) => [path.split('/')[1], csrf])).toEqual([
      ['v1', 'old'],
      ['session', null],
      ['v1', 'new'],
    ]);
  });

  it('gives up after that one try', async () => {
    answers = [() => problem(403, 'csrf_failed'), () => Response.json(signedIn('new')), () => problem(403, 'csrf_failed')];
    await expect(started().api.call('me.grants.scopes.withdraw', withdraw)).rejects.toMatchObject({ code: 'csrf_failed' });
  });

  it('asks for the session again when the platform no longer knows it', async () => {
    const { queries, api } = started();
    answers = [() => problem(401, 'unauthenticated')];
    const failing = queries.fetchQuery({ queryKey: ['me.get'], queryFn: () => api.call('me.get') });
    await expect(failing).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(queries.getQueryState(sessionQuery('member').queryKey)?.isInvalidated).toBe(true);
  });
});
