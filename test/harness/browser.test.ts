import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';

const page = `<!doctype html><html lang="vi"><meta charset="utf-8"><title>Chung</title>
  <button onclick="document.title = 'Đã nhận ưu đãi'">Nhận</button>`;
const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

// Unpacking the packaged browser on the first run takes some seconds.
test('a browser starts on this machine and runs a page with Vietnamese text', { timeout: 120_000 }, async () => {
  const browser = await launchBrowser();
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.getByRole('button', { name: 'Nhận' }).click();
    expect(await tab.title()).toBe('Đã nhận ưu đãi');
    expect((await tab.screenshot()).length).toBeGreaterThan(1000);
  } finally {
    await browser.close();
  }
});
