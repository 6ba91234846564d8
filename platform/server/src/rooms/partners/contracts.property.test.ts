// Contracts and VAT as dated data, against the plainest model: sort what was added, take the last that had begun.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { application, openPartnerRooms, type PartnerRooms } from '../../../../../test/harness/partner-rooms.ts';
import type { ContractVersion } from './index.ts';

let rooms: PartnerRooms;
beforeAll(async () => {
  rooms = await openPartnerRooms();
});
afterAll(() => rooms.close());

let slugs = 0;
const register = async () => (await rooms.partners.register(application(`dated-${++slugs}`))).id;
const HOUR = 3_600_000;
const EPOCH = Date.parse('2025-07-01T00:00:00+07:00');
/** Hours since the first VAT rate; a coarse grid, so that versions, questions and the change of the year meet often. */
const NEW_YEAR_HOUR = (Date.parse('2027-01-01T00:00:00+07:00') - EPOCH) / HOUR;
const hour = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: NEW_YEAR_HOUR - 3, max: NEW_YEAR_HOUR + 3 }));
const version = fc.record({
  hour,
  fee: fc.integer({ min: 0, max: 5_000 }),
  commission: fc.integer({ min: 0, max: 10_000 }),
  serviceClass: fc.constantFrom<ContractVersion['serviceClass'][]>('standard', 'telecom', 'finance'),
});
type Version = typeof version extends fc.Arbitrary<infer Value> ? Value : never;
const contractOf = ({ hour: from, fee, commission, serviceClass }: Version): ContractVersion => ({
  validFrom: new Date(EPOCH + from * HOUR),
  feePerRedemptionMinor: BigInt(fee),
  commissionBasisPoints: commission,
  serviceClass,
});
/** The law of these years: 8 % for most services until the end of 2026, 10 % else. */
const vatOf = (serviceClass: ContractVersion['serviceClass'], at: number) =>
  serviceClass === 'standard' && at < Date.parse('2027-01-01T00:00:00+07:00') ? 800 : 1_000;

test('for any versions in any order exactly one is in force at any instant from the first on, and it is the last that began', async () => {
  const question = fc.record({ hour, offset: fc.constantFrom(-1, 0, 1) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(version, { minLength: 1, maxLength: 6 }),
      fc.array(question, { minLength: 1, maxLength: 8 }),
      async (added, questions) => {
        const partnerId = await register();
        const kept: Version[] = [];
        for (const candidate of added) {
          const begins = kept.every((earlier) => earlier.hour < candidate.hour);
          const adding = rooms.db.tx((tx) => rooms.partners.addContract(tx, partnerId, contractOf(candidate)));
          if (begins) {
            await adding;
            kept.push(candidate);
          } else await expect(adding).rejects.toMatchObject({ code: 'conflict' });
        }
        for (const { hour: asked, offset } of questions) {
          const at = EPOCH + asked * HOUR + offset;
          const index = kept.findLastIndex((candidate) => EPOCH + candidate.hour * HOUR <= at);
          const expected = kept[index];
          const found = await rooms.partners.contractAt(rooms.db, partnerId, new Date(at));
          expect(found).toEqual(
            expected && at >= EPOCH
              ? {
                  version: index + 1,
                  feePerRedemptionMinor: BigInt(expected.fee),
                  commissionBasisPoints: expected.commission,
                  serviceClass: expected.serviceClass,
                  vatBasisPoints: vatOf(expected.serviceClass, at),
                }
              : null,
          );
          expect((await rooms.partners.standingAt(rooms.db, partnerId, new Date(at)))?.contract).toEqual(found);
        }
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

test('VAT changes with the year in Vietnam, to the millisecond, wherever the host is', async () => {
  const partnerId = await register();
  await rooms.db.tx((tx) =>
    rooms.partners.addContract(tx, partnerId, contractOf({ hour: 0, fee: 2_000, commission: 0, serviceClass: 'standard' })),
  );
  const vatAt = async (instant: string) => (await rooms.partners.contractAt(rooms.db, partnerId, new Date(instant)))?.vatBasisPoints;
  // The same two instants in three offsets: only the instant counts.
  for (const instant of ['2026-12-31T23:59:59.999+07:00', '2026-12-31T16:59:59.999Z', '2027-01-01T01:59:59.999+09:00'])
    expect([instant, await vatAt(instant)]).toEqual([instant, 800]);
  for (const instant of ['2027-01-01T00:00:00.000+07:00', '2026-12-31T17:00:00.000Z', '2027-01-01T02:00:00.000+09:00'])
    expect([instant, await vatAt(instant)]).toEqual([instant, 1_000]);
});

test('of versions added at once that begin together one is kept, and the others are told of the conflict', async () => {
  const partnerId = await register();
  const add = (fee: number) =>
    rooms.db.tx((tx) => rooms.partners.addContract(tx, partnerId, contractOf({ hour: 1, fee, commission: 0, serviceClass: 'standard' })));
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(add));
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' });
});

test('terms agreed before the approval are kept; terms that begin later put the approval off, and nothing is half done', async () => {
  const agreed = await register();
  await rooms.db.tx((tx) =>
    rooms.partners.addContract(tx, agreed, contractOf({ hour: 0, fee: 777, commission: 1_000, serviceClass: 'telecom' })),
  );
  await rooms.db.tx((tx) => rooms.partners.decide(tx, { partnerId: agreed, decision: 'approve', reason: '' }));
  expect(await rooms.partners.contractAt(rooms.db, agreed, new Date())).toMatchObject({ version: 1, feePerRedemptionMinor: 777n });

  const later = await register();
  const begins = {
    ...contractOf({ hour: 0, fee: 1, commission: 0, serviceClass: 'standard' }),
    validFrom: new Date(Date.now() + 24 * HOUR),
  };
  await rooms.db.tx((tx) => rooms.partners.addContract(tx, later, begins));
  const approving = rooms.db.tx((tx) => rooms.partners.decide(tx, { partnerId: later, decision: 'approve', reason: '' }));
  await expect(approving).rejects.toMatchObject({
    code: 'wrong_state',
    extras: { detail: { en: expect.stringContaining('begins later') } },
  });
  expect(await rooms.partners.find(later)).toMatchObject({ status: 'applied' });
});

test('a suspension and a second approval leave the contract as it was', async () => {
  const { id } = await rooms.activePartner('dated-again');
  for (const decision of ['suspend', 'reinstate'] as const)
    await rooms.db.tx((tx) => rooms.partners.decide(tx, { partnerId: id, decision, reason: '' }));
  expect(await rooms.db.query('SELECT version FROM chung.contracts WHERE partner_id = $1', [id])).toEqual([{ version: 1 }]);
});
