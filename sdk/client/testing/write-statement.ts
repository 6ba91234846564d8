// A small writer of statements, for tests: written from docs/statements.md and apart from the code that verifies, so that both must agree.
import { createHash } from 'node:crypto';
import { EventId, OfferId, RedemptionId, Statement, StatementId, type StatementLine } from '@chung/contracts';

/** One redemption's life. Amounts in đồng; instants as milliseconds. */
export interface Deed {
  readonly at: number;
  readonly gross: number;
  readonly commissionBasisPoints: number;
  readonly fee: number;
  readonly vatBasisPoints: number;
  /** How much has been taken back after each partial reversal, rising. */
  readonly parts: readonly number[];
  readonly fate: 'kept' | 'reversed';
  /** Between two things that happen to it. */
  readonly pauseMs: number;
}

export interface Written {
  readonly events: readonly Record<string, unknown>[];
  readonly statements: readonly Statement[];
}

const DAY_MS = 86_400_000;
/** Midnight of 1 November 2026 in Hà Nội, and 30 days a period from there. */
export const FIRST_MIDNIGHT = Date.UTC(2026, 9, 31, 17);
export const PERIOD_MS = 30 * DAY_MS;

const uuid = (at: number, salt: string): string => {
  const time = at.toString(16).padStart(12, '0');
  const rest = createHash('sha256').update(salt).digest('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6, 18)}`;
};
export const PARTNER_ID = uuid(FIRST_MIDNIGHT, 'partner');

/** Half up, by quotient and remainder. */
function share(amount: bigint, basisPoints: number): bigint {
  const [whole, rest] = [(amount * BigInt(basisPoints)) / 10_000n, (amount * BigInt(basisPoints)) % 10_000n];
  return rest * 2n >= 10_000n ? whole + 1n : whole;
}

type Line = Omit<StatementLine, 'number'>;
type Charge = readonly [gross: bigint, commission: bigint, fee: bigint, vat: bigint];

const NOTHING = { commissionTerms: null, reversedBasisPoints: null, note: '', other: '0' } as const;

const amounts = ([gross, commission, fee, vat]: Charge) => ({
  ...{ gross: String(gross), commission: String(commission), fee: String(fee), vat: String(vat) },
  net: String(gross - commission - fee - vat),
});

/** A deed's events with the line of each. */
function linesOf(deed: Deed, index: number): { event: Record<string, unknown>; line: Line }[] {
  const redemptionId = RedemptionId.parse(uuid(deed.at, `redemption ${index}`));
  const offerId = OfferId.parse(uuid(FIRST_MIDNIGHT, `offer ${index % 3}`));
  const [gross, fee] = [BigInt(deed.gross), BigInt(deed.fee)];
  const commission = share(gross, deed.commissionBasisPoints);
  const charge: Charge = [gross, commission, fee, share(commission + fee, deed.vatBasisPoints)];
  const common = { redemptionId, offerId, memberRef: `member-${index % 7}` };
  const told = (
    step: number,
    type: string,
    data: object,
    line: Omit<Line, 'at' | 'eventId' | 'redemptionId' | 'offerId' | 'vatBasisPoints'>,
  ) => {
    const at = deed.at + step * deed.pauseMs;
    const [id, occurredAt] = [EventId.parse(uuid(at, `event ${index} ${step}`)), new Date(at).toISOString()];
    const event = { id, type, occurredAt, data: { ...common, ...data } };
    return { event, line: { at: occurredAt, eventId: id, redemptionId, offerId, vatBasisPoints: deed.vatBasisPoints, ...line } };
  };
  const money = ([g, c, f, v]: Charge) => ({ grossMinor: Number(g), commissionMinor: Number(c), feeMinor: Number(f), vatMinor: Number(v) });
  const back = (before: number, after: number): Charge => {
    const part = (amount: bigint) => share(amount, after) - share(amount, before);
    return [part(charge[0]), part(charge[1]), part(charge[2]), part(charge[3])];
  };
  const opposite = ([g, c, f, v]: Charge): Charge => [-g, -c, -f, -v];
  const terms = { contractVersion: 1, base: String(gross), basisPoints: deed.commissionBasisPoints, least: null, most: null };
  const all = [
    told(
      0,
      'redemption.redeemed.v1',
      { state: 'REDEEMED', ...money(charge), vatBasisPoints: deed.vatBasisPoints },
      { ...NOTHING, kind: 'redeemed', ...amounts(charge), commissionTerms: terms },
    ),
  ];
  deed.parts.forEach((after, step) => {
    const before = deed.parts[step - 1] ?? 0;
    const part = back(before, after);
    const data = {
      state: 'PARTLY_REVERSED',
      reason: 'một phần',
      partBasisPoints: after - before,
      reversedBasisPoints: after,
      ...money(part),
    };
    const line = { ...NOTHING, kind: 'partly_reversed' as const, ...amounts(opposite(part)), reversedBasisPoints: after };
    all.push(told(step + 1, 'redemption.partly_reversed.v1', data, line));
  });
  if (deed.fate === 'reversed') {
    const line = {
      ...NOTHING,
      kind: 'reversed' as const,
      ...amounts(opposite(back(deed.parts.at(-1) ?? 0, 10_000))),
      reversedBasisPoints: 10_000,
    };
    all.push(told(deed.parts.length + 1, 'redemption.reversed.v1', { state: 'REVERSED', reason: 'hoàn cả' }, line));
  }
  return all;
}

/** A line that no event tells. */
export const bookLine = (kind: 'payout' | 'payout_returned' | 'cashback' | 'adjustment', at: number, other: bigint): Line => ({
  ...{ kind, at: new Date(at).toISOString(), eventId: null, redemptionId: null, offerId: null },
  ...{ gross: '0', commission: '0', fee: '0', vat: '0', vatBasisPoints: 0, other: String(other), net: String(other) },
  ...{ commissionTerms: null, reversedBasisPoints: null, note: kind === 'adjustment' ? 'Bù trừ kỳ trước' : '' },
});

/** Writes what happened, cut into periods of thirty days, each statement going on from the one before. */
export function writeStatements(deeds: readonly Deed[], periods: number, book: readonly Line[] = []): Written {
  const told = deeds.flatMap(linesOf).toSorted((a, b) => (a.line.at < b.line.at ? -1 : 1));
  const lines = [...told.map(({ line }) => line), ...book].toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const statements: Statement[] = [];
  for (let period = 0; period < periods; period++) {
    const [starts, ends] = [FIRST_MIDNIGHT + period * PERIOD_MS, FIRST_MIDNIGHT + (period + 1) * PERIOD_MS];
    const mine = lines.filter(({ at }) => Date.parse(at) >= starts && Date.parse(at) < ends);
    statements.push(writeOne(mine, { starts, ends, before: statements.at(-1) ?? null }));
  }
  return { events: told.map(({ event }) => event), statements };
}

function writeOne(lines: readonly Line[], of: { starts: number; ends: number; before: Statement | null }): Statement {
  const { starts, ends, before } = of;
  const day = (at: number) => new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);
  const number = (before?.number ?? 0) + 1;
  return seal({
    format: 'chung-statement-v1',
    id: StatementId.parse(uuid(ends, `statement ${number}`)),
    number,
    partner: { id: PARTNER_ID, legalName: 'Tổng công ty Truyền thông “Thử”' },
    currency: 'VND',
    period: {
      ...{ from: day(starts), until: day(ends), timeZone: 'Asia/Ho_Chi_Minh' },
      ...{ startsAt: new Date(starts).toISOString(), endsAt: new Date(ends).toISOString() },
    },
    issuedAt: new Date(ends + DAY_MS).toISOString(),
    previous: before && { id: before.id, hash: before.hash },
    opening: before?.closing ?? '0',
    lines: lines.map((line, index) => ({ number: index + 1, ...line })),
  });
}

/** Computes everything that follows from opening and lines: totals, columns, closing, root, hash. */
export function seal(open: Record<string, unknown> & { opening: string; lines: readonly StatementLine[] }): Statement {
  const { lines, opening } = open;
  const sum = (pick: (line: StatementLine) => string) => String(lines.reduce((total, line) => total + BigInt(pick(line)), 0n));
  const rates = [
    ...new Set(
      lines.filter((line) => BigInt(line.commission) + BigInt(line.fee) !== 0n || line.vat !== '0').map((line) => line.vatBasisPoints),
    ),
  ];
  const totals = Object.fromEntries(
    (['gross', 'commission', 'fee', 'vat', 'other', 'net'] as const).map((field) => [field, sum((line) => line[field])]),
  );
  const content = {
    ...open,
    totals,
    vat: rates
      .toSorted((a, b) => a - b)
      .map((vatBasisPoints) => ({
        vatBasisPoints,
        base: sum((line) => (line.vatBasisPoints === vatBasisPoints ? String(BigInt(line.commission) + BigInt(line.fee)) : '0')),
        vat: sum((line) => (line.vatBasisPoints === vatBasisPoints ? line.vat : '0')),
      })),
    closing: String(BigInt(opening) + BigInt(totals['net'] ?? '0')),
    lineCount: lines.length,
  };
  const { lines: _lines, hash: _hash, ...header } = { hash: '', ...content, root: `sha256:${merkle(lines.map(spelled)).toString('hex')}` };
  return Statement.parse({ ...header, hash: `sha256:${createHash('sha256').update(spelled(header)).digest('hex')}`, lines });
}

/** Canonical JSON for our values: `JSON.stringify` with every object's keys in order. */
const spelled = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** As RFC 9162 §2.1.1 writes it down: split at the largest power of two below the number of leaves. */
function merkle(leaves: readonly string[]): Buffer {
  const [only = ''] = leaves;
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return createHash('sha256').update(Buffer.of(0)).update(only).digest();
  const half = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(merkle(leaves.slice(0, half)))
    .update(merkle(leaves.slice(half)))
    .digest();
}
