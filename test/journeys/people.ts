// The people of the journeys, each in a browser of their own, signed in through the pages.
import type { Browser } from 'playwright-core';
import { DESK, openWatched, PHONE, type WatchedPage } from '../harness/watched-page.ts';

export interface Person {
  readonly username: string;
  readonly password: string;
}

const DOORS = {
  member: { home: '/', button: 'Đăng nhập để xem ưu đãi', arrived: 'Ưu đãi dành cho bạn', device: PHONE },
  partner: { home: '/partner/', button: 'Đăng nhập', arrived: /^Xin chào/, device: DESK },
  admin: { home: '/admin/', button: 'Đăng nhập', arrived: 'Hàng chờ duyệt', device: DESK },
} as const;

export interface Arrival {
  readonly browser: Browser;
  readonly baseUrl: string;
  readonly person: Person;
  readonly expected?: readonly number[];
}

/** Opens an app, presses its sign-in button, fills in the platform's form, and waits for the first page. */
export async function arrive(app: keyof typeof DOORS, { browser, baseUrl, person, expected = [] }: Arrival): Promise<WatchedPage> {
  const { home, button, arrived, device } = DOORS[app];
  const watched = await openWatched(browser, { baseUrl, expected, ...device });
  const { page } = watched;
  page.setDefaultTimeout(30_000);
  await page.goto(home);
  await page.getByRole('button', { name: button }).click();
  await page.getByLabel('Tên đăng nhập').fill(person.username);
  await page.getByLabel('Mật khẩu').fill(person.password);
  await page.getByRole('button', { name: 'Đăng nhập' }).click();
  await page.getByRole('heading', { level: 1, name: arrived }).waitFor();
  return watched;
}
