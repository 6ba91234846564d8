import { remoteNameOf } from './shares.ts';

export interface FrameSettings {
  readonly appId: string;
  /** The bundle's `remoteEntry.js`; absolute. Everything else of the bundle lies in the same folder. */
  readonly entryUrl: string;
  /** The frame's own script; absolute. See `frameRuntime`. */
  readonly runtimeUrl: string;
  /** From the manifest: `api.example.vn`, perhaps with a port. */
  readonly allowedHosts: readonly string[];
  readonly language: 'vi' | 'en';
  /** The name of the app, for screen readers. */
  readonly title: string;
  /** As in `integrity` attributes (`sha256-…`): a script with other bytes does not run. The entry vouches for the files it loads. */
  readonly entryIntegrity?: string;
  readonly runtimeIntegrity?: string;
  /**
   * Files of the bundle that the first screen needs, so that they are not waited for one after the other. A browser uses what it has fetched
   * early only where the integrity is that of the entry's own table.
   */
  readonly preload?: readonly { readonly url: string; readonly integrity: string }[];
  /** Origins whose pages may hold the frame; any unless told. */
  readonly hostOrigins?: readonly string[];
  /** While an app is developed: origins that it may reach beside the declared ones, e.g. for hot reload. Never for members. */
  readonly development?: { readonly origins: readonly string[] };
}

export interface FrameDocument {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The document in which a partner's mini-app runs: without an origin, storage, cookies or access to anything around it, and with no
 * connection but to the hosts of its manifest.
 *
 * The header makes it a sandbox also where its address is opened directly. The page around it must do two things of its own: put it in
 * `<iframe sandbox="allow-scripts">`, and allow with its own `frame-src` no address but this one, or the app could lead its frame elsewhere.
 *
 * Throws `TypeError` for an address or a host that could carry more than it says.
 *
 * @example
 * const { html, headers } = frameDocument({
 *   appId: 'vn.example.rewards',
 *   entryUrl: 'https://assets.example/sha256/ab/remoteEntry.js',
 *   runtimeUrl: 'https://assets.example/frame/runtime.js',
 *   allowedHosts: ['api.example.vn'],
 *   language: 'vi',
 *   title: 'Quà tặng',
 * });
 * response.writeHead(200, headers).end(html);
 */
export function frameDocument(settings: FrameSettings): FrameDocument {
  const { appId, language, title, entryIntegrity = '', runtimeIntegrity = '', preload = [] } = settings;
  const entry = addressOf(settings.entryUrl);
  const runtime = addressOf(settings.runtimeUrl);
  const script = {
    ...{ src: runtime, crossorigin: 'anonymous', integrity: runtimeIntegrity },
    ...{ 'data-remote': remoteNameOf(appId), 'data-entry': entry, 'data-integrity': entryIntegrity },
  };
  const links = [
    { rel: 'preload', as: 'script', crossorigin: 'anonymous', href: entry, integrity: entryIntegrity },
    ...preload.map(({ url, integrity }) => {
      const as = url.endsWith('.css') ? 'style' : 'script';
      return { rel: 'preload', as, crossorigin: 'anonymous', href: addressOf(url), integrity };
    }),
  ];
  const html = `<!doctype html>
<html${attributes({ lang: language })}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
${links.map((link) => `<link${attributes(link)}>`).join('\n')}
</head>
<body>
<div id="root"></div>
<script${attributes(script)}></script>
</body>
</html>
`;
  return { html, headers: frameHeaders(settings, { entry, runtime }) };
}

const LOCKED = 'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()';

function frameHeaders(settings: FrameSettings, { entry, runtime }: { entry: string; runtime: string }): Readonly<Record<string, string>> {
  const { development, hostOrigins } = settings;
  const files = new URL('.', entry).href;
  const hosts = settings.allowedHosts.map(hostOf);
  const secure = hosts.map((host) => `https://${host}`);
  const sockets = hosts.map((host) => `wss://${host}`);
  const own = (development?.origins ?? []).map((origin) => new URL(origin).origin);
  const policy: Readonly<Record<string, readonly string[]>> = {
    'default-src': ["'none'"],
    'script-src': [files, runtime],
    // A style can do nothing that the app's own script cannot.
    'style-src': [files, "'unsafe-inline'"],
    'img-src': [files, ...secure, 'data:', 'blob:'],
    'font-src': [files, 'data:'],
    'media-src': [files, ...secure, 'blob:'],
    'connect-src': [files, ...secure, ...sockets, ...own],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': hostOrigins?.map((origin) => new URL(origin).origin) ?? ['*'],
    sandbox: ['allow-scripts'],
  };
  const reach = [files, runtime, ...secure, ...sockets, ...own];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': Object.entries(policy)
      .map(([name, values]) => [name, ...values].join(' '))
      .join('; '),
    'connection-allowlist': connectionAllowlist(reach),
    'permissions-policy': LOCKED,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

/**
 * The header that stops what a content security policy lets pass: navigation of the frame by itself, WebRTC, prefetch. Chromium obeys it
 * from version 152 on; other browsers do not know it. Every response of the origin that serves bundles has to carry it, errors too.
 *
 * @example
 * connectionAllowlist(['https://assets.example/sha256/ab/']); // '("https://assets.example/sha256/ab/*")'
 */
export function connectionAllowlist(addresses: readonly string[]): string {
  const patterns = [...new Set(addresses)].map((address) => `"${address.endsWith('/') ? `${address}*` : address}"`);
  return `(${patterns.join(' ')})`;
}

/**
 * What an `integrity` attribute says of a file, from its SHA-256 in hexadecimal.
 *
 * @example
 * integrityOf('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'); // 'sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg='
 */
export function integrityOf(sha256: string): string {
  const bytes = Uint8Array.from(sha256.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}

/** Nothing in an address may end the directive or the header that it is put into. */
function addressOf(address: string): string {
  const { href, protocol, username, password } = new URL(address);
  if (!/^https?:$/.test(protocol) || username + password !== '' || /[\s;,"'*()]/.test(href))
    throw new TypeError(`${address} cannot be an address of a frame.`);
  return href;
}

function hostOf(host: string): string {
  if (/^[a-z0-9.-]+(:\d{1,5})?$/.test(host)) return host;
  throw new TypeError(`${host} is not a host.`);
}

/** Attributes without a value are left out. */
function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
