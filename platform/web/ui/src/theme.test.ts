import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { themeFor } from './theme.ts';

const READABLE = 4.5;

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG 2 contrast ratio of two colours. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const css = readFileSync(new URL('./styles.css', import.meta.url), 'utf8');

/** Both sides of `--chung-name: light-dark(#…, #…)`. */
function surface(name: string): { light: string; dark: string } {
  const [, light = '', dark = ''] = new RegExp(`--chung-${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css) ?? [];
  return { light, dark };
}

describe('the colours', () => {
  it.each(['brand', 'red'])('white on a filled %s button is readable, light and dark', (name) => {
    const tuple = themeFor('touch').colors?.[name];
    for (const shade of [5, 6]) expect(contrast(tuple?.[shade] ?? '', '#ffffff')).toBeGreaterThan(READABLE);
  });

  it.each(['brand', 'warm', 'good'])('%s text is readable on its soft ground and on every surface', (name) => {
    for (const scheme of ['light', 'dark'] as const)
      for (const ground of [`${name}-soft`, 'ground', 'raised', 'sunken'])
        expect(contrast(surface(`${name}-text`)[scheme], surface(ground)[scheme])).toBeGreaterThan(READABLE);
  });

  it('dimmed text is readable on every surface', () => {
    const [light = '', dark = ''] = [...css.matchAll(/--mantine-color-dimmed: (#\w{6})/g)].map((match) => match[1]);
    for (const ground of ['ground', 'raised', 'sunken']) {
      expect(contrast(light, surface(ground).light)).toBeGreaterThan(READABLE);
      expect(contrast(dark, surface(ground).dark)).toBeGreaterThan(READABLE);
    }
  });
});
