import '@chung/ui/styles.css';
import '@chung/ui/desk.css';
import { createClient } from '@chung/client/light';
import { mountApp } from '@chung/ui';
import { AdminApp } from './app.tsx';

void mountApp({
  app: 'admin',
  base: '/admin',
  density: 'dense',
  client: createClient,
  texts: async (language) => (language === 'en' ? (await import('./texts/en.ts')).en : (await import('./texts/vi.ts')).vi),
  children: <AdminApp />,
});
