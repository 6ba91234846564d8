import type { OfferId } from '@chung/contracts';
import { claimOffer } from '../../../platform/server/src/rooms/redemptions/claim-offer.ts';
import type { BenchContext, Measured } from './bench.ts';
import { claimInLoop } from './claim-loop.ts';
import { asBroken, compareWithPgbench, OFFERS, withBroken } from './redeem.ts';
import { openSale, type Sale } from './sale.ts';

const MEMBERS = 300_000;
/** Members who wait for an answer at one moment, as a sale at 20:00 brings them. */
const OUTSTANDING = 1024;

export async function measureEngine(context: BenchContext, shape: keyof typeof OFFERS): Promise<Measured> {
  const sale = await openSale(context, { members: MEMBERS });
  const offers = await sale.publish(OFFERS[shape]);
  const broken: string[] = [];
  const subject = async () => {
    const { rate, refused } = await claimInLoop(sale, { offers, outstanding: OUTSTANDING, seconds: context.seconds });
    broken.push(...asBroken(refused));
    return rate;
  };
  // Terms and plans are in memory on any server that has run for a while: every offer is claimed once before it counts.
  for (const some of inPieces(offers, 50)) await Promise.all(some.map((offerId) => claimOnce(sale, offerId)));
  await claimInLoop(sale, { offers, outstanding: OUTSTANDING, seconds: 1 });
  return withBroken(await compareWithPgbench(context, sale, { offers, subject }), broken);
}

async function claimOnce({ platform, principal, members }: Sale, offerId: OfferId): Promise<void> {
  const memberId = members[Math.floor(Math.random() * members.length)];
  if (!memberId) throw new Error('a sale has members');
  await claimOffer(platform.redemptions, { principal: principal(memberId), offerId, idempotencyKey: crypto.randomUUID() });
}

function inPieces<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, piece) => items.slice(piece * size, (piece + 1) * size));
}
