// `chung login` as a partner's developer meets it: the command, a real browser, their own account, and back to the terminal.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { openWatched, PHONE } from '../harness/watched-page.ts';
import { type Machine, openMachine, startLogin } from '../http/cli-login.ts';

let platform: TestPlatform;
let browser: Browser;
let machine: Machine;
beforeAll(async () => {
  [platform, browser] = await Promise.all([startTestPlatform(), launchBrowser()]);
  machine = await openMachine(platform.demo.issuer);
}, 120_000);
afterAll(async () => {
  await machine?.close();
  await browser?.close();
  await platform?.close();
});

test('a partner’s developer signs in from the terminal through the browser', async () => {
  const [owner] = platform.demo.partners;
  if (!owner) throw new Error('the demo has partners');
  // A program that stands for the browser, so that the address is the one of this machine.
  const { address, ended } = await startLogin(machine, [], { env: { ...machine.env, BROWSER: 'true' }, language: 'vi' });
  const watched = await openWatched(browser, { baseUrl: platform.baseUrl, ...PHONE });
  const { page } = watched;
  await page.goto(address);
  await page.getByLabel('Tên đăng nhập').fill(owner.username);
  await page.getByLabel('Mật khẩu').fill(owner.password);
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
  await page.getByText('Đọc sự kiện').waitFor();
  await page.getByRole('button', { name: 'Cho phép', exact: true }).click();
  await page.getByRole('heading', { name: 'Đã đăng nhập cho VNPT Money.' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/done');
  const { code, out } = await ended;
  expect([code, out]).toEqual([0, expect.stringContaining('cho VNPT Money')]);
  expect(watched.troubles).toEqual([]);
  await watched.close();
});
