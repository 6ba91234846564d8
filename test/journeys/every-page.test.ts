// Every page, in both languages, on a phone and on a desk, in light and in dark: whole, quiet, and usable by everyone.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.ts';
import { DESK, openContext, PHONE, watch } from '../harness/watched-page.ts';
import { throughOutage, withoutNetwork } from './failures.ts';
import { checkAxe, checkFrame, checkSkipLink, checkWidth, settled } from './page-checks.ts';
import { type Language, PAGES, type PageCase } from './pages.ts';
import { makeWorld, type Viewer, type World } from './world.ts';

let world: World;
let browser: Browser;
const TALLEST = 3_000;
const contexts = new Map<string, Promise<BrowserContext>>();
/** `npm run screens` sets it: the pages are photographed while they are looked at. */
const screens = process.env['CHUNG_SCREENS'];

beforeAll(async () => {
  [world, browser] = await Promise.all([makeWorld(), launchBrowser()]);
  if (screens) await mkdir(screens, { recursive: true });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await world?.platform.close();
});

/** One browser for each viewer and language, so that scripts and styles are fetched once. Vietnamese is seen in light, English in dark. */
function contextOf(viewer: Viewer, language: Language): Promise<BrowserContext> {
  const key = `${viewer} ${language}`;
  const known = contexts.get(key);
  if (known) return known;
  const { baseUrl } = world.platform;
  const look = {
    locale: language === 'vi' ? 'vi-VN' : 'en-GB',
    colorScheme: language === 'vi' ? 'light' : 'dark',
    reducedMotion: 'reduce',
  } as const;
  const opened = openContext(browser, baseUrl, { ...DESK, ...look }).then(async (context) => {
    await context.addCookies([...world.cookiesOf(viewer), { name: 'chung_lang', value: language, url: baseUrl }]);
    return context;
  });
  contexts.set(key, opened);
  return opened;
}

async function lookAt(page: Page, { name, skips }: PageCase, language: Language): Promise<string[]> {
  const found: string[] = [];
  for (const [device, { viewport }] of [
    ['desk', DESK],
    ['phone', PHONE],
  ] as const) {
    await page.setViewportSize(viewport);
    await settled(page);
    const seen = [...(await checkWidth(page)), ...(await checkAxe(page))];
    found.push(...seen.map((what) => `${device}: ${what}`));
    if (screens) await photograph(page, path.join(screens, `${name}.${language}.${device}.png`), viewport);
  }
  found.push(...(await checkFrame(page, language)));
  if (skips === undefined && language === 'vi') found.push(...(await checkSkipLink(page)));
  return found;
}

/** The whole page in a window that is high enough, so that bars at the edges stand where they belong. */
async function photograph(page: Page, file: string, viewport: { width: number; height: number }): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: viewport.width, height: Math.min(Math.max(height, viewport.height), TALLEST) });
  await page.screenshot({ path: file });
}

async function visit(pageCase: PageCase, language: Language): Promise<string[]> {
  const { viewer, address, prepare, expected } = pageCase;
  const page = await (await contextOf(viewer, language)).newPage();
  page.setDefaultTimeout(30_000);
  const troubles = watch(page, { baseUrl: world.platform.baseUrl, ...(expected && { expected }) });
  try {
    await page.goto(await address(world));
    await settled(page);
    await prepare?.(page, language);
    await settled(page);
    return [...(await lookAt(page, pageCase, language)), ...troubles];
  } finally {
    await page.close();
  }
}

describe.each(['vi', 'en'] as const)('in %s', (language) => {
  test.concurrent.each(PAGES)('$name', async (pageCase) => {
    expect(await visit(pageCase, language)).toEqual([]);
  });
});

/** A browser of its own, whose network can be taken away from nobody else. */
async function alone(viewer: Viewer): Promise<Page> {
  const { baseUrl } = world.platform;
  const context = await openContext(browser, baseUrl, DESK);
  await context.addCookies(world.cookiesOf(viewer));
  return context.newPage();
}

describe('when it fails', () => {
  test.concurrent.each([
    ['member', 'an', '/'],
    ['partner', 'partner', '/partner/offers'],
    ['partner gate', 'partner', '/partner/'],
    ['admin', 'admin', '/admin/audit'],
  ] as const)('%s: an outage of the API is said, and trying again works', async (_, viewer, address) => {
    const page = await alone(viewer);
    expect(await throughOutage(page, address)).toEqual([]);
    await page.context().close();
  });

  test.concurrent('a member without network is told so, keeps the page, and goes on when it is back', async () => {
    const page = await alone('an');
    await page.goto('/');
    await page.getByRole('article').first().waitFor();
    // The other pages are fetched a moment after the first one stands.
    await page.waitForResponse((response) => response.url().includes('wallet-page'));
    expect(await withoutNetwork(page, 'Ví')).toMatchObject({ notice: expect.stringContaining('ngoại tuyến') });
    await page.getByRole('heading', { level: 1, name: 'Ví ưu đãi' }).waitFor();
    await page.context().close();
  });

  test.concurrent('a session that ended leads to the sign-in and back to the same page', async () => {
    const page = await alone('an');
    await page.goto('/redemptions');
    await page.getByRole('heading', { level: 1, name: 'Ví ưu đãi' }).waitFor();
    await page.context().clearCookies();
    await page.getByRole('navigation').getByRole('link', { name: 'Riêng tư' }).click();
    await page.getByRole('button', { name: 'Đăng nhập để xem trang này' }).click();
    const [an] = world.platform.demo.members;
    await page.getByLabel('Tên đăng nhập').fill(an?.username ?? '');
    await page.getByLabel('Mật khẩu').fill(an?.password ?? '');
    await page.getByRole('button', { name: 'Đăng nhập' }).click();
    await page.getByRole('heading', { level: 1, name: 'Quyền riêng tư' }).waitFor();
    await page.context().close();
  });
});
