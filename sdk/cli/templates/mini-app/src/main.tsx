import { createMiniApp } from '@chung/mini-app';
import { MiniAppProvider } from '@chung/mini-app/react';
import { createRoot } from 'react-dom/client';
import { Home } from './home.tsx';
import { settings } from './settings.ts';
import './styles.css';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
// If there is no host, or a scope is missing, this rejects and the host shows why.
const app = await createMiniApp(settings);
createRoot(root).render(
  <MiniAppProvider app={app}>
    <Home />
  </MiniAppProvider>,
);
