// What exported events say should stand on a statement. docs/statements.md names the fields.
import { AmountMinor, BasisPoints, OfferId, PartnerEvent, RedemptionId, type StatementLineKind } from '@chung/contracts';
import { z } from 'zod';
import { CHARGE_FIELDS, type Charge } from './statement-amounts.ts';
import type { StatementReport } from './statement-differences.ts';
import { takenBack } from './statement-money.ts';

/** What the line of one event must say. */
export interface ExpectedLine {
  readonly eventId: string;
  readonly kind: Extract<StatementLineKind, 'redeemed' | 'partly_reversed' | 'reversed'>;
  readonly at: string;
  readonly redemptionId: string;
  readonly offerId: string;
  readonly reversedBasisPoints: number | null;
  /** Null where the redemption was charged before the oldest exported event, and the event does not say itself. */
  readonly charge: Charge | null;
  readonly vatBasisPoints: number | null;
}

const subject = { redemptionId: RedemptionId, offerId: OfferId };
/** Of paid offers; events of free ones do not have them. */
const paid = { grossMinor: AmountMinor.default(0), commissionMinor: AmountMinor.default(0) };
const charge = { ...paid, feeMinor: AmountMinor, vatMinor: AmountMinor };

/** The events that money hangs on; all others are left aside. */
const Told = z.discriminatedUnion('type', [
  z.object({ type: z.literal('redemption.redeemed.v1'), data: z.looseObject({ ...subject, ...charge, vatBasisPoints: BasisPoints }) }),
  z.object({
    type: z.literal('redemption.partly_reversed.v1'),
    data: z.looseObject({ ...subject, ...charge, partBasisPoints: BasisPoints, reversedBasisPoints: BasisPoints }),
  }),
  z.object({ type: z.literal('redemption.reversed.v1'), data: z.looseObject(subject) }),
]);
const MONEY_TYPES: readonly string[] = Told.options.map(({ shape }) => shape.type.value);

type MoneyEvent = z.infer<typeof Told> & { readonly id: string; readonly occurredAt: string };

/** Reads an export: events as the API answers them, in any order, each as often as it may come. Reports what cannot be read. */
export function readEvents(given: unknown, report: StatementReport): readonly MoneyEvent[] {
  const list = z.array(z.unknown()).safeParse(given);
  if (!list.success) {
    report.differs('unreadable', { field: 'events', stated: kindOf(given), computed: 'array' });
    return [];
  }
  const read = new Map<string, MoneyEvent>();
  for (const [index, one] of list.data.entries()) {
    const event = readEvent(one, `events[${index}]`, report);
    if (event && !read.has(event.id)) read.set(event.id, event);
  }
  return [...read.values()];
}

function readEvent(given: unknown, field: string, report: StatementReport): MoneyEvent | null {
  const event = PartnerEvent.safeParse(given);
  if (!event.success) {
    report.differs('unreadable', { field, stated: firstIssue(event.error), computed: 'event' });
    return null;
  }
  const { id, type, occurredAt, data } = event.data;
  if (!MONEY_TYPES.includes(type)) return null;
  const told = Told.safeParse({ type, data });
  if (told.success) return { id, occurredAt, ...told.data };
  report.differs('unreadable', { field, stated: firstIssue(told.error), computed: type, eventId: id });
  return null;
}

const kindOf = (value: unknown): string => (value === null ? 'null' : typeof value);

/** Where it breaks and why, without the value itself. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.join('.') || '.'}: ${issue.message}` : 'unknown';
}

interface History {
  readonly charge: Charge;
  readonly vatBasisPoints: number;
  /** The most that partial reversals have taken back. */
  mostTakenBack: number;
}

/** The line that each event asks for. What an event says itself is compared with what its redemption was charged. */
export function expectedLines(events: readonly MoneyEvent[], report: StatementReport): ReadonlyMap<string, ExpectedLine> {
  const histories = historiesOf(events);
  return new Map(events.map((event) => [event.id, expectedOf(event, histories.get(event.data.redemptionId), report)]));
}

function historiesOf(events: readonly MoneyEvent[]): ReadonlyMap<string, History> {
  const histories = new Map<string, History>();
  for (const event of events)
    if (event.type === 'redemption.redeemed.v1')
      histories.set(event.data.redemptionId, { charge: chargeOf(event.data), vatBasisPoints: event.data.vatBasisPoints, mostTakenBack: 0 });
  for (const event of events) {
    const history = histories.get(event.data.redemptionId);
    if (history && event.type === 'redemption.partly_reversed.v1')
      history.mostTakenBack = Math.max(history.mostTakenBack, event.data.reversedBasisPoints);
  }
  return histories;
}

function expectedOf(event: MoneyEvent, history: History | undefined, report: StatementReport): ExpectedLine {
  const { redemptionId, offerId } = event.data;
  const about = { eventId: event.id, at: event.occurredAt, redemptionId, offerId };
  switch (event.type) {
    case 'redemption.redeemed.v1': {
      const { vatBasisPoints } = event.data;
      return { ...about, kind: 'redeemed', reversedBasisPoints: null, charge: chargeOf(event.data), vatBasisPoints };
    }
    case 'redemption.partly_reversed.v1': {
      const { reversedBasisPoints: after, partBasisPoints } = event.data;
      const said = negative(chargeOf(event.data));
      const computed = history && givenBack(history.charge, { before: Math.max(0, after - partBasisPoints), after });
      for (const field of computed ? CHARGE_FIELDS : [])
        report.amount('event', { field, stated: said[field], computed: computed?.[field] ?? 0n, eventId: event.id, redemptionId });
      const rate = history?.vatBasisPoints ?? null;
      return { ...about, kind: 'partly_reversed', reversedBasisPoints: after, charge: computed ?? said, vatBasisPoints: rate };
    }
    case 'redemption.reversed.v1': {
      const rest = history ? givenBack(history.charge, { before: history.mostTakenBack, after: 10_000 }) : null;
      return { ...about, kind: 'reversed', reversedBasisPoints: 10_000, charge: rest, vatBasisPoints: history?.vatBasisPoints ?? null };
    }
  }
}

type ChargeData = { readonly grossMinor: number; readonly commissionMinor: number; readonly feeMinor: number; readonly vatMinor: number };

const chargeOf = ({ grossMinor, commissionMinor, feeMinor, vatMinor }: ChargeData): Charge => ({
  gross: BigInt(grossMinor),
  commission: BigInt(commissionMinor),
  fee: BigInt(feeMinor),
  vat: BigInt(vatMinor),
});

const mapCharge = (of: Charge, change: (amount: bigint) => bigint): Charge => ({
  gross: change(of.gross),
  commission: change(of.commission),
  fee: change(of.fee),
  vat: change(of.vat),
});
const negative = (of: Charge): Charge => mapCharge(of, (amount) => -amount);
const givenBack = (of: Charge, parts: { before: number; after: number }): Charge => mapCharge(of, (amount) => -takenBack(amount, parts));
