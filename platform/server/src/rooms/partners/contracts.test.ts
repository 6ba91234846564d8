import { afterAll, beforeAll, expect, test } from 'vitest';
import { application, openPartnerRooms, type PartnerRooms } from '../../../../../test/harness/partner-rooms.ts';
import type { ContractVersion } from './index.ts';

let rooms: PartnerRooms;
beforeAll(async () => {
  rooms = await openPartnerRooms();
});
afterAll(() => rooms.close());

const contract = (validFrom: string, changes: Partial<ContractVersion> = {}): ContractVersion => ({
  validFrom: new Date(validFrom),
  feePerRedemptionMinor: 3_000n,
  commissionBasisPoints: 500,
  serviceClass: 'standard',
  ...changes,
});
const at = (instant: string) => new Date(instant);

test('a contract holds from its first instant until the next version begins, without gap or overlap', async () => {
  const { id } = await rooms.activePartner('contract-dates');
  await rooms.db.tx((tx) => rooms.partners.addContract(tx, id, contract('2090-01-01T00:00:00+07:00')));
  const versionAt = async (instant: string) => (await rooms.partners.contractAt(rooms.db, id, at(instant)))?.version;
  expect(await versionAt('2089-12-31T23:59:59.999+07:00')).toBe(1);
  expect(await versionAt('2090-01-01T00:00:00+07:00')).toBe(2);
  expect(await versionAt('2020-01-01T00:00:00Z')).toBeUndefined();
});

test('a version that would rewrite history is refused', async () => {
  const { id } = await rooms.activePartner('contract-history');
  await rooms.db.tx((tx) => rooms.partners.addContract(tx, id, contract('2090-01-01T00:00:00Z')));
  const earlier = rooms.db.tx((tx) => rooms.partners.addContract(tx, id, contract('2089-01-01T00:00:00Z')));
  await expect(earlier).rejects.toMatchObject({ code: 'conflict' });
});

test('two versions added at once do not overlap: one of them fails', async () => {
  const { id } = await rooms.activePartner('contract-race');
  const add = (validFrom: string) => rooms.db.tx((tx) => rooms.partners.addContract(tx, id, contract(validFrom)));
  await Promise.allSettled([add('2090-01-01T00:00:00Z'), add('2090-01-01T00:00:00Z')]);
  expect(await rooms.db.query('SELECT version FROM chung.contracts WHERE partner_id = $1', [id])).toHaveLength(2);
});

test.each([
  ['standard', '2026-12-31T23:59:59+07:00', 800],
  ['standard', '2027-01-01T00:00:00+07:00', 1_000],
  ['telecom', '2026-12-31T12:00:00+07:00', 1_000],
  ['finance', '2026-12-31T12:00:00+07:00', 1_000],
] as const)('VAT of a %s service at %s is %i basis points', async (serviceClass, instant, expected) => {
  // A partner that is not approved has no contract yet, so this one can begin in the past and the test holds in any year.
  const { id } = await rooms.partners.register(application(`vat-${serviceClass}-${expected}-${instant.slice(0, 4)}`));
  await rooms.db.tx((tx) => rooms.partners.addContract(tx, id, contract('2025-08-01T00:00:00+07:00', { serviceClass })));
  expect((await rooms.partners.contractAt(rooms.db, id, at(instant)))?.vatBasisPoints).toBe(expected);
});

test('the server may not rewrite a contract or a VAT rate', async () => {
  await expect(rooms.db.query('UPDATE chung.contracts SET fee_per_redemption_minor = 0')).rejects.toThrow('permission denied');
  await expect(rooms.db.query('DELETE FROM chung.contracts')).rejects.toThrow('permission denied');
  await expect(rooms.db.query('UPDATE chung.vat_rates SET basis_points = 0')).rejects.toThrow('permission denied');
});
