// A page of a real browser with a mini-app in it, as tests look at it.
import type { Browser, Frame, Page } from 'playwright-core';

export interface OpenedPage {
  readonly page: Page;
  /** Of the mini-app, as it is now: it is another one after the frame was loaded anew. */
  readonly frame: () => Frame;
  /** What the console said and what nobody caught. */
  readonly complaints: readonly string[];
  /** What the frame has told the page around it. */
  told(): Promise<readonly { readonly kind: string; readonly message?: string }[]>;
}

/** Opens the page of a stage and waits until the frame has told how the start went. */
export async function openedPage(browser: Browser, address: string): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
  const complaints: string[] = [];
  page.on('console', (message) => void complaints.push(message.text()));
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.goto(address);
  const told = () => page.evaluate(() => Reflect.get(globalThis, 'chungTold'));
  await page.waitForFunction(() => Reflect.get(globalThis, 'chungTold').length > 0, undefined, { timeout: 20_000 });
  const frame = () => {
    const [, inner] = page.frames();
    if (!inner) throw new Error('There is no frame.');
    return inner;
  };
  return { page, frame, complaints, told };
}
