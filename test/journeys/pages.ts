// Every page that a person can come to, and how to get there.
import type { Page } from 'playwright-core';
import type { Person } from './people.ts';
import { SUSPENDED, type Viewer, type World } from './world.ts';

export type Language = 'vi' | 'en';

export interface PageCase {
  /** Also the name of its screenshot. */
  readonly name: string;
  readonly viewer: Viewer;
  readonly address: (world: World) => string | Promise<string>;
  /** What to do or to wait for before it is looked at. */
  readonly prepare?: (page: Page, language: Language) => Promise<unknown>;
  /** Answers of the platform that are the point of the page. */
  readonly expected?: readonly number[];
  /** A page without navigation, or one that puts the focus into its only field, needs no way past it. */
  readonly skips?: false;
}

const UNKNOWN = '01920000-0000-7000-8000-000000000000';
const at = (address: string) => () => address;

const inPanel = (page: Page) => page.getByRole('complementary').getByRole('status').waitFor();

/** Once a world: who is in already, in the other language or at the other width, is shown where they stand. */
async function enterQueue(page: Page): Promise<void> {
  await inPanel(page);
  const buttons = page.getByRole('complementary').getByRole('button');
  const before = await page.getByRole('complementary').getByRole('status').textContent();
  const isIn = await buttons
    .first()
    .evaluate((button) => button.hasAttribute('data-variant') && button.getAttribute('data-variant') === 'subtle');
  if (isIn) return;
  await buttons.first().click();
  await page.waitForFunction(
    (text) => document.querySelector('[role="complementary"] [role="status"], aside [role="status"]')?.textContent !== text,
    before,
  );
}

const member: readonly PageCase[] = [
  { name: 'member-landing', viewer: 'nobody', address: at('/') },
  { name: 'member-offers', viewer: 'an', address: at('/'), prepare: (page) => page.getByRole('article').first().waitFor() },
  {
    name: 'member-search-empty',
    viewer: 'an',
    address: at('/?q=phi+thuyen+vu+tru'),
    prepare: (page) => page.getByRole('status').getByRole('button').waitFor(),
  },
  { name: 'member-offer', viewer: 'an', address: ({ offers }) => `/offers/${offers.forAn}` },
  {
    name: 'member-offer-claim',
    viewer: 'an',
    address: ({ offers }) => `/offers/${offers.forAn}`,
    skips: false,
    prepare: (page) => page.getByRole('complementary').getByRole('button').click(),
  },
  { name: 'member-offer-used', viewer: 'an', address: ({ offers }) => `/offers/${offers.withCodes}` },
  { name: 'member-offer-not-for-me', viewer: 'an', address: ({ offers }) => `/offers/${offers.notForAn}`, expected: [403] },
  { name: 'member-offer-unknown', viewer: 'an', address: at(`/offers/${UNKNOWN}`), expected: [404] },
  { name: 'member-offer-line', viewer: 'binh', address: ({ offers }) => `/offers/${offers.inLine}`, prepare: inPanel, expected: [404] },
  {
    name: 'member-offer-in-line',
    viewer: 'dung',
    address: ({ offers }) => `/offers/${offers.inLine}`,
    skips: false,
    // Who is not in is told so by the API before they enter.
    expected: [404],
    prepare: (page) => enterQueue(page),
  },
  { name: 'member-offer-draw', viewer: 'binh', address: ({ offers }) => `/offers/${offers.drawn}`, prepare: inPanel, expected: [404] },
  {
    name: 'member-offer-draw-entered',
    viewer: 'an',
    address: ({ offers }) => `/offers/${offers.drawn}`,
    skips: false,
    // Who is not in is told so by the API before they enter.
    expected: [404],
    prepare: (page) => enterQueue(page),
  },
  { name: 'member-wallet', viewer: 'an', address: at('/redemptions') },
  { name: 'member-wallet-empty', viewer: 'binh', address: at('/redemptions') },
  {
    name: 'member-redemption-held',
    viewer: 'an',
    address: ({ redemptions }) => `/redemptions/${redemptions.held}`,
    prepare: (page) => page.getByRole('img').first().waitFor(),
  },
  {
    name: 'member-redemption-code',
    viewer: 'an',
    address: ({ redemptions }) => `/redemptions/${redemptions.withCode}`,
    prepare: (page) => page.getByRole('img').first().waitFor(),
  },
  { name: 'member-redemption-confirmed', viewer: 'an', address: ({ redemptions }) => `/redemptions/${redemptions.confirmed}` },
  { name: 'member-privacy', viewer: 'an', address: at('/privacy'), prepare: (page) => page.getByRole('article').first().waitFor() },
  { name: 'member-privacy-empty', viewer: 'binh', address: at('/privacy') },
  { name: 'member-me', viewer: 'an', address: at('/me') },
  { name: 'member-me-not-verified', viewer: 'dung', address: at('/me') },
  { name: 'member-unknown', viewer: 'an', address: at('/nowhere') },
];

const partner: readonly PageCase[] = [
  { name: 'partner-landing', viewer: 'nobody', address: at('/partner/') },
  { name: 'partner-register', viewer: 'nobody', address: at('/partner/register') },
  {
    name: 'partner-register-wrong',
    viewer: 'nobody',
    address: at('/partner/register'),
    skips: false,
    prepare: (page) => page.locator('form button[type=submit]').click(),
  },
  { name: 'partner-overview', viewer: 'partner', address: at('/partner/') },
  { name: 'partner-offers', viewer: 'partner', address: at('/partner/offers') },
  { name: 'partner-offer-new', viewer: 'partner', address: at('/partner/offers/new') },
  { name: 'partner-offer-draft', viewer: 'partner', address: ({ offers }) => `/partner/offers/${offers.draft}` },
  {
    name: 'partner-offer-checks-failed',
    viewer: 'partner',
    address: ({ offers }) => `/partner/offers/${offers.draft}`,
    expected: [422],
    skips: false,
    prepare: submitDraft,
  },
  { name: 'partner-offer-waiting', viewer: 'partner', address: ({ offers }) => `/partner/offers/${offers.waiting}` },
  { name: 'partner-offer-refused', viewer: 'partner', address: ({ offers }) => `/partner/offers/${offers.refused}` },
  { name: 'partner-offer-published', viewer: 'partner', address: ({ offers }) => `/partner/offers/${offers.notForAn}` },
  { name: 'partner-counter', viewer: 'partner', address: at('/partner/counter'), skips: false },
  {
    name: 'partner-counter-refused',
    viewer: 'partner',
    address: at('/partner/counter'),
    expected: [404, 409, 422, 429],
    skips: false,
    prepare: lookUpNonsense,
  },
  { name: 'partner-redemptions', viewer: 'partner', address: at('/partner/redemptions') },
  { name: 'partner-balance', viewer: 'partner', address: at('/partner/balance') },
  { name: 'partner-events', viewer: 'partner', address: at('/partner/events') },
  { name: 'partner-apps', viewer: 'partner', address: at('/partner/apps') },
  { name: 'partner-unknown', viewer: 'partner', address: at('/partner/nowhere') },
  { name: 'partner-fresh-overview', viewer: 'fresh', address: at('/partner/') },
  { name: 'partner-fresh-offers', viewer: 'fresh', address: at('/partner/offers') },
  { name: 'partner-fresh-redemptions', viewer: 'fresh', address: at('/partner/redemptions') },
  { name: 'partner-fresh-balance', viewer: 'fresh', address: at('/partner/balance') },
  { name: 'partner-fresh-events', viewer: 'fresh', address: at('/partner/events') },
  { name: 'partner-fresh-apps', viewer: 'fresh', address: at('/partner/apps') },
  { name: 'partner-applied', viewer: 'applied', address: at('/partner/') },
  { name: 'partner-refused', viewer: 'refused', address: at('/partner/') },
];

const admin: readonly PageCase[] = [
  { name: 'admin-landing', viewer: 'nobody', address: at('/admin/'), skips: false },
  { name: 'admin-queue', viewer: 'admin', address: at('/admin/') },
  { name: 'admin-queue-refused', viewer: 'admin', address: at('/admin/?state=refused') },
  { name: 'admin-submission', viewer: 'admin', address: ({ submissions }) => `/admin/submissions/${submissions.waiting}` },
  {
    name: 'admin-submission-refusing',
    viewer: 'admin',
    address: ({ submissions }) => `/admin/submissions/${submissions.waiting}`,
    skips: false,
    prepare: openRefusal,
  },
  { name: 'admin-submission-refused', viewer: 'admin', address: ({ submissions }) => `/admin/submissions/${submissions.refused}` },
  { name: 'admin-submission-unknown', viewer: 'admin', address: at(`/admin/submissions/${UNKNOWN}`), expected: [404] },
  { name: 'admin-partners', viewer: 'admin', address: at('/admin/partners') },
  { name: 'admin-members', viewer: 'admin', address: at('/admin/members') },
  { name: 'admin-ledger', viewer: 'admin', address: at('/admin/ledger') },
  { name: 'admin-audit', viewer: 'admin', address: at('/admin/audit') },
  { name: 'admin-audit-empty', viewer: 'admin', address: at('/admin/audit?action=nothing.like.it') },
  { name: 'admin-unknown', viewer: 'admin', address: at('/admin/nowhere') },
];

const platform: readonly PageCase[] = [
  { name: 'sign-in', viewer: 'nobody', address: at('/session/member/login'), skips: false },
  {
    name: 'sign-in-wrong',
    viewer: 'nobody',
    address: at('/session/partner/login'),
    expected: [401, 403],
    skips: false,
    prepare: (page) => signInWith(page, { username: 'an.hanoi', password: 'không phải mật khẩu này' }),
  },
  {
    name: 'sign-in-suspended',
    viewer: 'nobody',
    address: at('/session/partner/login'),
    expected: [401, 403],
    skips: false,
    prepare: (page) => signInWith(page, SUSPENDED),
  },
  { name: 'consent', viewer: 'an', address: ({ consentAddress }) => consentAddress() },
  { name: 'oauth-error', viewer: 'nobody', address: at('/oauth/authorize?client_id=nobody'), expected: [400] },
  { name: 'sign-in-expired', viewer: 'nobody', address: at('/session/member/callback?state=old'), expected: [400] },
  { name: 'docs-api', viewer: 'nobody', address: at('/docs/api') },
  { name: 'docs-errors', viewer: 'nobody', address: at('/docs/errors') },
  { name: 'docs-error', viewer: 'nobody', address: at('/docs/errors/not_eligible') },
];

export const PAGES: readonly PageCase[] = [...member, ...partner, ...admin, ...platform];

async function submitDraft(page: Page): Promise<void> {
  await page.locator('form button[type=button]').last().click();
  await page.getByRole('alert').first().waitFor();
}

async function lookUpNonsense(page: Page): Promise<void> {
  await page.locator('main input').fill('KHONG-CO-MA-NAY');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').first().waitFor();
}

async function openRefusal(page: Page): Promise<void> {
  await page.keyboard.press('r');
  await page.getByRole('dialog').getByRole('checkbox').nth(1).check();
}

async function signInWith(page: Page, { username, password }: Person): Promise<void> {
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(password);
  await page.locator('form button[type=submit]').first().click();
  await page.getByRole('alert').waitFor();
}
