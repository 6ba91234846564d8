import { UnreachableError } from '@chung/client/light';
import type { Actor } from '@chung/contracts';
import { type QueryClient, queryOptions } from '@tanstack/react-query';

/** The three first-party apps; each has its own cookie session at the platform. */
export type AppName = 'member' | 'partner' | 'admin';

/** What `GET /session/{app}` answers. The token itself never reaches the page. */
export interface Session {
  readonly signedIn: boolean;
  readonly user: { readonly displayName: string } | null;
  readonly actor: Actor | null;
  readonly csrfToken: string | null;
  readonly scopes: readonly string[];
  readonly partner?: { readonly id?: string; readonly slug?: string; readonly name?: string; readonly status?: string } | null;
}

const SIGNED_OUT: Session = { signedIn: false, user: null, actor: null, csrfToken: null, scopes: [] };

async function readSession(app: AppName, signal: AbortSignal): Promise<Session> {
  const response = await fetch(`/session/${app}`, { credentials: 'same-origin', headers: { accept: 'application/json' }, signal }).catch(
    (cause: unknown) => {
      throw new UnreachableError(cause);
    },
  );
  if (!response.ok) throw new UnreachableError(new Error(`session answered ${response.status}`));
  // The platform serves page and session from one version; the shape is its contract. Signed out it says only that.
  const told: Partial<Session> = await response.json();
  return { ...SIGNED_OUT, ...told };
}

export const sessionQuery = (app: AppName) =>
  queryOptions({ queryKey: ['session', app], queryFn: ({ signal }) => readSession(app, signal), staleTime: 5 * 60_000 });

export function csrfTokenOf(queries: QueryClient, app: AppName): string | null {
  return queries.getQueryData(sessionQuery(app).queryKey)?.csrfToken ?? null;
}

/** Where signing in starts; the platform sends the person back to `returnTo` afterwards. */
export function signInAddress(app: AppName, returnTo: string): string {
  return `/session/${app}/login?return_to=${encodeURIComponent(returnTo)}`;
}

/** Ends the session at the platform. The page is loaded anew afterwards, so that nothing of this person stays in memory. */
export async function endSession(app: AppName, csrfToken: string | null, home: string): Promise<void> {
  const headers = new Headers({ 'x-chung-app': app, accept: 'application/json' });
  if (csrfToken) headers.set('x-csrf-token', csrfToken);
  const response = await fetch(`/session/${app}/logout`, { method: 'POST', credentials: 'same-origin', headers }).catch(
    (cause: unknown) => {
      throw new UnreachableError(cause);
    },
  );
  // 401 and 403 mean that there is no such session any more, which is what was asked.
  if (!response.ok && response.status >= 500) throw new UnreachableError(new Error(`logout answered ${response.status}`));
  location.assign(home);
}
