// A tab whose troubles are written down: what a developer would see red in the browser's tools.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors and warnings, thrown errors, and answers of the platform that failed; in order. */
  readonly troubles: string[];
  close(): Promise<void>;
}

interface Watch {
  readonly baseUrl: string;
  /** Statuses that are the point of the page, such as the 403 behind "not for you". */
  readonly expected?: readonly number[];
}

export const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 } as const;
export const DESK = { viewport: { width: 1440, height: 900 } } as const;

/** Writes down what goes wrong in a tab from now on. */
export function watch(page: Page, { baseUrl, expected = [] }: Watch): string[] {
  const troubles: string[] = [];
  page.on('console', (message) => {
    // A failed answer is noted once, below, with its address.
    if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource'))
      troubles.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`thrown: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // A page that is left, or a search that is typed on, ends its own requests.
    if (request.url().startsWith(baseUrl) && reason !== 'net::ERR_ABORTED') troubles.push(`failed: ${request.url()} ${reason}`);
  });
  page.on('response', (response) => {
    const status = response.status();
    if (response.url().startsWith(baseUrl) && status >= 400 && !expected.includes(status)) troubles.push(`${status}: ${response.url()}`);
  });
  return troubles;
}

export const openContext = (browser: Browser, baseUrl: string, options: BrowserContextOptions): Promise<BrowserContext> =>
  browser.newContext({ baseURL: baseUrl, locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh', ...options });

/** A tab in a browser of its own. */
export async function openWatched(
  browser: Browser,
  { baseUrl, expected = [], ...options }: Watch & BrowserContextOptions,
): Promise<WatchedPage> {
  const context = await openContext(browser, baseUrl, options);
  const page = await context.newPage();
  return { page, context, troubles: watch(page, { baseUrl, expected }), close: () => context.close() };
}
