import type { MemberId, OfferId } from '@chung/contracts';
import { claimOffer } from '../../platform/server/src/rooms/redemptions/claim-offer.ts';
import type { Bench, BenchContext, Measured } from './lib/bench.ts';
import { openCountingWire } from './lib/counting-wire.ts';
import { invariantsOf } from './lib/redeem.ts';
import { openSale, type Sale } from './lib/sale.ts';

const BATCH = 200;
const ALONE = 'a claim alone';
const TOGETHER = `a claim of ${BATCH} at once`;

export const bench: Bench = {
  name: 'statements',
  what: 'SQL statements and round trips of one free claim, alone and in a batch, counted on the wire (BEGIN and COMMIT included)',
  reference: 'Vendure needs 304 statements for a limited coupon, Medusa 510',
  bars: [
    { figure: `statements, ${ALONE}`, better: 'less', must: 3, goal: 1 },
    { figure: `statements, ${TOGETHER}`, better: 'less', must: 0.05, goal: 0.02 },
    { figure: `round trips, ${ALONE}`, better: 'less', must: 3, goal: 1 },
    { figure: `round trips, ${TOGETHER}`, better: 'less', must: 0.05, goal: 0.02 },
  ],
  run: measureStatements,
};

async function measureStatements(context: BenchContext): Promise<Measured> {
  const wires: Awaited<ReturnType<typeof openCountingWire>>[] = [];
  const sale = await openSale(context, {
    members: 10_000,
    route: async (serverUrl) => {
      const wire = await openCountingWire(serverUrl);
      wires.push(wire);
      context.defer(() => wire.close());
      return wire.url;
    },
  });
  const [wire] = wires;
  const [offer] = await sale.publish(1);
  if (!wire || !offer) throw new Error('the sale has a wire and an offer');
  // Terms and prepared statements are there on any server that has run for a second; the members are new each time.
  const next = sale.members[Symbol.iterator]();
  await claimTogether(sale, offer, takeFrom(next, BATCH));
  const alone: Counted[] = [];
  const together: Counted[] = [];
  for (let round = 1; round <= context.rounds; round++) {
    wire.take();
    await claimTogether(sale, offer, takeFrom(next, 1));
    alone.push(wire.take());
    await claimTogether(sale, offer, takeFrom(next, BATCH));
    const { statements, roundTrips } = wire.take();
    together.push({ statements: statements / BATCH, roundTrips: roundTrips / BATCH });
  }
  const figuresOf = (name: string, counted: readonly Counted[]) => [
    { name: `statements, ${name}`, unit: 'statements', samples: counted.map(({ statements }) => statements) },
    { name: `round trips, ${name}`, unit: 'round trips', samples: counted.map(({ roundTrips }) => roundTrips) },
  ];
  return { figures: [...figuresOf(ALONE, alone), ...figuresOf(TOGETHER, together)], broken: await invariantsOf(context, sale) };
}

interface Counted {
  readonly statements: number;
  readonly roundTrips: number;
}

function takeFrom(members: Iterator<MemberId>, count: number): MemberId[] {
  return Array.from({ length: count }, () => {
    const { value, done } = members.next();
    if (done) throw new Error('the sale has too few members for this many rounds');
    return value;
  });
}

async function claimTogether({ platform, principal }: Sale, offerId: OfferId, members: readonly MemberId[]): Promise<void> {
  await Promise.all(
    members.map((memberId) =>
      claimOffer(platform.redemptions, { principal: principal(memberId), offerId, idempotencyKey: crypto.randomUUID() }),
    ),
  );
}
