// The frame's script in a real browser, with containers written by hand: what it gives a mini-app, and what it tells of one that fails.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../../../test/harness/browser.ts';
import { FRAME_REACT_VERSION, FRAME_SHARES, frameDocument, frameRuntime } from './index.ts';

const APP = 'vn.example.by-hand';
/** A container as the federation runtime knows it: `init` takes the shared packages, `get` gives the module that is exposed. */
const container = (main: string, exposes = './main') => `var vn$example$by_hand = {
  init(scope) { window.shared = Array.isArray(scope) ? scope[0] : scope; },
  get(name) { if (name !== '${exposes}') throw new Error('There is no ' + name); return Promise.resolve(() => { ${main}; return {}; }); },
};`;

let browser: Awaited<ReturnType<typeof launchBrowser>>;
let server: Server;
let origin: string;
let entry: string | null;
let language: 'vi' | 'en';
beforeAll(async () => {
  browser = await launchBrowser();
  const runtime = await frameRuntime('production');
  server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    if (request.url === '/runtime.js') return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(runtime.source);
    if (request.url === '/app/remoteEntry.js')
      return void (entry === null
        ? response.writeHead(404).end()
        : response.writeHead(200, { 'content-type': 'text/javascript' }).end(entry));
    if (request.url === '/frame') {
      const [entryUrl, runtimeUrl] = [`${origin}/app/remoteEntry.js`, `${origin}/runtime.js`];
      const { html, headers } = frameDocument({ appId: APP, entryUrl, runtimeUrl, allowedHosts: [], language, title: 'By hand' });
      return void response.writeHead(200, { ...headers }).end(html);
    }
    const page = `<!doctype html><link rel="icon" href="data:,"><script>window.told = []; addEventListener('message', ({ data }) => told.push(data));</script>
      <iframe sandbox="allow-scripts" src="/frame"></iframe>`;
    response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 60_000);
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});

interface Told {
  readonly kind: string;
  readonly message?: string;
}

/** Opens the frame with a container in it, and waits until so much was told. */
async function opened(code: string | null, { words = 1, speaks = 'vi' }: { words?: number; speaks?: 'vi' | 'en' } = {}) {
  [entry, language] = [code, speaks];
  const page = await browser.newPage();
  await page.goto(origin);
  await page.waitForFunction((count) => Reflect.get(window, 'told').length >= count, words, { timeout: 20_000 });
  const told: readonly Told[] = await page.evaluate(() => Reflect.get(window, 'told'));
  const frame = page.frames()[1];
  if (!frame) throw new Error('There is no frame.');
  return { told, frame };
}

describe('what the frame gives', { timeout: 60_000 }, () => {
  test('one React under every name that it shares, in the version that it says', async () => {
    const { told, frame } = await opened(container('document.getElementById("root").textContent = "runs"'));
    expect(told).toEqual([{ kind: 'chung.frame.started', afterMs: expect.any(Number) }]);
    expect(await frame.textContent('#root')).toBe('runs');
    const shared = await frame.evaluate(async () => {
      const scope: Record<string, Record<string, { get: () => Promise<() => Record<string, unknown>> }>> = Reflect.get(window, 'shared');
      return Promise.all(
        Object.entries(scope).map(async ([name, versions]) => {
          const [version = '', one] = Object.entries(versions)[0] ?? [];
          return [name, version, Object.keys((await one?.get())?.() ?? {}).length] as const;
        }),
      );
    });
    expect(shared.map(([name]) => name).toSorted()).toEqual([...FRAME_SHARES].toSorted());
    for (const [, version, exported] of shared) expect([version, exported > 0]).toEqual([FRAME_REACT_VERSION, true]);
  });

  test('the federation runtime, so that a container need not carry one', async () => {
    const { frame } = await opened(container(''));
    const names = await frame.evaluate(() => Object.keys(Reflect.get(globalThis, '_FEDERATION_RUNTIME_CORE')));
    expect(names).toEqual(expect.arrayContaining(['ModuleFederation', 'Module', 'getRemoteEntry']));
  });

  test('no WebRTC, from before the app’s first word', async () => {
    const { frame } = await opened(
      container('window.seen = [typeof RTCPeerConnection, typeof webkitRTCPeerConnection, typeof RTCDataChannel]'),
    );
    expect(await frame.evaluate(() => Reflect.get(window, 'seen'))).toEqual(['undefined', 'undefined', 'undefined']);
  });
});

describe('what it tells of an app that fails', { timeout: 60_000 }, () => {
  test.each([
    ['whose entry is not there', null, /./],
    ['whose entry is no program', 'this is no program', /./],
    ['whose entry is of another app', 'var other = {};', /./],
    ['that exposes something else', container('', './other'), /\.\/main/],
    ['that throws', container('throw new Error("no luck")'), /no luck/],
  ])('one %s: failed, and words for whoever looks', async (_what, code, words) => {
    const { told, frame } = await opened(code);
    expect(told.at(-1)).toEqual({ kind: 'chung.frame.failed', message: expect.stringMatching(words) });
    expect(told.filter(({ kind }) => kind === 'chung.frame.started')).toEqual([]);
    expect(await frame.textContent('[role=alert]')).toBe('Không mở được ứng dụng này. Hãy thử lại sau.');
  });

  test('the words are those of the member’s language', async () => {
    const { frame } = await opened(container('throw new Error("no")'), { speaks: 'en' });
    expect(await frame.textContent('[role=alert]')).toBe('This app could not be opened. Please try again later.');
  });

  test('what nobody caught, thrown or promised, is told once each, and not at any length', async () => {
    const later = `setTimeout(() => { throw new Error('thrown late'); }, 20); setTimeout(() => Promise.reject(new Error('x'.repeat(9000))), 60)`;
    const { told } = await opened(container(later), { words: 3 });
    expect(told.map(({ kind }) => kind)).toEqual(['chung.frame.started', 'chung.frame.error', 'chung.frame.error']);
    expect(told[1]?.message).toContain('thrown late');
    expect(told[2]?.message).toBe('x'.repeat(2_000));
  });
});
