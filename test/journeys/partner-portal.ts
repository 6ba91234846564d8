// What a partner's manager does in the portal, by the labels that they read.
import type { Page } from 'playwright-core';

export interface OfferWords {
  readonly title: string;
  readonly summary: string;
  readonly discount: string;
  readonly province: { readonly typed: string; readonly name: RegExp };
}

const marketToday = () => new Date(Date.now() + 7 * 3600 * 1000).toISOString().slice(0, 10);

const nav = (page: Page, name: string) => page.getByRole('navigation', { name: 'Trình đơn' }).getByRole('link', { name }).click();

/** Opens a page by the navigation at the side. */
export async function goTo(page: Page, name: string): Promise<void> {
  await nav(page, name);
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

/** Writes an offer that the counter confirms, and saves it as a draft. Answers its id, from the address. */
export async function writeOffer(page: Page, offer: OfferWords): Promise<string> {
  await goTo(page, 'Ưu đãi');
  await page.getByRole('link', { name: 'Soạn ưu đãi' }).first().click();
  await page.getByLabel('Tên ưu đãi Tiếng Việt').fill(offer.title);
  await page.getByLabel('Tên ưu đãi Tiếng Anh').fill('40,000 đ off a line repair');
  await page.getByLabel('Tóm tắt Tiếng Việt').fill(offer.summary);
  await page.getByLabel('Tóm tắt Tiếng Anh').fill('Our people come to your home and repair the line.');
  await page
    .getByLabel('Điều khoản Tiếng Việt')
    .fill('Dành cho đoàn viên tại Hà Nội. Xuất trình mã QR tại điểm giao dịch; mỗi người một lần.');
  await page.getByLabel('Điều khoản Tiếng Anh').fill('For members in Hà Nội. Show your QR at a shop; once each.');
  await page.getByLabel('Nhóm').selectOption({ label: 'Gia đình' });
  await page.getByRole('radio', { name: 'Giảm số tiền cố định' }).check();
  await page.getByLabel('Số tiền giảm').fill(offer.discount);
  await page.getByLabel('Giá ngay trước khuyến mại').fill('100000');
  await page.getByLabel('Bắt đầu').fill(`${marketToday()}T00:00`);
  await page.getByRole('radio', { name: 'Xác nhận tại quầy' }).check();
  await page.getByRole('combobox', { name: 'Tỉnh, thành phố' }).fill(offer.province.typed);
  await page.getByRole('option', { name: offer.province.name }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Lưu bản nháp' }).click();
  await page.waitForURL(/\/partner\/offers\/[\da-f-]{36}$/);
  await page.getByRole('heading', { level: 1, name: offer.title }).waitFor();
  return page.url().slice(-36);
}

export async function submitOffer(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Gửi duyệt' }).click();
  await page.getByText('Đã gửi duyệt', { exact: true }).waitFor();
}

/** A scanner at the counter types what it read and ends with Enter. */
export async function scan(page: Page, content: string): Promise<void> {
  await page.getByLabel('Mã được xuất trình').fill(content);
  await page.keyboard.press('Enter');
}
