// The docs in a browser, as a partner reads them: on a phone and on a desk, in light and in dark, by keyboard, without a script of their own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSite } from '../../docs/site/src/site.ts';
import { type BareApp, startBareApp } from '../harness/bare-app.ts';
import { launchBrowser } from '../harness/browser.ts';
import { DESK, openContext, PHONE, watch } from '../harness/watched-page.ts';
import { checkAxe, checkFrame, checkSkipLink, checkWidth } from './page-checks.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');

let folder: string;
let app: BareApp;
let browser: Browser;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chung-docs-'));
  await buildSite({ root: REPOSITORY, into: folder });
  [app, browser] = await Promise.all([startBareApp({ docsDirectory: folder }), launchBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

async function withPage(look: object, use: (page: Page) => Promise<void>): Promise<void> {
  const context = await openContext(browser, app.baseUrl, { ...DESK, reducedMotion: 'reduce', ...look });
  const page = await context.newPage();
  const troubles = watch(page, { baseUrl: app.baseUrl });
  await use(page);
  expect(troubles).toEqual([]);
  await context.close();
}

const LOOKS = [
  { device: 'desk', viewport: DESK.viewport, colorScheme: 'light' },
  { device: 'desk', viewport: DESK.viewport, colorScheme: 'dark' },
  { device: 'phone', viewport: PHONE.viewport, colorScheme: 'dark' },
] as const;

test.each(['', 'getting-started', 'manifest', 'scopes', 'api/', 'api/partner-offers'])(
  '/docs/%s is whole and usable by everyone, on a phone and on a desk, in light and in dark',
  async (address) => {
    await withPage({}, async (page) => {
      await page.goto(`${app.baseUrl}/docs/${address}`);
      const found: string[] = await checkFrame(page, 'en');
      for (const { device, viewport, colorScheme } of LOOKS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(viewport);
        found.push(...[...(await checkWidth(page)), ...(await checkAxe(page))].map((what) => `${device}, ${colorScheme}: ${what}`));
      }
      expect([...found, ...(await checkSkipLink(page))]).toEqual([]);
    });
  },
);

test('what is looked for is found by keyboard alone, also without accents', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${app.baseUrl}/docs/`);
    await page.keyboard.press('/');
    await page.keyboard.type('bien nhan');
    await page.getByRole('status').getByText(/found/).waitFor();
    expect(await checkAxe(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL((address) => address.pathname !== '/docs/');
    expect(await page.locator('main').textContent()).toMatch(/biên nhận/i);
  });
});

test('what is not there is said, and Escape closes the list', async () => {
  await withPage({}, async (page) => {
    await page.goto(`${app.baseUrl}/docs/`);
    const field = page.getByRole('searchbox');
    await field.fill('zzzz qqqq');
    await page.getByText('Nothing found for “zzzz qqqq”.').waitFor();
    await field.press('Escape');
    expect(await page.locator('#found').isVisible()).toBe(false);
  });
});

test('without a script every page can be reached and read', async () => {
  const context = await openContext(browser, app.baseUrl, { ...PHONE, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${app.baseUrl}/docs/`);
  expect(await page.getByRole('searchbox').count()).toBe(0);
  await page.getByText('All pages').click();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Webhooks', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Webhooks' }).waitFor();
  await context.close();
});
