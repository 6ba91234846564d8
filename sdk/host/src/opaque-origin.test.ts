// The bridge where it runs in earnest: a real browser, a frame without an origin, a content security policy that allows nothing.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../../test/harness/browser.ts';

const MINI_APP = `
import { createMiniApp } from '@chung/mini-app';
const tell = (told) => parent.postMessage({ told }, '*');
try {
  const app = await createMiniApp({ scopes: ['openid'], optional: ['redemptions:claim'] });
  const before = app.has('redemptions:claim');
  const said = await app.request('redemptions:claim');
  const claimed = await app.offers.claim({ offerId: '01936b5e-7c00-7000-8000-000000000001' });
  tell({ origin: self.origin, before, said, claimed, top: app.host.surroundings.safeArea.top });
} catch (error) {
  tell(String(error));
}`;

const HOST = `
import { handOver, serveBridge } from '@chung/host';
window.told = new Promise((resolve) => addEventListener('message', ({ data }) => data.told && resolve(data.told)));
const frame = document.createElement('iframe');
frame.sandbox = 'allow-scripts';
frame.src = '/mini-app';
document.body.append(frame);
const granted = new Set(['openid']);
const port = await handOver({ frame: frame.contentWindow, host: window, signal: AbortSignal.timeout(20000) });
serveBridge({
  port,
  hostVersion: 1,
  granted: () => granted,
  optional: ['redemptions:claim'],
  askScope: async (scope) => (granted.add(scope), 'granted'),
  invoke: async (id, { params, idempotencyKey }) => ({ id, params, key: typeof idempotencyKey }),
  surroundings: { language: 'vi', theme: 'dark', safeArea: { top: 44, right: 0, bottom: 0, left: 0 }, visible: true },
});`;

async function pageOf(code: string): Promise<string> {
  const entry = path.join(import.meta.dirname, 'entry.js');
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    root: import.meta.dirname,
    resolve: { conditions: ['chung-source', 'module', 'browser'] },
    plugins: [{ name: 'entry', resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? code : null) }],
    build: { write: false, lib: { entry, formats: ['es'], fileName: 'page' }, minify: true },
  });
  const [first] = [built].flat();
  const script = first && 'output' in first ? first.output.map((one) => ('code' in one ? one.code : '')).join('') : '';
  return `<!doctype html><body><script type="module">${script.replaceAll('</script', '<\\/script')}</script></body>`;
}

let server: Server;
beforeAll(async () => {
  const [host, miniApp] = [await pageOf(HOST), await pageOf(MINI_APP)];
  server = createServer((request, response) => {
    const isMiniApp = request.url === '/mini-app';
    const policy = isMiniApp ? { 'content-security-policy': `default-src 'none'; script-src 'unsafe-inline'` } : {};
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...policy }).end(isMiniApp ? miniApp : host);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('a mini-app without an origin reaches its host, asks for a scope and calls, and no policy is broken', {
  timeout: 60_000,
}, async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => void complaints.push(message.text()));
    page.on('pageerror', (error) => void complaints.push(error.message));
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    const told = await page.evaluate(() => Reflect.get(window, 'told'));
    expect(told).toEqual({
      origin: 'null',
      before: false,
      said: 'granted',
      claimed: { id: 'offers.claim', params: { offerId: '01936b5e-7c00-7000-8000-000000000001' }, key: 'string' },
      top: 44,
    });
    expect(complaints.filter((one) => !one.includes('favicon'))).toEqual([]);
  } finally {
    await browser.close();
  }
});
