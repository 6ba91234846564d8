import { createTheme, type MantineColorsTuple, type MantineThemeOverride } from '@mantine/core';

// The blue of the volunteers' shirts. White on shade 6 (light) is 6.4:1, on shade 5 (dark) 4.8:1.
const brand: MantineColorsTuple = [
  '#eef4fd',
  '#d9e6fa',
  '#b0ccf4',
  '#84b0ee',
  '#6199e9',
  '#2e6fd6',
  '#1d5bbf',
  '#174a9d',
  '#123b7e',
  '#0c2b5f',
];

// The one warm accent: why an offer is for you. Text uses shade 8 and up on shade 0.
const warm: MantineColorsTuple = [
  '#fff5eb',
  '#ffe8d3',
  '#fbcfa5',
  '#f8b574',
  '#f59e4c',
  '#ee8630',
  '#d96d17',
  '#b4560d',
  '#8f420a',
  '#6b3007',
];

// Mantine's own red leaves white on it at 3.3:1; these are 5.9:1 (light) and 4.6:1 (dark).
const red: MantineColorsTuple = [
  '#fdf0ef',
  '#fbdedb',
  '#f5b8b2',
  '#ee8f86',
  '#e46a5f',
  '#cf4439',
  '#b8322a',
  '#9a2720',
  '#7c1f19',
  '#5c1712',
];

// Neutral greys with a trace of warmth instead of Mantine's blue ones, light and dark.
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f3f2ef',
  '#e7e5e1',
  '#d8d5d0',
  '#bab6b0',
  '#908c86',
  '#6b6762',
  '#504d49',
  '#383633',
  '#232220',
];
const dark: MantineColorsTuple = [
  '#e6e4e1',
  '#c8c5c0',
  '#a5a29c',
  '#7c7973',
  '#4a4844',
  '#383632',
  '#2a2926',
  '#1f1e1c',
  '#181715',
  '#11100f',
];

/** System fonts: they carry every Vietnamese mark, cost nothing to load and match the phone. */
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';
const FONT_MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "Noto Sans Mono", Menlo, monospace';

/** `touch`: 44-pixel targets for the member's phone. `dense`: more on a screen for portal and console. */
export type Density = 'touch' | 'dense';

export function themeFor(density: Density): MantineThemeOverride {
  const size = density === 'touch' ? 'md' : 'sm';
  const sized = { defaultProps: { size } };
  return createTheme({
    colors: { brand, warm, red, gray, dark },
    primaryColor: 'brand',
    primaryShade: { light: 6, dark: 5 },
    autoContrast: true,
    luminanceThreshold: 0.35,
    defaultRadius: 'md',
    radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '20px' },
    fontFamily: FONT,
    fontFamilyMonospace: FONT_MONO,
    // Stacked marks (ế, ộ) touch the line above at the usual 1.45.
    lineHeights: { xs: '1.45', sm: '1.5', md: '1.6', lg: '1.6', xl: '1.65' },
    headings: {
      fontWeight: '650',
      sizes: {
        h1: { fontSize: '1.625rem', lineHeight: '1.3' },
        h2: { fontSize: '1.25rem', lineHeight: '1.35' },
        h3: { fontSize: '1.0625rem', lineHeight: '1.4' },
      },
    },
    cursorType: 'pointer',
    respectReducedMotion: true,
    components: {
      Button: sized,
      TextInput: sized,
      Select: sized,
      NumberInput: sized,
      Textarea: sized,
      PasswordInput: sized,
      NativeSelect: sized,
      // What scrolls sideways on a phone must be reachable by keyboard.
      TableScrollContainer: { defaultProps: { scrollAreaProps: { viewportProps: { tabIndex: 0 } } } },
    },
  });
}
