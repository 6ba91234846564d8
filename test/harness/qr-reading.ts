// Reads a QR code as a scanner does: from the pixels on the screen, not from the markup behind them.
import type { Locator } from 'playwright-core';
import { decodeQR } from 'qr/decode.js';

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly base64: string;
}

/** Runs in the browser, which has what decodes a PNG. */
async function pixelsOf(png: string): Promise<Pixels> {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  let bytes = '';
  for (let at = 0; at < data.length; at += 8192) bytes += String.fromCharCode(...data.subarray(at, at + 8192));
  return { width: bitmap.width, height: bitmap.height, base64: btoa(bytes) };
}

/** What the code that is shown says. */
export async function readQr(code: Locator): Promise<string> {
  const png = await code.screenshot();
  // A page of our own: the app's content policy lets no script fetch a data address.
  const table = await code.page().context().newPage();
  try {
    const { width, height, base64 } = await table.evaluate(pixelsOf, png.toString('base64'));
    return decodeQR({ width, height, data: new Uint8Array(Buffer.from(base64, 'base64')) }, { effort: 4, timeLimit: 5_000 });
  } finally {
    await table.close();
  }
}
