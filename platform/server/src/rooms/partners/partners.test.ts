import type { PartnerId } from '@chung/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { application, cursors, openPartnerRooms, type PartnerRooms } from '../../../../../test/harness/partner-rooms.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { createPartners } from './index.ts';
import type { PartnerDecision } from './partner.ts';

let rooms: PartnerRooms;
beforeAll(async () => {
  rooms = await openPartnerRooms();
});
afterAll(() => rooms.close());

const decide = (partnerId: PartnerId, decision: PartnerDecision) =>
  rooms.db.tx((tx) => rooms.partners.decide(tx, { partnerId, decision, reason: 'vì thế' }));
const eventsOf = (partnerId: PartnerId) => rooms.db.query('SELECT type, data FROM chung.outbox WHERE partner_id = $1', [partnerId]);

test('who registers waits as applied, with an account, and may not act yet', async () => {
  rooms.told.length = 0;
  const partner = await rooms.partners.register(application('register'));
  expect(partner).toMatchObject({ slug: 'register', status: 'applied' });
  expect(rooms.told).toEqual(['account register.owner', 'status applied']);
  await expect(rooms.partners.requireActive(partner.id)).rejects.toMatchObject({ code: 'partner_not_active' });
});

test('a taken slug is refused and no account is made', async () => {
  await rooms.partners.register(application('taken'));
  rooms.told.length = 0;
  await expect(rooms.partners.register(application('taken'))).rejects.toMatchObject({ code: 'slug_taken' });
  expect(rooms.told).toEqual([]);
});

test('a taken username leaves no partner behind', async () => {
  const identity = {
    createAccount: async () => {
      throw new DomainError('username_taken');
    },
    setPartnerStatus: async () => {},
  };
  const partners = createPartners({ db: rooms.db, identity, cursors });
  await expect(partners.register(application('no-owner'))).rejects.toMatchObject({ code: 'username_taken' });
  expect(await partners.findBySlug('no-owner')).toBeNull();
});

test('approval gives the default contract, tells identity and sends one event; a second one is refused', async () => {
  const { id } = await rooms.partners.register(application('approve'));
  rooms.told.length = 0;
  expect(await decide(id, 'approve')).toMatchObject({ status: 'active' });
  expect(rooms.told).toEqual(['status active']);
  await expect(decide(id, 'approve')).rejects.toMatchObject({ code: 'wrong_state' });
  expect(await eventsOf(id)).toEqual([{ type: 'partner.approved.v1', data: { partnerId: id } }]);
  const standing = await rooms.partners.standingAt(rooms.db, id, new Date(Date.now() + 60_000));
  expect(standing?.contract).toMatchObject({ version: 1, feePerRedemptionMinor: 2_000n, commissionBasisPoints: 0 });
  await expect(rooms.partners.requireActive(id)).resolves.toMatchObject({ id });
});

test.each([
  [['approve', 'suspend', 'reinstate'], 'active'],
  [['refuse', 'approve'], 'active'],
  [['approve', 'suspend'], 'suspended'],
] as const)('the decisions %j lead to %s', async (decisions, status) => {
  const { id } = await rooms.partners.register(application(`way-${decisions.join('-')}`));
  let last = '';
  for (const decision of decisions) last = (await decide(id, decision)).status;
  expect(last).toBe(status);
});

test.each([[['suspend']], [['reinstate']], [['approve', 'refuse']], [['refuse', 'suspend']], [['approve', 'suspend', 'approve']]] as const)(
  'the last of %j is refused and changes nothing',
  async (decisions) => {
    const { id } = await rooms.partners.register(application(`bad-${decisions.join('-')}`));
    for (const decision of decisions.slice(0, -1)) await decide(id, decision);
    const before = await rooms.partners.find(id);
    await expect(decide(id, decisions.at(-1) ?? 'approve')).rejects.toMatchObject({ code: 'wrong_state' });
    expect(await rooms.partners.find(id)).toEqual(before);
  },
);

test('deciding about nobody is not_found', async () => {
  await expect(decide(newId<PartnerId>(), 'approve')).rejects.toMatchObject({ code: 'not_found' });
});

test('the list pages through all partners of a status, newest first, each once', async () => {
  for (const slug of ['page-a', 'page-b', 'page-c']) await decide((await rooms.partners.register(application(slug))).id, 'refuse');
  const first = await rooms.partners.list({ status: 'refused', limit: 2 });
  const second = await rooms.partners.list({ status: 'refused', limit: 2, cursor: first.nextCursor ?? '' });
  expect([...first.items, ...second.items].map((partner) => partner.slug).slice(0, 3)).toEqual(['page-c', 'page-b', 'page-a']);
  await expect(rooms.partners.list({ limit: 2, cursor: 'forged.cursor' })).rejects.toMatchObject({ code: 'invalid_cursor' });
});
