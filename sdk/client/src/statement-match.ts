import type { StatementLine } from '@chung/contracts';
import { amountsOf, CHARGE_FIELDS } from './statement-amounts.ts';
import type { StatementReport } from './statement-differences.ts';
import type { ExpectedLine } from './statement-events.ts';
import { isTold, type LinesPlace } from './statement-lines.ts';

/** Compares lines and events both ways: each event of the period has its line, each line its event, and they say the same. */
export function matchEvents(
  lines: readonly StatementLine[],
  { startsAt, endsAt }: LinesPlace,
  { expected, report }: { readonly expected: ReadonlyMap<string, ExpectedLine>; readonly report: StatementReport },
): void {
  const told = new Set<string>();
  lines.forEach((line, index) => {
    if (!isTold(line.kind) || line.eventId === null) return;
    told.add(line.eventId);
    const event = expected.get(line.eventId);
    if (event) compare(line, event, { line: index + 1, report });
    else
      report.differs('line_unknown', {
        line: index + 1,
        field: 'eventId',
        stated: line.eventId,
        computed: 'null',
        by: line.net === '0' ? null : line.net,
        eventId: line.eventId,
        redemptionId: line.redemptionId,
      });
  });
  for (const event of expected.values()) {
    const at = Date.parse(event.at);
    if (at < startsAt || at >= endsAt || told.has(event.eventId)) continue;
    const { charge, eventId, redemptionId } = event;
    const net = charge ? charge.gross - charge.commission - charge.fee - charge.vat : null;
    report.differs('line_missing', {
      field: event.kind,
      stated: 'null',
      computed: net === null ? '?' : String(net),
      eventId,
      redemptionId,
    });
  }
}

function compare(line: StatementLine, event: ExpectedLine, { line: number, report }: { line: number; report: StatementReport }): void {
  const about = { line: number, eventId: event.eventId, redemptionId: event.redemptionId };
  const same = (field: string, stated: string | number | null, computed: string | number | null) => {
    if (stated !== computed) report.differs('line', { ...about, field, stated: String(stated), computed: String(computed) });
  };
  same('kind', line.kind, event.kind);
  same('redemptionId', line.redemptionId, event.redemptionId);
  same('offerId', line.offerId, event.offerId);
  if (Date.parse(line.at) !== Date.parse(event.at)) same('at', line.at, event.at);
  same('reversedBasisPoints', line.reversedBasisPoints, event.reversedBasisPoints);
  if (event.vatBasisPoints === null || event.charge === null)
    report.cannotTell('charge_not_exported', { line: number, redemptionId: event.redemptionId });
  if (event.vatBasisPoints !== null) same('vatBasisPoints', line.vatBasisPoints, event.vatBasisPoints);
  if (event.charge === null) return;
  const amounts = amountsOf(line);
  for (const field of CHARGE_FIELDS) report.amount('line', { ...about, field, stated: amounts[field], computed: event.charge[field] });
}
