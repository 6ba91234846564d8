// What a line must be by itself: its net, its VAT, its commission, and nothing on it that its kind cannot have.
import type { StatementLine, StatementLineKind } from '@chung/contracts';
import { type Amounts, amountsOf, netOf } from './statement-amounts.ts';
import type { StatementReport } from './statement-differences.ts';
import { partOfMinor } from './statement-money.ts';

interface KindRule {
  /** Told by an event of a redemption. */
  readonly isTold: boolean;
  /** Amounts that may stand on it, and on which side of zero: 1 from zero up, -1 from zero down, 0 either. All others are zero. */
  readonly may: Partial<Readonly<Record<Exclude<keyof Amounts, 'net'>, 1 | -1 | 0>>>;
}

const CHARGED = { gross: 1, commission: 1, fee: 1, vat: 1 } as const;
const GIVEN_BACK = { gross: -1, commission: -1, fee: -1, vat: -1 } as const;

const RULES: Readonly<Record<StatementLineKind, KindRule>> = {
  redeemed: { isTold: true, may: CHARGED },
  partly_reversed: { isTold: true, may: GIVEN_BACK },
  reversed: { isTold: true, may: GIVEN_BACK },
  cashback: { isTold: false, may: { other: 0 } },
  true_up: { isTold: false, may: { commission: 0, vat: 0 } },
  payout: { isTold: false, may: { other: -1 } },
  payout_returned: { isTold: false, may: { other: 1 } },
  adjustment: { isTold: false, may: { other: 0 } },
};

/** Whether a line of this kind is told by an event, so that the export must hold it. */
export const isTold = (kind: StatementLineKind): boolean => RULES[kind].isTold;

export interface LinesPlace {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** Checks each line by itself, its place in the file and in the period, and that no event stands on two. */
export function checkLines(lines: readonly StatementLine[], { startsAt, endsAt }: LinesPlace, report: StatementReport): void {
  const seen = new Map<string, number>();
  lines.forEach((line, index) => {
    const about = { line: index + 1, eventId: line.eventId, redemptionId: line.redemptionId };
    if (line.number !== index + 1)
      report.differs('line_misplaced', { ...about, field: 'number', stated: String(line.number), computed: String(index + 1) });
    const at = Date.parse(line.at);
    if (at < startsAt || at >= endsAt)
      report.differs('line_misplaced', {
        ...about,
        field: 'at',
        stated: line.at,
        computed: `${new Date(startsAt).toISOString()}/${new Date(endsAt).toISOString()}`,
      });
    const earlier = line.eventId === null ? undefined : seen.get(line.eventId);
    if (earlier !== undefined)
      report.differs('line_repeated', { ...about, field: 'eventId', stated: String(line.eventId), computed: String(earlier) });
    else if (line.eventId !== null) seen.set(line.eventId, index + 1);
    checkLine(line, about, report);
  });
}

type About = { readonly line: number; readonly eventId: string | null; readonly redemptionId: string | null };

function checkLine(line: StatementLine, about: About, report: StatementReport): void {
  const amounts = amountsOf(line);
  report.amount('line', { ...about, field: 'net', stated: amounts.net, computed: netOf(amounts) });
  checkKind(line, about, report);
  const { may } = RULES[line.kind];
  for (const field of ['gross', 'commission', 'fee', 'vat', 'other'] as const) {
    const side = may[field];
    if (side === undefined) report.amount('line', { ...about, field, stated: amounts[field], computed: 0n });
    else if ((side === 1 && amounts[field] < 0n) || (side === -1 && amounts[field] > 0n))
      report.differs('line', { ...about, field, stated: String(amounts[field]), computed: side === 1 ? '≥ 0' : '≤ 0' });
  }
  // What was taken back is rounded by the redemption's charge and not by its own: the events' part of the check knows it.
  if (line.kind === 'redeemed' || line.kind === 'true_up') {
    const vat = partOfMinor(amounts.commission + amounts.fee, line.vatBasisPoints);
    report.amount('line', { ...about, field: 'vat', stated: amounts.vat, computed: vat });
  }
  if (line.kind === 'redeemed')
    report.amount('line', { ...about, field: 'commission', stated: amounts.commission, computed: commissionOf(line) });
}

/** Half up of the base at the rate, within its bounds; without terms there is none. */
function commissionOf({ commissionTerms: terms }: StatementLine): bigint {
  if (!terms) return 0n;
  const computed = partOfMinor(BigInt(terms.base), terms.basisPoints);
  const raised = terms.least !== null && computed < BigInt(terms.least) ? BigInt(terms.least) : computed;
  return terms.most !== null && raised > BigInt(terms.most) ? BigInt(terms.most) : raised;
}

/** Fields that a kind has to have or must not have. */
function checkKind(line: StatementLine, about: About, report: StatementReport): void {
  const presence = (field: keyof StatementLine, isThere: boolean, isMeant: boolean) => {
    if (isThere !== isMeant)
      report.differs('line', { ...about, field, stated: isThere ? 'set' : 'null', computed: isMeant ? 'set' : 'null' });
  };
  const told = isTold(line.kind);
  presence('eventId', line.eventId !== null, told);
  // A cashback may name its redemption.
  if (told || line.kind !== 'cashback') {
    presence('redemptionId', line.redemptionId !== null, told);
    presence('offerId', line.offerId !== null, told);
  }
  const takesBack = line.kind === 'partly_reversed' || line.kind === 'reversed';
  presence('reversedBasisPoints', line.reversedBasisPoints !== null, takesBack);
  if (line.kind === 'reversed' && line.reversedBasisPoints !== null && line.reversedBasisPoints !== 10_000)
    report.differs('line', { ...about, field: 'reversedBasisPoints', stated: String(line.reversedBasisPoints), computed: '10000' });
  if (line.kind !== 'redeemed') presence('commissionTerms', line.commissionTerms !== null, false);
  if (line.kind !== 'adjustment' && line.note !== '') report.differs('line', { ...about, field: 'note', stated: 'set', computed: 'empty' });
}
