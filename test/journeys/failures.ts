// What a person sees when the network or the platform fails them, and how they get out of it.
import type { Page } from 'playwright-core';

const PROBLEM = JSON.stringify({ title: 'Hệ thống đang bận.', status: 503, code: 'unavailable', type: 'about:blank', request_id: 'req-1' });
const api = (url: URL) => url.pathname.startsWith('/v1/');

/** The API is away when the page opens; it says so with a way to try again, and trying again works. */
export async function throughOutage(page: Page, address: string): Promise<string[]> {
  await page.route(api, (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: PROBLEM }));
  await page.goto(address);
  const alert = page.getByRole('alert').first();
  await alert.waitFor();
  const retry = page.getByRole('button', { name: 'Thử lại' }).first();
  await retry.waitFor();
  const headings = await page.locator('h1').count();
  await page.unroute(api);
  await retry.click();
  await alert.waitFor({ state: 'detached' });
  return headings === 1 ? [] : [`${headings} h1 beside the error`];
}

/** Loses the network on the first page and opens another one. Answers what was said. */
export async function withoutNetwork(page: Page, link: string): Promise<{ notice: string; error: string }> {
  await page.context().setOffline(true);
  const notice = page.getByRole('status').filter({ hasText: 'ngoại tuyến' }).first();
  await notice.waitFor();
  await page.getByRole('navigation').getByRole('link', { name: link }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'Không kết nối được' }).first();
  await alert.waitFor();
  const said = { notice: (await notice.textContent()) ?? '', error: (await alert.textContent()) ?? '' };
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Thử lại' }).first().click();
  await alert.waitFor({ state: 'detached' });
  await notice.waitFor({ state: 'detached' });
  return said;
}
