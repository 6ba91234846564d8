// What must hold for any page; each check answers what it found, so that one run names everything that is wrong.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import type { Language } from './pages.ts';

/** Shapes that stand for what is still loading are gone, and the web fonts and texts are there. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-busy="true"], .mantine-Skeleton-root') === null);
  // A colour on its way to another one is neither.
  await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running'));
}

export async function checkFrame(page: Page, language: Language): Promise<string[]> {
  const found = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    mains: document.querySelectorAll('main').length,
  }));
  return [
    ...(found.lang === language ? [] : [`lang is "${found.lang}"`]),
    ...(found.title === '' ? ['no title'] : []),
    ...(found.headings === 1 ? [] : [`${found.headings} h1`]),
    ...(found.mains === 1 ? [] : [`${found.mains} main`]),
  ];
}

/** A page is read by scrolling down, never sideways; names what sticks out. */
export async function checkWidth(page: Page): Promise<string[]> {
  const wide = await page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return null;
    const sticksOut = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 0.5,
    );
    return {
      by: scrollWidth - clientWidth,
      who: sticksOut.slice(0, 3).map((element) => `<${element.tagName.toLowerCase()} class="${element.className}">`),
    };
  });
  return wide === null ? [] : [`${wide.by} px wider than the window: ${wide.who.join(' ')}`];
}

export async function checkAxe(page: Page): Promise<string[]> {
  // Legacy mode looks at frames from within; we have none, and it saves a tab for each page.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id} (${help}): ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
  );
}

/** Tab, Enter: past the navigation and into the content. */
export async function checkSkipLink(page: Page): Promise<string[]> {
  await page.keyboard.press('Tab');
  const href = await page.evaluate(() => document.activeElement?.getAttribute('href'));
  if (href !== '#main') return [`the first stop of Tab is ${href ?? 'no link'}`];
  if (!(await page.locator(':focus').isVisible())) return ['the skip link is not seen when it has the focus'];
  await page.keyboard.press('Enter');
  const isInMain = () => page.evaluate(() => document.activeElement?.closest('main') !== null);
  if (await isInMain()) return [];
  // A main that takes no focus itself is still where Tab goes on from.
  await page.keyboard.press('Tab');
  return (await isInMain()) ? [] : ['the skip link does not lead into the content'];
}
