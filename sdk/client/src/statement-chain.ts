import type { Statement, StatementHeader, StatementPeriod } from '@chung/contracts';
import type { StatementReport } from './statement-differences.ts';

/** Checks that a statement goes on from the one before: number, balance, period, partner, and the other's digest. */
export function checkChain(statement: Statement, before: StatementHeader, report: StatementReport): void {
  const expected: readonly (readonly [string, string, string])[] = [
    ['previous.id', statement.previous?.id ?? 'null', before.id],
    ['previous.hash', statement.previous?.hash ?? 'null', before.hash],
    ['number', String(statement.number), String(before.number + 1)],
    ['partner.id', statement.partner.id, before.partner.id],
    ['currency', statement.currency, before.currency],
    ['period.from', statement.period.from, before.period.until],
    ['period.startsAt', momentOf(statement.period.startsAt), momentOf(before.period.endsAt)],
  ];
  for (const [field, stated, computed] of expected) if (stated !== computed) report.differs('chain', { field, stated, computed });
  report.amount('chain', { field: 'opening', stated: BigInt(statement.opening), computed: BigInt(before.closing) });
}

/** A first statement has nothing before it; every later one does. */
export function checkFirst({ number, previous, opening }: Statement, report: StatementReport): void {
  if ((number === 1) !== (previous === null))
    report.differs('chain', { field: 'previous', stated: previous?.id ?? 'null', computed: number === 1 ? 'null' : `№ ${number - 1}` });
  if (number === 1) report.amount('chain', { field: 'opening', stated: BigInt(opening), computed: 0n });
}

/** Whether the instants are the midnights of the days, by the market's clock and not by this machine's. */
export function checkPeriod(period: StatementPeriod, report: StatementReport): void {
  const { from, until, timeZone, startsAt, endsAt } = period;
  if (until <= from) report.differs('period', { field: 'period.until', stated: until, computed: `> ${from}` });
  for (const [field, day, instant] of [
    ['period.startsAt', from, startsAt],
    ['period.endsAt', until, endsAt],
  ] as const) {
    const local = localTime(instant, timeZone);
    if (local === null) report.differs('period', { field: 'period.timeZone', stated: timeZone, computed: 'IANA' });
    else if (local !== `${day} 00:00:00`) report.differs('period', { field, stated: local, computed: `${day} 00:00:00` });
  }
}

/** `2026-11-01 00:00:00`, or with its fraction of a second; null for a zone that is not known. */
function localTime(instant: string, timeZone: string): string | null {
  const at = new Date(instant);
  try {
    const style = { timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const;
    const parts = new Map(
      new Intl.DateTimeFormat('en-CA', { ...style, ...clock }).formatToParts(at).map(({ type, value }) => [type, value]),
    );
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? '';
    const fraction = part('fractionalSecond') === '000' ? '' : `.${part('fractionalSecond')}`;
    return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}${fraction}`;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** One moment has several spellings; only what it is counts between two statements. */
const momentOf = (instant: string): string => new Date(instant).toISOString();
