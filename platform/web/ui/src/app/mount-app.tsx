import { MantineProvider } from '@mantine/core';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { i18n } from 'i18next';
import { type ReactNode, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { Router } from 'wouter';
import { ConfirmProvider } from '../feedback/confirm.tsx';
import { CrashBoundary } from '../feedback/crash-boundary.tsx';
import { type LoadTexts, startTexts } from '../texts/language.ts';
import { type Density, themeFor } from '../theme.ts';
import { createApi, createQueries, type MakeClient } from './api.ts';
import { AppProvider } from './context.tsx';
import { type AppName, sessionQuery } from './session.ts';

export interface AppOptions {
  readonly app: AppName;
  /** Path prefix without a trailing slash: '' or '/partner'. */
  readonly base: string;
  readonly density: Density;
  /** From '@chung/client' (replies checked) or '@chung/client/light' (small). */
  readonly client: MakeClient;
  readonly texts: LoadTexts;
  readonly children: ReactNode;
}

interface FrameProps extends Pick<AppOptions, 'app' | 'base' | 'density' | 'client' | 'children'> {
  readonly queries: QueryClient;
  readonly i18n: i18n;
}

/** What stands around the pages of each app; tests render the same. */
export function AppFrame({ app, base, density, client, children, queries, i18n }: FrameProps) {
  // One client for the life of the frame: a new one would make every page ask again.
  const [api] = useState(() => createApi(app, queries, client));
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider theme={themeFor(density)} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <AppProvider value={{ app, base, api }}>
            <Router base={base}>
              <CrashBoundary>
                <ConfirmProvider>{children}</ConfirmProvider>
              </CrashBoundary>
            </Router>
          </AppProvider>
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  );
}

/** Starts an app in `#root`: texts, theme, queries, session, router, dialogs and the net under it all. */
export async function mountApp({ texts, ...frame }: AppOptions): Promise<void> {
  const root = document.getElementById('root');
  if (!root) throw new TypeError('The page has no #root.');
  const queries = createQueries(frame.app);
  // Asked for while the texts load: the first page needs both.
  void queries.prefetchQuery(sessionQuery(frame.app));
  const i18n = await startTexts(texts);
  createRoot(root).render(
    <StrictMode>
      <AppFrame {...frame} queries={queries} i18n={i18n} />
    </StrictMode>,
  );
}
