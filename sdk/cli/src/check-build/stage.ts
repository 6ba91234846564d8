import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import path from 'node:path';
import type { Manifest } from '@chung/contracts';
import { frameDocument, frameRuntime, integrityOf } from '@chung/host/frame';
import type { Bundle } from '../build/bundle.ts';
import { ENTRY_FILE } from '../build/rspack-configuration.ts';
import { hostPageHtml, hostPageScript } from './host-page-bundle.ts';

/** What is opened: a bundle in a folder, or an app that `serveMiniApp` serves while it is developed. */
export type Staged =
  | { readonly kind: 'bundle'; readonly bundle: Bundle }
  | { readonly kind: 'served'; readonly origin: string; readonly entry: string };

export interface Stage {
  /** The page with the mini-app in it, in one language. */
  addressOf(language: 'vi' | 'en'): string;
  close(): Promise<void>;
}

const LANGUAGES = ['vi', 'en'] as const;
type Language = (typeof LANGUAGES)[number];

/**
 * Opens servers on loopback as in earnest: one origin with the host's page, another one with the frame, its script and the bundle. Nothing of
 * the app runs before a browser opens the page.
 */
export async function openStage(manifest: Manifest, staged: Staged): Promise<Stage> {
  const [script, runtime] = await Promise.all([hostPageScript(), frameRuntime(staged.kind === 'served' ? 'development' : 'production')]);
  const frames = new Map<Language, ReturnType<typeof frameDocument>>();
  const assets = await listening((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const shown = LANGUAGES.map((language) => (pathname === `/frame/${language}` ? frames.get(language) : undefined)).find(Boolean);
    if (shown) return void response.writeHead(200, { ...shown.headers }).end(shown.html);
    response.setHeader('access-control-allow-origin', '*');
    if (pathname === '/runtime.js') return void response.writeHead(200, JAVASCRIPT).end(runtime.source);
    if (staged.kind !== 'bundle' || !pathname.startsWith('/bundle/')) return void response.writeHead(404).end();
    sendFile(path.join(staged.bundle.folder, path.posix.normalize(pathname.slice('/bundle'.length))), response);
  });
  const entryUrl = staged.kind === 'served' ? staged.entry : `${assets.origin}/bundle/${ENTRY_FILE}`;
  const host = await listening((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/host.js') return void response.writeHead(200, JAVASCRIPT).end(script);
    const language = LANGUAGES.find((one) => pathname === `/${one}`);
    if (!language) return void response.writeHead(404).end();
    const frame = `${assets.origin}/frame/${language}`;
    // What keeps the app from leading its frame elsewhere.
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': `frame-src ${frame}` });
    response.end(hostPageHtml({ frame, language, permissions: manifest.req_permissions }));
  });
  for (const language of LANGUAGES)
    frames.set(
      language,
      frameDocument({
        ...{ appId: manifest.app_id, title: manifest.name[language], language, entryUrl, runtimeUrl: `${assets.origin}/runtime.js` },
        ...{ allowedHosts: manifest.allowed_hosts.map((one) => one.host), hostOrigins: [host.origin] },
        runtimeIntegrity: runtime.integrity,
        ...(staged.kind === 'bundle' ? integrityIn(staged.bundle, entryUrl) : { development: { origins: [staged.origin, assets.origin] } }),
      }),
    );
  return {
    addressOf: (language) => `${host.origin}/${language}`,
    close: async () => void (await Promise.all([host.close(), assets.close()])),
  };
}

/** As the platform serves a release: the frame names the bytes of the first files, and so of all. */
function integrityIn({ files, firstLoad }: Bundle, entryUrl: string) {
  const known = new Map(files.map((file) => [file.path, integrityOf(file.sha256)]));
  const [entry = '', ...others] = firstLoad;
  const preload = others.map((name) => ({ url: new URL(name, entryUrl).href, integrity: known.get(name) ?? '' }));
  return { entryIntegrity: known.get(entry) ?? '', preload };
}

const JAVASCRIPT = { 'content-type': 'text/javascript; charset=utf-8' };
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

function sendFile(file: string, response: Parameters<RequestListener>[1]): void {
  readFile(file).then(
    (content) => response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(content),
    () => response.writeHead(404).end(),
  );
}

async function listening(answer: RequestListener): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}
