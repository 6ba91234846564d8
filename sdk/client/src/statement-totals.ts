import type { Statement, StatementLine } from '@chung/contracts';
import { AMOUNT_FIELDS, amountsOf, sumOf } from './statement-amounts.ts';
import type { StatementReport } from './statement-differences.ts';

/** Recomputes the sums over the lines, the VAT columns and the closing balance. */
export function checkTotals(statement: Statement, report: StatementReport): void {
  const { lines, totals, opening, closing, lineCount } = statement;
  if (lineCount !== lines.length)
    report.differs('line_count', { field: 'lineCount', stated: String(lineCount), computed: String(lines.length) });
  const [stated, computed] = [amountsOf(totals), sumOf(lines)];
  for (const field of AMOUNT_FIELDS) report.amount('total', { field: `totals.${field}`, stated: stated[field], computed: computed[field] });
  report.amount('closing', { field: 'closing', stated: BigInt(closing), computed: BigInt(opening) + computed.net });
  checkVat(statement, report);
}

interface Column {
  readonly base: bigint;
  readonly vat: bigint;
}

/** The columns as the lines make them: by rate, the lowest first; lines that charge nothing are in none. */
export function vatColumns(lines: readonly StatementLine[]): ReadonlyMap<number, Column> {
  const columns = new Map<number, Column>();
  for (const line of lines) {
    const { commission, fee, vat } = amountsOf(line);
    if (commission + fee === 0n && vat === 0n) continue;
    const before = columns.get(line.vatBasisPoints) ?? { base: 0n, vat: 0n };
    columns.set(line.vatBasisPoints, { base: before.base + commission + fee, vat: before.vat + vat });
  }
  return new Map([...columns].sort(([a], [b]) => a - b));
}

function checkVat({ vat, lines }: Statement, report: StatementReport): void {
  const computed = vatColumns(lines);
  const rates = vat.map(({ vatBasisPoints }) => vatBasisPoints);
  if (rates.join() !== [...computed.keys()].join())
    report.differs('vat', { field: 'vat', stated: rates.join(', ') || '–', computed: [...computed.keys()].join(', ') || '–' });
  for (const column of vat) {
    const { base, vat: sum } = computed.get(column.vatBasisPoints) ?? { base: 0n, vat: 0n };
    const field = `vat[${column.vatBasisPoints}]`;
    report.amount('vat', { field: `${field}.base`, stated: BigInt(column.base), computed: base });
    report.amount('vat', { field: `${field}.vat`, stated: BigInt(column.vat), computed: sum });
  }
}
