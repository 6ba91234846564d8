// The frame in which members' apps run, in a real browser: what works there, and what must not.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../../../test/harness/browser.ts';
import { openedPage } from '../../testing/opened-page.ts';
import { type SampleApp, sampleApp } from '../../testing/sample-app.ts';
import { type Bundle, buildMiniApp, readMiniApp } from '../build/index.ts';
import { openStage, type Stage } from './stage.ts';

const SRC = path.resolve(import.meta.dirname, '..');

let browser: Browser;
let app: SampleApp;
let bundle: Bundle;
let work: string;
beforeAll(async () => {
  browser = await launchBrowser();
  work = await mkdtemp(path.join(tmpdir(), 'chung-stage-'));
  app = await sampleApp(SRC);
  bundle = await buildMiniApp({ root: app.folder, into: path.join(work, 'bundle') });
}, 60_000);
afterAll(async () => {
  await browser.close();
  await app.remove();
  await rm(work, { recursive: true, force: true });
});

const manifest = () => readMiniApp(app.folder).manifest;
async function withStage<Value>(use: (stage: Stage) => Promise<Value>, staged: Bundle = bundle, hosts: readonly string[] = []) {
  const allowed_hosts = hosts.map((host) => ({ host, reason: { vi: 'Vì', en: 'Because' } }));
  const stage = await openStage({ ...manifest(), allowed_hosts }, { kind: 'bundle', bundle: staged });
  try {
    return await use(stage);
  } finally {
    await stage.close();
  }
}

describe('a mini-app in its frame', { timeout: 60_000 }, () => {
  test('starts, speaks to its host and shows itself in the host’s language, and no policy is broken', async () => {
    await withStage(async (stage) => {
      for (const [language, words] of [
        ['vi', 'Quà của bạn'],
        ['en', 'Your gifts'],
      ] as const) {
        const { page, frame, told, complaints } = await openedPage(browser, stage.addressOf(language));
        expect(await told()).toEqual([{ kind: 'chung.frame.started', afterMs: expect.any(Number) }]);
        await frame().waitForSelector('h1');
        expect(await frame().evaluate(() => document.body.textContent)).toContain(words);
        expect(await frame().evaluate(() => [self.origin, document.documentElement.lang])).toEqual(['null', language]);
        await frame().click('button');
        expect(await frame().textContent('button')).toMatch(/ 1$/);
        expect(complaints).toEqual([]);
        await page.close();
      }
    });
  });

  test('loads React once, from the frame: hooks of the SDK and of the app work on the same one', async () => {
    await withStage(async (stage) => {
      const page = await browser.newPage();
      const withReact: string[] = [];
      page.on('response', async (response) => {
        if (/\.js$/.test(response.url()) && (await response.text()).includes('react.transitional.element'))
          withReact.push(new URL(response.url()).pathname);
      });
      await page.goto(stage.addressOf('en'));
      await page.frames()[1]?.waitForSelector('h1');
      expect(withReact).toEqual(['/runtime.js']);
      await page.close();
    });
  });

  test('fetches every file once: what is announced early is what is used', async () => {
    await withStage(async (stage) => {
      const page = await browser.newPage();
      const asked: string[] = [];
      page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
      await page.goto(stage.addressOf('en'));
      await page.frames()[1]?.waitForSelector('h1');
      const files = asked.filter((name) => name.startsWith('/bundle/')).map((name) => name.slice('/bundle/'.length));
      expect(files.toSorted()).toEqual([...bundle.firstLoad].toSorted());
      await page.close();
    });
  });
});

describe('what its frame keeps from it', { timeout: 60_000 }, () => {
  let elsewhere: Server;
  let host: string;
  const heard: string[] = [];
  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      heard.push(request.url ?? '');
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end('here');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => elsewhere.close(resolve)));

  test('hosts that the manifest does not name, by whatever way to them; WebRTC and storage are not there', async () => {
    heard.length = 0;
    const { tried, left } = await withStage(async (stage) => {
      const { page, frame } = await openedPage(browser, stage.addressOf('en'));
      const tried = await frame().evaluate(async (address) => {
        const name = (error: unknown) => (error instanceof Error ? error.name : String(error));
        const image = await new Promise((resolve) => {
          const element = new Image();
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('refused');
          element.src = `http://${address}/image.png`;
        });
        const script = await new Promise((resolve) => {
          const element = document.createElement('script');
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('refused');
          element.src = `http://${address}/script.js`;
          document.body.append(element);
        });
        return {
          image,
          script,
          fetched: await fetch(`http://${address}/fetch`).then(() => 'reached', name),
          beacon: navigator.sendBeacon(`http://${address}/beacon`),
          rtc: typeof RTCPeerConnection,
          // A fresh window has what was taken from this one; it has another origin, too.
          freshRtc: (() => {
            try {
              const blank = document.createElement('iframe');
              document.body.append(blank);
              return typeof Reflect.get(blank.contentWindow ?? {}, 'RTCPeerConnection');
            } catch (error) {
              return name(error);
            }
          })(),
          storage: (() => {
            try {
              return typeof localStorage;
            } catch (error) {
              return name(error);
            }
          })(),
          cookie: (() => {
            try {
              return document.cookie;
            } catch (error) {
              return name(error);
            }
          })(),
          above: (() => {
            try {
              return String(parent.document.title);
            } catch (error) {
              return name(error);
            }
          })(),
          evaluated: (() => {
            try {
              return Function('return 1')();
            } catch (error) {
              return name(error);
            }
          })(),
        };
      }, host);
      await frame()
        .evaluate((address) => {
          location.href = `http://${address}/navigated`;
        }, host)
        .catch(() => {});
      await page.waitForTimeout(500);
      const left = page.frames().map((one) => one.url());
      await page.close();
      return { tried, left };
    });
    expect(tried).toMatchObject({ image: 'refused', script: 'refused', fetched: 'TypeError', rtc: 'undefined' });
    expect([tried.storage, tried.cookie, tried.above, tried.freshRtc, tried.evaluated]).toEqual([
      ...['SecurityError', 'SecurityError', 'SecurityError', 'SecurityError', 'EvalError'],
    ]);
    expect(left.join()).not.toContain(host);
    expect(heard).toEqual([]);
  });

  test('the same where its address is opened directly, without a host around it', async () => {
    heard.length = 0;
    await withStage(async (stage) => {
      const { page: around, frame } = await openedPage(browser, stage.addressOf('en'));
      const address = frame().url();
      await around.close();
      const page = await browser.newPage();
      await page.goto(address);
      expect(await page.evaluate(() => self.origin)).toBe('null');
      await page.evaluate((to) => {
        location.href = `http://${to}/navigated`;
      }, host);
      await page.waitForTimeout(500);
      expect(page.url()).not.toContain(host);
      await page.close();
    });
    expect(heard).toEqual([]);
  });

  test('but not a host that the manifest names, over TLS alone', async () => {
    await withStage(
      async (stage) => {
        const { page, frame, complaints } = await openedPage(browser, stage.addressOf('en'));
        await frame().evaluate((address) => fetch(`https://${address}/x`).catch(() => {}), host);
        // No certificate here: it gets as far as the handshake, and no policy is in the way.
        expect(complaints.filter((one) => /policy|allowlist/i.test(one))).toEqual([]);
        await frame().evaluate((address) => fetch(`http://${address}/plain`).catch(() => {}), host);
        expect(complaints.filter((one) => /Content Security Policy/i.test(one)).length).toBeGreaterThan(0);
        await page.close();
      },
      bundle,
      [host],
    );
  });
});

test('not a byte of a bundle may differ: each file of it, altered, keeps the app from starting', { timeout: 120_000 }, async () => {
  expect(bundle.firstLoad.length).toBeGreaterThan(2);
  for (const altered of bundle.firstLoad) {
    const folder = path.join(work, `altered-${altered}`);
    await mkdir(folder);
    for (const file of bundle.files) await copyFile(path.join(bundle.folder, file.path), path.join(folder, file.path));
    const bytes = await readFile(path.join(folder, altered));
    // A space more at the end: the same program, other bytes.
    await writeFile(path.join(folder, altered), Buffer.concat([bytes, Buffer.from(' ')]));
    await withStage(
      async (stage) => {
        const { page, frame, told } = await openedPage(browser, stage.addressOf('vi'));
        expect(await told()).toEqual([{ kind: 'chung.frame.failed', message: expect.any(String) }]);
        expect(await frame().textContent('[role=alert]')).toBe('Không mở được ứng dụng này. Hãy thử lại sau.');
        expect(await frame().locator('h1').count()).toBe(0);
        await page.close();
      },
      { ...bundle, folder },
    );
  }
});

test('an app that throws at its start, or later, is told to the host', { timeout: 60_000 }, async () => {
  const broken = await sampleApp(SRC, { 'src/main.tsx': `throw new Error('nothing works');` });
  const late = await sampleApp(SRC, { 'src/main.tsx': `setTimeout(() => { throw new Error('too late'); }, 50);` });
  try {
    for (const [one, expected] of [
      [broken, { kind: 'chung.frame.failed', message: expect.stringContaining('nothing works') }],
      [late, { kind: 'chung.frame.error', message: expect.stringContaining('too late') }],
    ] as const) {
      const built = await buildMiniApp({ root: one.folder, into: path.join(work, path.basename(one.folder)) });
      await withStage(async (stage) => {
        const { page, told } = await openedPage(browser, stage.addressOf('en'));
        await expect.poll(async () => (await told()).at(-1)).toEqual(expected);
        await page.close();
      }, built);
    }
  } finally {
    await broken.remove();
    await late.remove();
  }
});
