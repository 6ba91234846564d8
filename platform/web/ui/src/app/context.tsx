import type { Client } from '@chung/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { ErrorState } from '../feedback/problem.tsx';
import { PageSkeleton } from '../feedback/states.tsx';
import { type AppName, csrfTokenOf, endSession, type Session, sessionQuery, signInAddress } from './session.ts';

interface AppContext {
  readonly app: AppName;
  /** Where the app is mounted, without a trailing slash: '' for the member app, '/partner', '/admin'. */
  readonly base: string;
  readonly api: Client;
}

const Context = createContext<AppContext | null>(null);
export const AppProvider = Context.Provider;

export function useApp(): AppContext {
  const value = useContext(Context);
  if (!value) throw new TypeError('useApp needs mountApp around it.');
  return value;
}

/** The typed client of this app: `const api = useApi(); api.call('offers.list', { query })`. */
export const useApi = (): Client => useApp().api;

export interface SessionHandle {
  readonly session: Session | undefined;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
  /** Leaves the page for the platform's sign-in; comes back to `returnTo`, or to where the person is. */
  readonly signIn: (returnTo?: string) => void;
  readonly signOut: () => Promise<void>;
}

export function useSession(): SessionHandle {
  const { app, base } = useApp();
  const queries = useQueryClient();
  const { data, isPending, error, refetch } = useQuery(sessionQuery(app));
  return useMemo(
    () => ({
      session: data,
      isPending,
      error,
      retry: () => void refetch(),
      signIn: (returnTo) => location.assign(signInAddress(app, returnTo ?? `${location.pathname}${location.search}`)),
      signOut: () => endSession(app, csrfTokenOf(queries, app), `${base}/`),
    }),
    [data, isPending, error, refetch, app, base, queries],
  );
}

/** Shows `children` to a signed-in person and `otherwise` to everyone else. */
export function SignedIn({ children, otherwise }: { children: ReactNode; otherwise: ReactNode }) {
  const { session, isPending, error, retry } = useSession();
  if (session) return session.signedIn ? children : otherwise;
  if (isPending) return <PageSkeleton />;
  return <ErrorState error={error} onRetry={retry} />;
}
