// A small mini-app as a developer would write it, for the tests of what builds, serves and opens one.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const both = (vi: string, en: string) => `{ vi: '${vi}', en: '${en}' }`;

const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    name: 'sample',
    private: true,
    type: 'module',
    dependencies: { react: '^19.0.0', 'react-dom': '^19.0.0' },
  }),
  // Its own, so that it is not judged by the dependencies of this repository.
  'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: {} }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      ...{ module: 'esnext', moduleResolution: 'bundler', customConditions: ['chung-source'], target: 'es2022', jsx: 'react-jsx' },
      ...{ lib: ['ES2024', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'], types: [], strict: true, noEmit: true, skipLibCheck: true },
      ...{ allowImportingTsExtensions: true, resolveJsonModule: true },
    },
    include: ['src', 'chung.config.ts'],
  }),
  'chung.config.ts': `import { defineApp } from '@chung/contracts';
export default defineApp({
  app_id: 'vn.example.sample-app', name: ${both('Quà', 'Gifts')}, description: ${both('Quà tặng', 'Gifts for members')},
  icons: [{ src: 'icon.svg', sizes: 'any' }], version: { code: 1, name: '1.0.0' }, platform_version: { min_code: 1 },
  req_permissions: [{ name: 'offers:read', purpose: ${both('Hiện ưu đãi', 'Show offers')} }],
  allowed_hosts: [], pages: ['home'], age_rating: 'all', data_retention: { kept: 'none' }, contact: { email: 'dev@example.vn' },
});
`,
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#0a5" /></svg>',
  'src/types.d.ts': `declare module '*.css';
declare module '*.module.css' { const names: Readonly<Record<string, string>>; export default names; }
declare module '*.svg' { const address: string; export default address; }
declare module '*.png' { const address: string; export default address; }
`,
  'src/main.tsx': `import { createMiniApp } from '@chung/mini-app';
import { MiniAppProvider } from '@chung/mini-app/react';
import { createRoot } from 'react-dom/client';
import { Page } from './page.tsx';
import './main.css';

const root = document.querySelector('#root');
if (root) {
  const app = await createMiniApp({ scopes: ['offers:read'] });
  const { items } = await app.offers.list();
  createRoot(root).render(<MiniAppProvider app={app}><Page count={items.length} /></MiniAppProvider>);
}
`,
  'src/page.tsx': `import { useLanguage } from '@chung/mini-app/react';
import { useState } from 'react';
import picture from './picture.svg';
import styles from './page.module.css';
import words from './words.json';

export function Page({ count }: { count: number }) {
  const [pressed, setPressed] = useState(0);
  const language = useLanguage();
  return (
    <main className={styles.page}>
      <img src={picture} alt="" />
      <h1>{words[language].title}</h1>
      <p>{count} {words[language].offers}</p>
      <button type="button" onClick={() => setPressed(pressed + 1)}>{words[language].press} {pressed}</button>
    </main>
  );
}
`,
  'src/words.json': JSON.stringify({
    vi: { title: 'Quà của bạn', offers: 'ưu đãi', press: 'Đã bấm' },
    en: { title: 'Your gifts', offers: 'offers', press: 'Pressed' },
  }),
  'src/main.css': 'body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #222; background: #fff; }\n',
  'src/page.module.css': '.page { padding: 1rem; }\n.page button { min-height: 44px; padding: 0 1rem; font: inherit; }\n',
  'src/picture.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4" fill="#0a5" /></svg>',
};

export interface SampleApp {
  readonly folder: string;
  /** Writes files of it anew; null takes one away. */
  change(files: Readonly<Record<string, string | null>>): Promise<void>;
  remove(): Promise<void>;
}

/** Writes it into a new folder beside the caller: in the workspace, so that the SDK is found as in a project that has installed it. */
export async function sampleApp(beside: string, changes: Readonly<Record<string, string | null>> = {}): Promise<SampleApp> {
  const folder = await mkdtemp(path.join(beside, '.app-'));
  const change: SampleApp['change'] = async (files) => {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await (text === null ? rm(file, { force: true }) : writeFile(file, text));
    }
  };
  await change({ ...FILES, ...changes });
  return { folder, change, remove: () => rm(folder, { recursive: true, force: true }) };
}
