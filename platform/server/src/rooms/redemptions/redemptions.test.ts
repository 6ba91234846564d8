import type { OfferDraft, OfferId, PartnerId } from '@chung/contracts';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draftOf, inDays } from '../../../../../test/harness/partner-rooms.ts';
import { brokenInvariants } from '../../../../../test/harness/redemption-invariants.ts';
import { hold, openRedemptionRooms, type RedemptionRooms } from '../../../../../test/harness/redemption-rooms.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import type { MemberFacts } from '../offers/index.ts';
import { cancelRedemption, confirmRedemption, fulfilRedemption, reverseRedemption } from './change-redemption.ts';
import { claimOffer } from './claim-offer.ts';
import { issueReceipt } from './issue-receipt.ts';
import { expireLapsedHolds } from './jobs.ts';
import { listEvents } from './list-events.ts';
import type { RedemptionPorts } from './ports.ts';
import { forMember, listForMember, lookUp } from './read-redemptions.ts';

let world: RedemptionRooms;
let rooms: RedemptionRooms['rooms'];
let ports: RedemptionPorts;
let owner: pg.Client;
let partnerId: PartnerId;

const member = (changes?: Partial<MemberFacts>) => world.member(changes);
const partner = (id?: PartnerId) => world.partner(id);
const offer = (changes?: Partial<OfferDraft>, codes?: number) => world.offer(changes, codes);
const units = (offerId: OfferId) => world.units(offerId);
const claim = (principal: MemberPrincipal, offerId: OfferId, idempotencyKey: string = newId()) =>
  claimOffer(ports, { principal, offerId, idempotencyKey });
const codeOf = (error: unknown) => (error instanceof DomainError ? error.code : String(error));
const refused = (work: Promise<unknown>) => work.then(() => 'done', codeOf);

async function expectBooksHold() {
  expect(await brokenInvariants(owner)).toEqual([]);
}

beforeAll(async () => {
  world = await openRedemptionRooms();
  ({ rooms, ports, owner, partnerId } = world);
});
afterAll(() => world.close());

describe('a claim', () => {
  test('of an instant offer is redeemed at once, with its unit, fee, VAT and event', async () => {
    const offerId = await offer();
    const made = await claim(member(), offerId);
    expect(made.state).toBe('REDEEMED');
    expect(await units(offerId)).toEqual({ stock: 10, held: 0, redeemed: 1 });
    const { rows } = await owner.query('SELECT account, currency, amount_minor FROM chung.postings WHERE shard_id = $1 ORDER BY line', [
      offerId,
    ]);
    expect(rows.map((row) => `${row.account} ${row.currency} ${row.amount_minor}`)).toEqual([
      '9200 UNIT 1',
      '9000 UNIT -1',
      '1200 VND 2160',
      '4110 VND -2000',
      '2300 VND -160',
    ]);
    await expectBooksHold();
  });

  test('never passes the stock, however many members come at once (I1)', async () => {
    const offerId = await offer({ stock: 10 });
    const outcomes = await Promise.all(Array.from({ length: 80 }, () => refused(claim(member(), offerId))));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(10);
    expect(new Set(outcomes)).toEqual(new Set(['done', 'offer_sold_out']));
    expect(await units(offerId)).toEqual({ stock: 10, held: 0, redeemed: 10 });
    await expectBooksHold();
  });

  test('never passes the member’s limit for parallel requests (I2)', async () => {
    const offerId = await offer({ stock: 50, limits: { perMember: 3, perMemberPerDay: 2 } });
    const one = member();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => refused(claim(one, offerId))));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(2);
    expect(new Set(outcomes)).toEqual(new Set(['done', 'limit_reached']));
    expect((await units(offerId)).redeemed).toBe(2);
  });

  test('with one key answers the same redemption, also in parallel (I7)', async () => {
    const offerId = await offer();
    const one = member();
    const made = await Promise.all(Array.from({ length: 12 }, () => claim(one, offerId, 'same-key')));
    expect(new Set(made.map((redemption) => redemption.id)).size).toBe(1);
    expect((await units(offerId)).redeemed).toBe(1);
  });

  test('with a key used on another offer is refused without effect', async () => {
    const one = member();
    const [first, second] = [await offer(), await offer()];
    await claim(one, first, 'moved-key');
    expect(await refused(claim(one, second, 'moved-key'))).toBe('idempotency_key_reused');
    expect((await units(second)).redeemed).toBe(0);
  });

  test('that was refused does not use up its key', async () => {
    const offerId = await offer({ stock: 1 });
    const [first, second] = [member(), member()];
    const made = await claim(first, offerId);
    expect(await refused(claim(second, offerId, 'again'))).toBe('offer_sold_out');
    await rooms.db.tx((tx) => reverseRedemption(tx, ports, { principal: partner(), id: made.id, reason: 'mistake' }));
    expect((await claim(second, offerId, 'again')).state).toBe('REDEEMED');
  });

  test('binds one code to one redemption, and a retry shows the same (I3)', async () => {
    const offerId = await offer({ stock: 6 }, 6);
    const members = Array.from({ length: 9 }, () => member());
    const outcomes = await Promise.all(members.map((one) => claim(one, offerId, 'k').catch(codeOf)));
    const made = outcomes.filter((outcome) => typeof outcome !== 'string');
    expect(made).toHaveLength(6);
    const codes = await Promise.all(made.map(async (row) => (await forMember(ports, row)).code));
    expect(new Set(codes).size).toBe(6);
    const winner = members[outcomes.findIndex((outcome) => typeof outcome !== 'string')];
    if (!winner) throw new Error('somebody has won');
    const again = await forMember(ports, await claim(winner, offerId, 'k'));
    expect(codes).toContain(again.code);
    expect((await lookUp(ports, partner(), again.code ?? '')).id).toBe(again.id);
  });

  test('outside the window, of a draft, or by a member it is not for is refused with the reason', async () => {
    expect(await refused(claim(member(), await offer({ window: { startsAt: inDays(1), endsAt: inDays(2) } })))).toBe('offer_not_open');
    const draft = await rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId, draft: draftOf() }));
    expect(await refused(claim(member(), draft.id))).toBe('not_found');
    const inHanoi = await offer({ eligibility: { version: 1, all: [{ fact: 'province', in: ['01'] }] } });
    const refusal = await claim(member({ provinceCode: '79' }), inHanoi).catch((error: DomainError) => error);
    expect(refusal).toMatchObject({
      code: 'not_eligible',
      extras: { reasons: [{ fact: 'province', text: { vi: 'Dành cho đoàn viên ở Hà Nội' } }] },
    });
  });

  test('by another partner’s app finds nothing', async () => {
    const foreign = { ...member(), partnerId: (await rooms.activePartner('foreign')).id };
    expect(await refused(claim(foreign, await offer()))).toBe('not_found');
  });
});

describe('a held redemption', () => {
  test('is charged when its partner confirms, and fulfilled once', async () => {
    const offerId = await offer(hold(60));
    const made = await claim(member(), offerId);
    expect(made).toMatchObject({ state: 'RESERVED' });
    expect(await units(offerId)).toEqual({ stock: 10, held: 1, redeemed: 0 });
    const confirm = () => rooms.db.tx((tx) => confirmRedemption(tx, ports, { principal: partner(), id: made.id, presented: undefined }));
    const outcomes = await Promise.all([refused(confirm()), refused(confirm()), refused(confirm())]);
    expect(outcomes.toSorted()).toEqual(['done', 'wrong_state', 'wrong_state']);
    expect(await units(offerId)).toEqual({ stock: 10, held: 0, redeemed: 1 });
    const fulfilled = await rooms.db.tx((tx) => fulfilRedemption(tx, ports, { principal: partner(), id: made.id }));
    expect(fulfilled.state).toBe('FULFILLED');
    await expectBooksHold();
  });

  test('is confirmed and fulfilled in one step', async () => {
    const made = await claim(member(), await offer(hold(60)));
    const done = await rooms.db.tx((tx) => fulfilRedemption(tx, ports, { principal: partner(), id: made.id }));
    expect(done.state).toBe('FULFILLED');
    // Events wait for every older transaction of the cluster, also of other test files.
    const told = async () => {
      const { items } = await listEvents(ports, partnerId, { limit: 100 });
      return items.filter((event) => event.data['redemptionId'] === made.id).map((event) => event.type);
    };
    await expect.poll(told, { timeout: 10_000 }).toEqual(['redemption.reserved.v1', 'redemption.redeemed.v1', 'redemption.fulfilled.v1']);
  });

  test('gives its unit and its limit back when cancelled or lapsed, and the offer opens again (I5)', async () => {
    const offerId = await offer({ ...hold(60), stock: 1 });
    const [first, second, third] = [member(), member(), member()];
    const made = await claim(first, offerId);
    expect(await refused(claim(second, offerId))).toBe('offer_sold_out');
    await rooms.db.tx((tx) => cancelRedemption(tx, ports, { principal: first, id: made.id }));
    const next = await claim(second, offerId);
    await world.lapse(next.id);
    expect(
      await refused(rooms.db.tx((tx) => confirmRedemption(tx, ports, { principal: partner(), id: next.id, presented: undefined }))),
    ).toBe('reservation_expired');
    const swept = await Promise.all([expireLapsedHolds(ports), expireLapsedHolds(ports)]);
    expect(swept[0] + swept[1]).toBe(1);
    expect((await claim(third, offerId)).state).toBe('RESERVED');
    expect((await claim(member(), await offer(hold(1)))).state).toBe('RESERVED');
    await expectBooksHold();
  });

  test('is taken by exactly one of confirm, cancel and expiry when all come at once (I6)', async () => {
    const one = member();
    const made = await claim(one, await offer(hold(60)));
    const outcomes = await Promise.all([
      refused(rooms.db.tx((tx) => confirmRedemption(tx, ports, { principal: partner(), id: made.id, presented: undefined }))),
      refused(rooms.db.tx((tx) => cancelRedemption(tx, ports, { principal: one, id: made.id }))),
    ]);
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    await expectBooksHold();
  });
});

describe('a reversal', () => {
  test('takes back fee, VAT and unit to the đồng, once', async () => {
    const offerId = await offer({
      benefit: { kind: 'cashback', cashbackMinor: 10_001, minimumSpendMinor: 0, vestingDays: 7 },
      funding: [
        { by: 'partner', shareBasisPoints: 3_333 },
        { by: 'platform', shareBasisPoints: 6_667 },
      ],
    });
    const made = await claim(member(), offerId);
    const reverse = () => rooms.db.tx((tx) => reverseRedemption(tx, ports, { principal: partner(), id: made.id, reason: 'wrong account' }));
    const outcomes = await Promise.all([refused(reverse()), refused(reverse())]);
    expect(outcomes.toSorted()).toEqual(['done', 'wrong_state']);
    const { rows } = await owner.query(
      `SELECT account, sum(amount_minor)::text AS sum FROM chung.postings WHERE shard_id = $1 GROUP BY account HAVING sum(amount_minor) <> 0`,
      [offerId],
    );
    expect(rows).toEqual([]);
    expect(await units(offerId)).toEqual({ stock: 10, held: 0, redeemed: 0 });
  });
});

describe('a presentation', () => {
  test('serves once, only for its redemption, and only with our signature', async () => {
    const one = member();
    const made = await claim(one, await offer(hold(60)));
    const { presentation, receipt } = await issueReceipt(ports, one, made.id);
    expect((await lookUp(ports, partner(), presentation)).id).toBe(made.id);
    const [header, payload, signature = ''] = presentation.split('.');
    const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    for (const wrong of [forged, receipt, 'a.b.c']) expect(await refused(lookUp(ports, partner(), wrong))).toBe('receipt_invalid');
    const confirm = () => rooms.db.tx((tx) => confirmRedemption(tx, ports, { principal: partner(), id: made.id, presented: presentation }));
    expect(await refused(confirm())).toBe('done');
    expect(await refused(confirm())).toBe('receipt_already_used');
    expect(await refused(lookUp(ports, partner(), presentation))).toBe('receipt_already_used');
  });
});

describe('seeing redemptions', () => {
  test('is by owner: another member or partner finds nothing', async () => {
    const one = member();
    const made = await claim(one, await offer(hold(60)));
    const other = (await rooms.activePartner('other')).id;
    expect(
      await refused(rooms.db.tx((tx) => confirmRedemption(tx, ports, { principal: partner(other), id: made.id, presented: undefined }))),
    ).toBe('not_found');
    expect(await refused(rooms.db.tx((tx) => cancelRedemption(tx, ports, { principal: member(), id: made.id })))).toBe('not_found');
    const page = await listForMember(ports, one, { limit: 10 });
    expect(page.items.map((row) => row.id)).toEqual([made.id]);
    expect((await listForMember(ports, { ...one, partnerId: other }, { limit: 10 })).items).toEqual([]);
  });
});
