import type { Client, ClientOptions } from '@chung/client';
import { ApiError } from '@chung/client/light';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { type AppName, csrfTokenOf, sessionQuery } from './session.ts';

export type MakeClient = (options: ClientOptions) => Client;

const SESSION_CODES: readonly string[] = ['unauthenticated', 'invalid_token'];
const STALE_AFTER_MS = 30_000;

/** Queries do not retry by themselves: the client already repeats what is safe to repeat. */
export function createQueries(app: AppName): QueryClient {
  const onError = (error: Error) => {
    // The session ended on the server: ask again, and the pages behind it give way to the sign-in page.
    if (error instanceof ApiError && SESSION_CODES.includes(error.code))
      void queries.invalidateQueries({ queryKey: sessionQuery(app).queryKey });
  };
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: false, staleTime: STALE_AFTER_MS, networkMode: 'always' }, mutations: { networkMode: 'always' } },
  });
  return queries;
}

/** The client of a first-party app: cookie session, CSRF token on writes, replies in the reader's language. */
export function createApi(app: AppName, queries: QueryClient, make: MakeClient): Client {
  const client = make({
    credentials: 'same-origin',
    headers: ({ method }) => {
      const headers = new Headers({ 'x-chung-app': app, 'accept-language': document.documentElement.lang || 'vi' });
      const token = method === 'GET' ? null : csrfTokenOf(queries, app);
      if (token) headers.set('x-csrf-token', token);
      return headers;
    },
  });
  const call: Client['call'] = async (id, ...input) => {
    try {
      return await client.call(id, ...input);
    } catch (error) {
      // Signed in anew in another tab: the token changed there. The check comes before any effect, so one repeat is safe.
      if (!(error instanceof ApiError) || error.code !== 'csrf_failed') throw error;
      await queries.fetchQuery({ ...sessionQuery(app), staleTime: 0 });
      return client.call(id, ...input);
    }
  };
  return { ...client, call };
}
