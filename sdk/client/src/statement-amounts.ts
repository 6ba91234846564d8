import type { StatementLine } from '@chung/contracts';

/** The amounts of a line or of a total, in minor units. */
export interface Amounts {
  readonly gross: bigint;
  readonly commission: bigint;
  readonly fee: bigint;
  readonly vat: bigint;
  readonly other: bigint;
  readonly net: bigint;
}

export const AMOUNT_FIELDS = ['gross', 'commission', 'fee', 'vat', 'other', 'net'] as const satisfies readonly (keyof Amounts)[];
/** What the platform charges for a redemption and gives back with it. */
export const CHARGE_FIELDS = ['gross', 'commission', 'fee', 'vat'] as const satisfies readonly (keyof Amounts)[];
export type Charge = Pick<Amounts, (typeof CHARGE_FIELDS)[number]>;

export const NO_AMOUNTS: Amounts = { gross: 0n, commission: 0n, fee: 0n, vat: 0n, other: 0n, net: 0n };

export function amountsOf(written: Readonly<Record<keyof Amounts, string>>): Amounts {
  const { gross, commission, fee, vat, other, net } = written;
  return {
    gross: BigInt(gross),
    commission: BigInt(commission),
    fee: BigInt(fee),
    vat: BigInt(vat),
    other: BigInt(other),
    net: BigInt(net),
  };
}

export const netOf = ({ gross, commission, fee, vat, other }: Omit<Amounts, 'net'>): bigint => gross - commission - fee - vat + other;

export function sumOf(lines: readonly StatementLine[]): Amounts {
  const sums = { ...NO_AMOUNTS };
  for (const line of lines) {
    const amounts = amountsOf(line);
    for (const field of AMOUNT_FIELDS) sums[field] += amounts[field];
  }
  return sums;
}
