import { createClient } from '@chung/client/light';
import type { Language } from '@chung/contracts';
import type { QueryClient } from '@tanstack/react-query';
import { act, render } from '@testing-library/react';
import { type UserEvent, userEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import { createQueries } from '../src/app/api.ts';
import { AppFrame } from '../src/app/mount-app.tsx';
import type { AppName } from '../src/app/session.ts';
import { type LoadTexts, startTexts } from '../src/texts/language.ts';

interface Visit {
  readonly app?: AppName;
  readonly base?: string;
  /** Where the person comes in. */
  readonly path?: string;
  /** What they chose before, by the cookie; nothing is Vietnamese. */
  readonly language?: Language;
  readonly texts?: LoadTexts;
}

export interface Visited {
  readonly user: UserEvent;
  readonly queries: QueryClient;
  readonly unmount: () => void;
}

const noTexts: LoadTexts = async () => ({});

/** Opens a page as a person would: with the frame that the apps start with, a cookie for the language, an address. */
export async function renderApp(children: ReactNode, visit: Visit = {}): Promise<Visited> {
  const { app = 'member', base = '', path = '/', language, texts = noTexts } = visit;
  history.replaceState(null, '', `${base}${path}`);
  // biome-ignore lint/suspicious/noDocumentCookie: as the platform's sign-in page leaves it
  if (language) document.cookie = `chung_lang=${language}; Path=/`;
  const queries = createQueries(app);
  const i18n = await startTexts(texts);
  const frame = { app, base, density: 'touch', client: createClient, queries, i18n } as const;
  const { unmount } = await act(async () => render(<AppFrame {...frame}>{children}</AppFrame>));
  // With the test's clock stopped a click must not wait for it.
  const user = userEvent.setup({ delay: null });
  return { user, queries, unmount };
}

/** Stops the clock at `instant`; it still runs as slowly as real time does, so that promises settle. */
export function stopClockAt(instant: string): void {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: new Date(instant) });
}

/** Lets so much time pass, and what it sets off happen. */
export async function pass(seconds: number): Promise<void> {
  await act(async () => {
    await vi.advanceTimersByTimeAsync(seconds * 1000);
  });
}
