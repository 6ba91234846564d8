import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
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

/** Starts an app in `#root`: texts, theme, queries, session, router, dialogs and the net under it all. */
export async function mountApp({ app, base, density, client, texts, children }: AppOptions): Promise<void> {
  const root = document.getElementById('root');
  if (!root) throw new TypeError('The page has no #root.');
  const queries = createQueries(app);
  // Asked for while the texts load: the first page needs both.
  void queries.prefetchQuery(sessionQuery(app));
  const i18n = await startTexts(texts);
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <MantineProvider theme={themeFor(density)} defaultColorScheme="auto">
          <QueryClientProvider client={queries}>
            <AppProvider value={{ app, base, api: createApi(app, queries, client) }}>
              <Router base={base}>
                <CrashBoundary>
                  <ConfirmProvider>{children}</ConfirmProvider>
                </CrashBoundary>
              </Router>
            </AppProvider>
          </QueryClientProvider>
        </MantineProvider>
      </I18nextProvider>
    </StrictMode>,
  );
}
