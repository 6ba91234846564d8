import { useMemo } from 'react';
import { encode } from 'uqr';

const QUIET_MODULES = 4;

/** One path for all dark modules: a receipt has thousands, and one element each would be slow to draw. */
function pathOf(modules: boolean[][]): string {
  return modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
}

/**
 * A QR code: black on white in every colour scheme, with its quiet zone, because scanners need the contrast.
 * Level L: a receipt is long, and on a lit screen larger modules help more than redundancy.
 */
export function QrCode({ value, label, size }: { value: string; label: string; size?: number }) {
  const code = useMemo(() => encode(value, { ecc: 'L', boostEcc: true, border: 0 }), [value]);
  const path = useMemo(() => pathOf(code.data), [code]);
  const side = code.size + 2 * QUIET_MODULES;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`${-QUIET_MODULES} ${-QUIET_MODULES} ${side} ${side}`}
      shapeRendering="crispEdges"
      width={size ?? '100%'}
      style={{ display: 'block', background: '#fff' }}
    >
      <path d={path} fill="#000" />
    </svg>
  );
}
