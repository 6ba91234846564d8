import { z } from 'zod';
import { operation } from './operation.ts';
import { Draw, DrawTicket, QueueEntry } from './queue.ts';
import { OfferId, pageOf, pageQuery } from './values.ts';

const params = z.strictObject({ offerId: OfferId });

export const joinQueue = operation({
  id: 'offers.queue.join',
  method: 'POST',
  path: '/v1/offers/{offerId}/queue',
  actor: 'member',
  scope: 'redemptions:claim',
  params,
  body: z.strictObject({}),
  /** A repeat answers the entry there is: a member has one place in an offer's queue. */
  reply: QueueEntry,
  errors: ['not_found', 'not_eligible', 'offer_not_open', 'offer_not_sold_out', 'queue_closed', 'limit_reached'],
  title: { vi: 'Vào danh sách chờ hoặc đăng ký bốc thăm', en: 'Join a waiting list or enter a lottery' },
});

export const getQueueEntry = operation({
  id: 'offers.queue.get',
  method: 'GET',
  path: '/v1/offers/{offerId}/queue',
  actor: 'member',
  scope: 'redemptions:read',
  params,
  reply: QueueEntry,
  errors: ['not_found'],
  title: { vi: 'Xem chỗ của tôi trong hàng chờ', en: 'See my place in the queue' },
});

export const leaveQueue = operation({
  id: 'offers.queue.leave',
  method: 'DELETE',
  path: '/v1/offers/{offerId}/queue',
  actor: 'member',
  scope: 'redemptions:claim',
  params,
  status: 204,
  reply: z.undefined(),
  errors: ['not_found', 'wrong_state'],
  title: { vi: 'Rời hàng chờ', en: 'Leave the queue' },
});

export const getDraw = operation({
  id: 'draws.get',
  method: 'GET',
  path: '/v1/draws/{offerId}',
  actor: 'public',
  params,
  reply: Draw,
  errors: ['not_found'],
  title: { vi: 'Xem và kiểm chứng một lần bốc thăm', en: 'See and check a draw' },
});

/** More than elsewhere: whoever checks a draw reads the whole list. */
const TICKETS_A_PAGE = 5_000;

export const listDrawTickets = operation({
  id: 'draws.tickets.list',
  method: 'GET',
  path: '/v1/draws/{offerId}/tickets',
  actor: 'public',
  params,
  query: z.strictObject({ ...pageQuery, limit: z.coerce.number().int().min(1).max(TICKETS_A_PAGE).default(1_000) }),
  reply: pageOf(DrawTicket),
  errors: ['not_found', 'invalid_cursor', 'wrong_state'],
  title: { vi: 'Các phiếu của một lần bốc thăm', en: 'List the tickets of a draw' },
});

export const queueOperations = [joinQueue, getQueueEntry, leaveQueue, getDraw, listDrawTickets] as const;
