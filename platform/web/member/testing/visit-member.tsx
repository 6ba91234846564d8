import type { Language } from '@chung/contracts';
import { renderApp, type Visited } from '@chung/ui/testing';
import { App } from '../src/app.tsx';

/** The whole member app at an address: shell, session, routes and pages as they ship. */
export function visitMember(path: string, language?: Language): Promise<Visited> {
  return renderApp(<App />, {
    path,
    ...(language ? { language } : {}),
    texts: async (wanted) => (wanted === 'en' ? (await import('../src/texts/en.ts')).en : (await import('../src/texts/vi.ts')).vi),
  });
}
