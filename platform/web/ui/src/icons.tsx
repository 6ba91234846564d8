import type { SVGProps } from 'react';

export interface IconProps extends Omit<SVGProps<SVGSVGElement>, 'children'> {
  readonly size?: number;
}

function draw(path: string, { size = 20, ...rest }: IconProps) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      {...rest}
    >
      <path d={path} />
    </svg>
  );
}

/** Decoration beside words, so hidden from screen readers; strokes take the colour of the text. */
const icon = (path: string) => (props: IconProps) => draw(path, props);

export const IconAlert = icon('M12 8v5m0 3.2v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z');
export const IconCheck = icon('m5 12.5 4.5 4.5L19 7.5');
export const IconClose = icon('M6 6l12 12M18 6 6 18');
export const IconSearch = icon('M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 4.5 4.5');
export const IconBack = icon('M19 12H5m6-6-6 6 6 6');
export const IconNext = icon('m9 6 6 6-6 6');
export const IconCopy = icon('M9 9h10v11H9zM15 9V4H5v11h4');
export const IconClock = icon('M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4.5V12l3 2');
export const IconTicket = icon('M4 7h16v3.2a1.8 1.8 0 0 0 0 3.6V17H4v-3.2a1.8 1.8 0 0 0 0-3.6ZM14 7v2m0 2.5v1m0 2.5v2');
export const IconWallet = icon('M4 7.5h15a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1Zm0 0L16 4v3.5M16 13.3h.1');
export const IconShield = icon('M12 3.5 5 6v5.5c0 4.2 2.9 7.4 7 9 4.1-1.6 7-4.8 7-9V6Zm-3 8.6 2.2 2.2 4-4.3');
export const IconUser = icon('M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20c.8-3.4 3.8-5 7.5-5s6.7 1.6 7.5 5');
export const IconList = icon('M9 6h11M9 12h11M9 18h11M4.5 6h.1M4.5 12h.1M4.5 18h.1');
export const IconChart = icon('M4 20h16M7 16v-4m5 4V7m5 9v-6');
export const IconGift = icon('M4 9h16v3.5H4zM5.5 12.5V20h13v-7.5M12 9v11M12 9C10 4 5.5 5.5 7.5 9m4.5 0c2-5 6.5-3.5 4.5 0');
export const IconPhone = icon('M8 3.5h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1Zm3 14h2');
export const IconTv = icon('M4 6h16v11H4zM9 20.5h6');
export const IconHome = icon('m4 11 8-7 8 7v8.5a.5.5 0 0 1-.5.5H15v-5.5H9V20H4.5a.5.5 0 0 1-.5-.5Z');
export const IconSpark = icon('M12 4v4m0 8v4m8-8h-4m-8 0H4m13.5-5.5-2.6 2.6m-5.8 5.8-2.6 2.6m11 0-2.6-2.6M9.1 9.1 6.5 6.5');
export const IconCoins = icon(
  'M9 5c3 0 5 1 5 2.5S12 10 9 10 4 9 4 7.5 6 5 9 5ZM4 7.5v5C4 14 6 15 9 15m5-7.5V10m1 0c3 0 5 1 5 2.5S18 15 15 15s-5-1-5-2.5S12 10 15 10Zm-5 2.5v4c0 1.5 2 2.5 5 2.5s5-1 5-2.5v-4',
);
export const IconUpload = icon('M12 15V4m-4.5 4.5L12 4l4.5 4.5M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4');
export const IconExternal = icon('M13 5h6v6m0-6-8 8M10 6H5v13h13v-5');
export const IconMenu = icon('M4 7h16M4 12h16M4 17h16');
export const IconSignOut = icon('M10 5H5v14h5m4-10 3.5 3L14 15m3-3H9');
export const IconPlus = icon('M12 5v14M5 12h14');
