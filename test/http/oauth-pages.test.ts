// The sign-in and consent pages in a real browser: accessible, usable by keyboard, no wider than a small phone, in both schemes.
import { AxeBuilder } from '@axe-core/playwright';
import * as client from 'openid-client';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.ts';
import { flowOf } from './oauth-flows.ts';
import { type OauthPlatform, PASSWORD, startOauthPlatform, type TestApp } from './oauth-platform.ts';

const SCOPE = 'openid member.profile:read member.membership:read redemptions:read';

let platform: OauthPlatform;
let browser: Browser;
let app: TestApp;
let username: string;
beforeAll(async () => {
  platform = await startOauthPlatform();
  browser = await launchBrowser();
  const scopes = ['member.profile:read', 'member.membership:read', 'redemptions:read'] as const;
  app = await platform.addApp({
    scopes: [...scopes],
    optionalScopes: ['member.membership:read', 'redemptions:read'],
    redirectUri: `${platform.baseUrl}/v1/probe`,
  });
  username = (await platform.addMember()).username;
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await platform?.close();
});

const SCREENS = [
  { name: 'phone', width: 360, height: 740, scheme: 'light' },
  { name: 'phone-dark', width: 360, height: 740, scheme: 'dark' },
  { name: 'desktop', width: 1280, height: 800, scheme: 'light' },
] as const;

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function look(page: Page, name: string): Promise<void> {
  const folder = process.env['TEST_SCREENSHOTS'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  expect(await overflow(page)).toBe(0);
  expect(await violations(page)).toEqual([]);
}

async function openConsent(context: BrowserContext): Promise<Page> {
  const flow = await flowOf(platform, app, { scope: SCOPE, prompt: 'consent' });
  const page = await context.newPage();
  await page.goto((await client.buildAuthorizationUrlWithPAR(flow.backend, flow.parameters)).href);
  return page;
}

describe.each(SCREENS)('on $name', ({ name, width, height, scheme }) => {
  test('a person signs in and answers by keyboard alone', { timeout: 60_000 }, async () => {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: 'vi-VN' });
    const blocked: string[] = [];
    try {
      const page = await openConsent(context);
      page.on(
        'console',
        (message) => void (message.type() === 'error' && !message.text().includes('favicon') && blocked.push(message.text())),
      );
      await look(page, `${name}-sign-in`);
      await page.keyboard.type(username);
      await page.keyboard.press('Tab');
      await page.keyboard.type('sai mật khẩu');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      await look(page, `${name}-wrong-password`);
      await page.keyboard.type(PASSWORD);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'xin phép' }).waitFor();
      await look(page, `${name}-consent`);
      expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(0);
      await page.getByRole('link', { name: 'English' }).click();
      await page.getByRole('heading', { name: 'asks for permission' }).waitFor();
      await page.getByRole('checkbox').first().focus();
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Allow', exact: true }).press('Enter');
      await page.waitForURL(/\/v1\/probe\?code=/);
      // The wrong password's 401 and the API's are the only errors: nothing was stopped by our own policy.
      expect(blocked.filter((text) => !text.includes('401'))).toEqual([]);
    } finally {
      await context.close();
    }
  });
});

test('an error page is as good as the others', { timeout: 60_000 }, async () => {
  const context = await browser.newContext({ viewport: { width: 360, height: 640 } });
  const page = await context.newPage();
  await page.goto(`${platform.baseUrl}/oauth/authorize?client_id=nobody`);
  await look(page, 'error');
  await page.goto(`${platform.baseUrl}/oauth/interaction/gone`);
  await look(page, 'expired');
  await context.close();
});
