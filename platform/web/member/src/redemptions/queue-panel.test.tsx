import type { Draw, MemberOffer, QueueEntry } from '@chung/contracts';
import { refusal, type StandIn, screen, startStandIn, stopClockAt, waitFor, within } from '@chung/ui/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { offer, offerId, redemption } from '../../testing/things.ts';
import { visitMember } from '../../testing/visit-member.tsx';
import { hasQueue, lookAgainMs } from './use-queue.ts';

const WAITING_LIST = { mode: 'first_come', waitingList: 'on', acceptMinutes: 30 } as const;
const LOTTERY = {
  mode: 'lottery',
  entriesFrom: '2026-11-20T00:00:00+07:00',
  entriesUntil: '2026-11-25T00:00:00+07:00',
  acceptMinutes: 60,
} as const;
const NOW = '2026-11-22T03:00:00Z';

const entry = (change: Partial<QueueEntry> = {}): QueueEntry => ({
  offerId: offerId(),
  state: 'WAITING',
  joinedAt: NOW,
  place: 4,
  promisedUntil: null,
  ticket: null,
  rank: null,
  ...change,
});

const draw = (change: Partial<Draw> = {}): Draw => ({
  offerId: offerId(),
  algorithm: 'chung-draw-v1',
  state: 'OPEN',
  commitment: 'a'.repeat(64),
  entriesFrom: LOTTERY.entriesFrom,
  entriesUntil: LOTTERY.entriesUntil,
  digest: null,
  tickets: null,
  seed: null,
  units: null,
  committedAt: NOW,
  closedAt: null,
  drawnAt: null,
  ...change,
});

let platform: StandIn;
beforeEach(() => {
  platform = startStandIn();
  platform.answer('offers.queue.get', refusal('not_found'));
  platform.answer('draws.get', draw());
});

async function visit(shown: Partial<MemberOffer>, mine: QueueEntry | null = null, now = NOW, language?: 'en') {
  stopClockAt(now);
  platform.answer(
    'offers.get',
    offer({ window: { startsAt: '2026-11-01T00:00:00+07:00', endsAt: '2026-12-31T00:00:00+07:00' }, ...shown }),
  );
  if (mine) platform.answer('offers.queue.get', mine);
  return visitMember(`/offers/${offerId()}`, language);
}
const soldOut = { soldOut: true, allocation: WAITING_LIST };

describe('a sold-out offer with a waiting list', () => {
  it('is joined with one tap, and the place is told', async () => {
    platform.answer('offers.queue.join', entry({ place: 12 }));
    const { user } = await visit(soldOut);
    expect(await screen.findByText('Ưu đãi này đã hết lượt')).toBeTruthy();
    platform.answer('offers.queue.get', entry({ place: 12 }));
    await user.click(screen.getByRole('button', { name: 'Vào danh sách chờ' }));
    expect(await screen.findByText('Bạn đang ở vị trí thứ 12')).toBeTruthy();
    expect(platform.askedFor('offers.queue.join')[0]?.params).toEqual({ offerId: offerId() });
  });

  it.each([
    [1, 'Bạn là người kế tiếp'],
    [2, 'Bạn đang ở vị trí thứ 2'],
    [10_000, 'Bạn đang ở vị trí thứ 10.000'],
    [10_001, 'Hơn 10.000 người đang chờ trước bạn'],
  ])('tells place %i in words', async (place, words) => {
    await visit(soldOut, entry({ place }));
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Nhận ưu đãi' })).toBeNull();
  });

  it('gives the claim to who is next, until when it is kept', async () => {
    platform.answer('offers.claim', redemption());
    const { user } = await visit(soldOut, entry({ state: 'PROMISED', place: null, promisedUntil: '2026-11-22T03:30:00Z' }));
    expect(await screen.findByText('Đến lượt bạn!')).toBeTruthy();
    expect(screen.getByText('Giữ cho bạn đến 10:30, 22/11/2026 (còn 30:00).')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Nhận ưu đãi' }));
    await user.click(screen.getByRole('button', { name: 'Nhận ngay' }));
    expect(await screen.findByRole('dialog', { name: 'Bạn đã nhận ưu đãi' })).toBeTruthy();
  });

  it('asks before a place is given up, and keeps it when the answer is no', async () => {
    platform.answer('offers.queue.leave', undefined);
    const { user } = await visit(soldOut, entry());
    await user.click(await screen.findByRole('button', { name: 'Rời hàng chờ' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Ở lại' }));
    expect(platform.askedFor('offers.queue.leave')).toHaveLength(0);
    await user.click(screen.getByRole('button', { name: 'Rời hàng chờ' }));
    await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Rời hàng chờ' }));
    await waitFor(() => expect(platform.askedFor('offers.queue.leave')).toHaveLength(1));
  });

  it('offers the end of the line to who missed the turn', async () => {
    await visit(soldOut, entry({ state: 'LAPSED', place: null }));
    expect(await screen.findByText('Lượt giữ cho bạn đã qua')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Vào danh sách chờ' })).toBeTruthy();
  });

  it('says why joining was refused, and asks for the offer anew', async () => {
    platform.answer('offers.queue.join', refusal('offer_not_sold_out'));
    const { user } = await visit(soldOut);
    await user.click(await screen.findByRole('button', { name: 'Vào danh sách chờ' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Ưu đãi vẫn còn lượt');
    await waitFor(() => expect(platform.askedFor('offers.get').length).toBeGreaterThan(1));
  });

  it('tells a failure to read the place as one, and not as no place', async () => {
    platform.answer('offers.queue.get', refusal('internal'));
    await visit(soldOut);
    expect(await screen.findByRole('alert', {}, { timeout: 8_000 })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Vào danh sách chờ' })).toBeNull();
  }, 12_000);

  it('is asked for nothing while units are left, or where there is no list', async () => {
    await visit({ allocation: WAITING_LIST });
    expect(await screen.findByRole('button', { name: 'Nhận ưu đãi' })).toBeTruthy();
    expect(platform.askedFor('offers.queue.get')).toHaveLength(0);
    expect(hasQueue(offer({ soldOut: true }))).toBe(false);
  });
});

describe('a lottery', () => {
  const lottery = { allocation: LOTTERY };

  it('before its entries says when they open, and claims nothing', async () => {
    await visit(lottery, null, '2026-11-19T16:59:00Z');
    expect(await screen.findByText('Mở đăng ký từ 00:00, 20/11/2026')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Nhận ưu đãi' })).toBeNull();
  });

  it('is entered with one tap, with the time of the draw', async () => {
    platform.answer('offers.queue.join', entry({ state: 'ENTERED', place: null, ticket: 't' }));
    const { user } = await visit(lottery);
    await user.click(await screen.findByRole('button', { name: 'Đăng ký bốc thăm' }));
    await waitFor(() => expect(platform.askedFor('offers.queue.join')).toHaveLength(1));
  });

  it.each<[Partial<QueueEntry>, string, string]>([
    [{ state: 'ENTERED', place: null }, NOW, 'Bạn đã đăng ký'],
    [{ state: 'ENTERED', place: null }, '2026-11-24T17:00:00Z', 'Đang bốc thăm…'],
    [{ state: 'WAITING', rank: 1_205, place: 3 }, '2026-11-24T18:00:00Z', 'Bạn xếp thứ 1.205 khi bốc thăm'],
    [
      { state: 'PROMISED', rank: 2, place: null, promisedUntil: '2026-11-24T19:00:00Z' },
      '2026-11-24T18:00:00Z',
      'Chúc mừng, bạn đã trúng!',
    ],
    [{ state: 'LAPSED', rank: 2, place: null }, '2026-11-24T20:00:00Z', 'Lượt giữ cho bạn đã qua'],
    [{ state: 'CLOSED', rank: 9, place: null }, '2026-12-29T20:00:00Z', 'Lần này bạn chưa trúng'],
  ])('tells %o', async (change, now, words) => {
    await visit(lottery, entry(change), now);
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Nhận ưu đãi' }) !== null).toBe(change.state === 'PROMISED');
  });

  it('that is closed to who did not enter says so', async () => {
    await visit(lottery, null, '2026-11-24T17:00:00Z');
    expect(await screen.findByText('Đã đóng đăng ký')).toBeTruthy();
  });

  it('shows the commitment from the first day, and what comes later as such', async () => {
    await visit(lottery, null, NOW, 'en');
    expect(await screen.findByText('a'.repeat(64))).toBeTruthy();
    expect(screen.getAllByText('Published later')).toHaveLength(2);
    expect(screen.queryByRole('button', { name: 'Check it on this device' })).toBeNull();
  });

  it('is recomputed on the device, and a draw that does not fit is called so', async () => {
    const drawn = {
      state: 'DRAWN',
      seed: 'b'.repeat(64),
      digest: 'c'.repeat(64),
      tickets: 1,
      units: 1,
      drawnAt: NOW,
      closedAt: NOW,
    } as const;
    platform.answer('draws.get', draw(drawn));
    platform.answer('draws.tickets.list', { items: [{ ticket: 'one', rank: 1 }], nextCursor: null });
    const { user } = await visit(lottery, null, '2026-11-24T20:00:00Z', 'en');
    await user.click(await screen.findByRole('button', { name: 'Check it on this device' }));
    expect((await screen.findByText(/does not fit/)).textContent).toContain('commitment, digest');
  });
});

describe('when the place is looked up again', () => {
  const now = Date.parse(NOW);
  const list = offer({ allocation: WAITING_LIST });
  const drawn = offer({ allocation: LOTTERY });

  it.each<[string, MemberOffer, Partial<QueueEntry>, number | false]>([
    ['every quarter of a minute in line', list, {}, 15_000],
    ['right after a promise ran out', list, { state: 'PROMISED', promisedUntil: '2026-11-22T03:00:10Z' }, 13_000],
    ['right after the draw, an hour at most', drawn, { state: 'ENTERED' }, 3_600_000],
    ['soon when it is overdue', list, { state: 'PROMISED', promisedUntil: '2026-11-22T02:00:00Z' }, 3_000],
    ['never once it is over', list, { state: 'TAKEN' }, false],
  ])('%s', (_, of, change, expected) => expect(lookAgainMs(entry(change), of, now)).toBe(expected));

  it('never for who is not in line', () => expect(lookAgainMs(null, list, now)).toBe(false));
});
