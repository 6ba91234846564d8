import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Frame, Page } from 'playwright-core';
import { z } from 'zod';
import type { Stage } from './stage.ts';

/** A phone that many members have; narrower ones are rare. */
const PHONE = { width: 360, height: 740 } as const;
const STARTS_WITHIN_MS = 20_000;
const QUIET_MS = 500;
const SETTLES_WITHIN_MS = 5_000;

/** What axe found on a page, as far as it is told on. */
const Violations = z.array(
  z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ target: z.array(z.unknown()), html: z.string() })) }),
);
export type Violation = z.infer<typeof Violations>[number];

const Told = z.array(z.object({ kind: z.string(), message: z.string().optional() }));

export interface Look {
  /** What kept the app from starting, or broke while it was looked at; null where all went well. */
  readonly broke: string | null;
  readonly violations: readonly Violation[];
  /** By how many CSS pixels the page is wider than the phone. */
  readonly tooWide: number;
}

/** Opens the first page of an app on a phone's screen and looks at it when it has come to rest. */
export async function lookAt(browser: Browser, stage: Stage, language: 'vi' | 'en'): Promise<Look> {
  const page = await browser.newPage({ viewport: PHONE, locale: language === 'vi' ? 'vi-VN' : 'en-GB' });
  try {
    await page.goto(stage.addressOf(language));
    await page.waitForFunction(() => globalThis.chungTold.length > 0, undefined, { timeout: STARTS_WITHIN_MS }).catch(() => {});
    const frame = page.frames().at(1);
    const broke = await whatBroke(page);
    if (broke !== null || !frame) return { broke: broke ?? 'no frame', violations: [], tooWide: 0 };
    await comeToRest(frame);
    if (await isEmpty(frame)) return { broke: (await whatBroke(page)) ?? NOTHING_SHOWN, violations: [], tooWide: 0 };
    const tooWide = await frame.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
    return { broke: await whatBroke(page), violations: await violationsIn(frame), tooWide };
  } finally {
    await page.close();
  }
}

/** Said of a page that is there and shows nothing. */
export const NOTHING_SHOWN = 'nothing is shown';

async function whatBroke(page: Page): Promise<string | null> {
  const told = Told.parse(await page.evaluate(() => globalThis.chungTold));
  if (told.length === 0) return `not started after ${STARTS_WITHIN_MS / 1000} seconds`;
  return told.find(({ message }) => message !== undefined)?.message ?? null;
}

/** Until nothing has changed for a while, or for as long as it never rests. */
async function comeToRest(frame: Frame): Promise<void> {
  await frame.evaluate(
    ([quietMs, withinMs]) =>
      new Promise<void>((resolve) => {
        const done = () => {
          observer.disconnect();
          resolve();
        };
        let quiet = setTimeout(done, quietMs);
        const observer = new MutationObserver(() => {
          clearTimeout(quiet);
          quiet = setTimeout(done, quietMs);
        });
        observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        setTimeout(done, withinMs);
      }),
    [QUIET_MS, SETTLES_WITHIN_MS] as const,
  );
}

const isEmpty = (frame: Frame) =>
  frame.evaluate(() => {
    const seen = document.body.querySelector('img, svg, canvas, video, input, button, select, textarea');
    // biome-ignore lint/performance/useDomNodeTextContent: what is hidden does not count as shown.
    return seen === null && document.body.innerText.trim() === '';
  });

/** The levels of WCAG 2.2 that Vietnamese and European law name; what is only good practice is left to its author. */
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function violationsIn(frame: Frame): Promise<readonly Violation[]> {
  // By the debugger's hand: the policy of the frame lets no such text run by itself.
  await frame.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const found: unknown = await frame.evaluate(async (levels) => {
    const { violations } = await Reflect.get(globalThis, 'axe').run(document, {
      runOnly: { type: 'tag', values: levels },
      resultTypes: ['violations'],
      iframes: false,
    });
    return violations;
  }, LEVELS);
  return Violations.parse(found);
}
