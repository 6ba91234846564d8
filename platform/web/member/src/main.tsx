import { createClient } from '@chung/client/light';
import { mountApp } from '@chung/ui';
import '@chung/ui/styles.css';
import { App } from './app.tsx';

void mountApp({
  app: 'member',
  base: '',
  density: 'touch',
  client: createClient,
  texts: async (language) => (language === 'en' ? (await import('./texts/en.ts')).en : (await import('./texts/vi.ts')).vi),
  children: <App />,
});
