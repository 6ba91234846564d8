// What a change may do in each state of an offer, and what it must leave alone.
import { type OfferChange, type OfferId, OfferState, type PartnerId, POOL_MAX } from '@chung/contracts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  draftOf,
  giveOutCodes,
  openPartnerRooms,
  type PartnerRooms,
  publish,
  takeUnits,
} from '../../../../../test/harness/partner-rooms.ts';
import type { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { OFFER_MOVES } from './offer.ts';
import { requirePool } from './require-pool.ts';

let rooms: PartnerRooms;
let owner: pg.Client;
let partnerId: PartnerId;
beforeAll(async () => {
  rooms = await openPartnerRooms();
  owner = new pg.Client({ connectionString: rooms.database.ownerUrl });
  await owner.connect();
  partnerId = (await rooms.activePartner('changes')).id;
});
afterAll(async () => {
  await owner.end();
  await rooms.close();
});

const create = (changes: Parameters<typeof draftOf>[0] = {}) =>
  rooms.db.tx((tx) => rooms.offers.create(tx, { partnerId, draft: draftOf(changes) }));
const change = (offerId: OfferId, given: OfferChange) =>
  rooms.db.tx((tx) => rooms.offers.change(tx, { partnerId, offerId, change: given }));
const refusalOf = (work: Promise<unknown>) => work.then(() => null).catch((error: DomainError) => error);
const inState = (offerId: OfferId, state: string) => owner.query('UPDATE chung.offers SET state = $2 WHERE id = $1', [offerId, state]);
/** As an upload would have left it. */
const withCodes = (offerId: OfferId, total: number) =>
  owner.query('INSERT INTO chung.code_pools (offer_id, total) VALUES ($1, $2) ON CONFLICT (offer_id) DO UPDATE SET total = $2', [
    offerId,
    total,
  ]);
const title = { vi: 'Tên khác', en: 'Another name' };

describe('new terms', () => {
  const changeable: readonly string[] = OFFER_MOVES.change.from;
  test.each(OfferState.options)('of an offer that is %s make it a draft, or are refused', async (state) => {
    const { id } = await create();
    await inState(id, state);
    const refused = await refusalOf(change(id, { title }));
    const after = await rooms.offers.find({ partnerId, offerId: id });
    if (changeable.includes(state)) expect([refused, after?.state, after?.termsVersion]).toEqual([null, 'draft', 2]);
    else expect([refused?.code, after?.state, after?.termsVersion]).toEqual(['wrong_state', state, 1]);
  });

  test('that do not fit what stays are refused by the place of the fault, and nothing is written', async () => {
    const { id } = await create();
    const refused = await refusalOf(change(id, { title, window: { startsAt: '2026-05-02T00:00:00Z', endsAt: '2026-05-01T00:00:00Z' } }));
    expect(refused?.code).toBe('validation_failed');
    expect(refused?.extras.fields?.map(({ path }) => path)).toEqual(expect.arrayContaining([expect.stringMatching(/^body\.window/)]));
    expect(await rooms.offers.find({ partnerId, offerId: id })).toMatchObject({ termsVersion: 1, terms: { title: draftOf().title } });
  });

  test('together with a stock below what is taken are refused as a whole', async () => {
    const { id } = await publish(rooms, partnerId, draftOf({ stock: 5 }));
    await takeUnits(rooms.db, id, { redeemed: 3 });
    expect((await refusalOf(change(id, { title, stock: 2 })))?.code).toBe('stock_below_redeemed');
    expect(await rooms.offers.find({ partnerId, offerId: id })).toMatchObject({ state: 'published', termsVersion: 1, units: { stock: 5 } });
  });

  test('of an offer that does not exist are not there', async () => {
    expect((await refusalOf(change(newId<OfferId>(), { title })))?.code).toBe('not_found');
  });
});

describe('the stock alone', () => {
  test.each([
    ['draft', 'draft'],
    ['published', 'published'],
    ['paused', 'paused'],
    ['refused', 'draft'],
  ])('of an offer that is %s leaves it %s, at the same version', async (state, expected) => {
    const { id } = await create({ stock: 10 });
    await inState(id, state);
    expect(await change(id, { stock: 12 })).toMatchObject({ state: expected, termsVersion: 1, units: { stock: 12 }, terms: { stock: 12 } });
  });

  test('that stays the same moves nothing, not even a refused offer', async () => {
    const { id } = await create({ stock: 10 });
    await inState(id, 'refused');
    expect(await change(id, { stock: 10 })).toMatchObject({ state: 'refused', termsVersion: 1 });
  });

  test('goes down to what is taken and promised, and not one below', async () => {
    const { id } = await publish(rooms, partnerId, draftOf({ stock: 9 }));
    await takeUnits(rooms.db, id, { held: 2, redeemed: 3 });
    expect((await refusalOf(change(id, { stock: 4 })))?.code).toBe('stock_below_redeemed');
    expect(await change(id, { stock: 5 })).toMatchObject({ units: { stock: 5, held: 2, redeemed: 3 } });
  });
});

describe('more units of an offer with a pool', () => {
  test('are promised only as far as there are free codes, and the refusal counts them', async () => {
    const { id } = await publish(rooms, partnerId, draftOf({ codes: 'pool', stock: 5 }));
    await withCodes(id, 8);
    await takeUnits(rooms.db, id, { redeemed: 2 });
    await giveOutCodes(rooms.db, id, 2);
    const refused = await refusalOf(change(id, { stock: 9 }));
    expect([refused?.code, refused?.extras.detail]).toEqual([
      'checks_failed',
      { vi: 'Kho mã còn 6 mã, cần ít nhất 7.', en: 'The pool has 6 free codes, at least 7 are needed.' },
    ]);
    expect(refused?.extras.fields).toEqual([expect.objectContaining({ path: 'codes', code: 'OFR-104' })]);
    expect(await change(id, { stock: 8 })).toMatchObject({ units: { stock: 8 }, state: 'published' });
  });

  test('need no codes in a draft, which is counted when it is submitted, nor when they become fewer', async () => {
    const { id: draft } = await create({ codes: 'pool', stock: 5 });
    expect(await change(draft, { stock: 500 })).toMatchObject({ units: { stock: 500 } });
    const { id: live } = await publish(rooms, partnerId, draftOf({ codes: 'pool', stock: 5 }));
    expect(await change(live, { stock: 4 })).toMatchObject({ units: { stock: 4 } });
  });
});

describe('a budget', () => {
  test('goes down to what is spent, and not one đồng below', async () => {
    const { id } = await create({ budgetMinor: 1_000_000 });
    await owner.query('UPDATE chung.offer_stock SET spent_minor = 400000 WHERE offer_id = $1', [id]);
    expect((await refusalOf(change(id, { budgetMinor: 399_999 })))?.code).toBe('budget_below_spent');
    expect(await change(id, { budgetMinor: 400_000 })).toMatchObject({ terms: { budgetMinor: 400_000 }, termsVersion: 2 });
  });
});

describe('a pool', () => {
  const adding = (offerId: OfferId, count: number) =>
    refusalOf(requirePool(rooms.db, rooms.partners, { partnerId, offerId, adding: count }));

  test('takes codes up to its limit of free ones, and not one more', async () => {
    const { id } = await create({ codes: 'pool' });
    await withCodes(id, POOL_MAX - 10 + 7);
    await giveOutCodes(rooms.db, id, 7);
    expect(await adding(id, 10)).toBeNull();
    expect(await adding(id, 11)).toMatchObject({ code: 'wrong_state', extras: { detail: { en: expect.stringContaining('25 million') } } });
  });

  test('of an offer that has none, has ended, or is another partner’s takes nothing', async () => {
    const { id: without } = await create();
    const { id: ended } = await create({ codes: 'pool' });
    await inState(ended, 'ended');
    expect([(await adding(without, 1))?.code, (await adding(ended, 1))?.code]).toEqual(['wrong_state', 'wrong_state']);
    const stranger = { partnerId: (await rooms.activePartner('stranger')).id, offerId: ended };
    expect((await refusalOf(requirePool(rooms.db, rooms.partners, stranger)))?.code).toBe('not_found');
  });

  test('of a partner that was stopped takes nothing, whatever its offer', async () => {
    const stopped = await rooms.activePartner('stopped');
    const { id: offerId } = await rooms.db.tx((tx) =>
      rooms.offers.create(tx, { partnerId: stopped.id, draft: draftOf({ codes: 'pool' }) }),
    );
    await rooms.db.tx((tx) => rooms.partners.decide(tx, { partnerId: stopped.id, decision: 'suspend', reason: '' }));
    expect((await refusalOf(requirePool(rooms.db, rooms.partners, { partnerId: stopped.id, offerId })))?.code).toBe('partner_not_active');
  });
});
