// How a page is looked at: when it has come to rest, as it is shown, and never for longer than is bearable.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../../../test/harness/browser.ts';
import { lookAt, NOTHING_SHOWN } from './look.ts';

interface Shown {
  /** The document in the frame. */
  readonly html: string;
  /** What the frame has told the host. */
  readonly told?: readonly object[];
}

const STARTED = { kind: 'chung.frame.started', afterMs: 1 };

let browser: Browser;
let server: Server;
let shown: Shown;
let asked: string[];
beforeAll(async () => {
  browser = await launchBrowser();
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers['accept-language']}`);
    const { html, told = [STARTED] } = shown;
    const script = `globalThis.chungTold = ${JSON.stringify(told)};`;
    const body =
      request.url === '/frame'
        ? html
        : `<!doctype html><title>Host</title><script>${script}</script><iframe src="/frame" style="border:0;width:100%;height:700px"></iframe>`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
});

const page = (body: string) =>
  `<!doctype html><html lang="vi"><meta name="viewport" content="width=device-width"><title>Quà</title><style>body { margin: 0 }</style><body>${body}</body></html>`;
async function look(next: Shown, language: 'vi' | 'en' = 'vi') {
  [shown, asked] = [next, []];
  const { port } = server.address() as AddressInfo;
  return lookAt(browser, { addressOf: (one) => `http://127.0.0.1:${port}/${one}`, close: async () => {} }, language);
}
const ids = (seen: Awaited<ReturnType<typeof look>>) => seen.violations.map(({ id }) => id);

test('a page that is right is seen as right, by a browser that speaks the language', { timeout: 60_000 }, async () => {
  const seen = await look({ html: page('<main><h1>Quà</h1></main>') }, 'en');
  expect(seen).toEqual({ broke: null, violations: [], tooWide: 0 });
  expect(asked[0]).toMatch(/^\/en en-GB/);
});

test('what comes a little later is waited for', { timeout: 60_000 }, async () => {
  const later = page(
    `<main><h1>Quà</h1></main><script>let left = 4; const step = () => { if (--left > 0) { document.querySelector('h1').textContent += '.'; setTimeout(step, 200); } else document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="x.png">'); }; setTimeout(step, 200);</script>`,
  );
  expect(ids(await look({ html: later }))).toEqual(['image-alt']);
});

test('a page that never rests is looked at all the same, in bearable time', { timeout: 60_000 }, async () => {
  const restless = page(
    `<main><h1>Quà</h1><button></button></main><script>setInterval(() => { document.querySelector('h1').textContent = String(Math.random()); }, 50);</script>`,
  );
  const startedAt = performance.now();
  expect(ids(await look({ html: restless }))).toEqual(['button-name']);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test.each([
  ['nothing at all', ''],
  ['what is hidden', '<p style="display:none">Quà</p><p hidden>Quà</p>'],
  ['what is no content', '<div><span> </span></div><script>1</script>'],
])('%s is nothing shown', { timeout: 60_000 }, async (_what, body) => {
  expect(await look({ html: page(body) })).toMatchObject({ broke: NOTHING_SHOWN });
});

test.each(['<input aria-label="Tìm">', '<svg role="img" aria-label="Quà" width="9" height="9"></svg>', '<p>Quà</p>'])(
  '%s is something',
  { timeout: 60_000 },
  async (body) => {
    expect((await look({ html: page(`<main>${body}</main>`) })).broke).toBeNull();
  },
);

test('an error that the frame has told is what broke, before anything else is said', { timeout: 60_000 }, async () => {
  const html = page('<img src="x.png">');
  expect(await look({ html, told: [STARTED, { kind: 'chung.frame.error', message: 'x is not a function' }] })).toMatchObject({
    broke: 'x is not a function',
  });
  expect(await look({ html, told: [{ kind: 'chung.frame.failed', message: 'no entry' }] })).toEqual({
    broke: 'no entry',
    violations: [],
    tooWide: 0,
  });
});

test('the phone is 360 pixels wide: what fits is fine, and how much does not is told', { timeout: 60_000 }, async () => {
  const wide = (pixels: number) => page(`<main><p style="width:${pixels}px;margin:0">Quà</p></main>`);
  // The page around has its usual margins of eight pixels.
  expect((await look({ html: wide(344) })).tooWide).toBe(0);
  expect((await look({ html: wide(394) })).tooWide).toBe(50);
});

test('only what WCAG asks for counts, not what is good practice', { timeout: 60_000 }, async () => {
  const practice = page('<h3>Quà</h3><p>Ngoài mọi vùng</p>');
  expect(ids(await look({ html: practice }))).toEqual([]);
  expect(ids(await look({ html: practice.replace(' lang="vi"', '') }))).toEqual(['html-has-lang']);
});
