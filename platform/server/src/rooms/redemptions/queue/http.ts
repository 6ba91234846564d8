import {
  getDraw,
  getQueueEntry,
  joinQueue as joinOperation,
  leaveQueue as leaveOperation,
  listDrawTickets as listTicketsOperation,
} from '@chung/contracts';
import { on, type Route } from '../../../kernel/route.ts';
import { joinQueue } from './join-queue.ts';
import { leaveQueue } from './leave-queue.ts';
import type { QueuePorts } from './queue-ports.ts';
import { listDrawTickets, readDraw } from './read-draw.ts';
import { readOwnEntry } from './read-queue.ts';

export const queueRoutes = (ports: QueuePorts): Route[] => [
  on(joinOperation, ({ principal, params }) => joinQueue(ports, principal, params.offerId)),
  on(getQueueEntry, ({ principal, params }) => readOwnEntry(ports, principal, params.offerId)),
  on(leaveOperation, ({ principal, params }) => leaveQueue(ports, principal, params.offerId)),
  on(getDraw, ({ params }) => readDraw(ports, params.offerId)),
  on(listTicketsOperation, ({ params, query }) => listDrawTickets(ports, params.offerId, query)),
];
