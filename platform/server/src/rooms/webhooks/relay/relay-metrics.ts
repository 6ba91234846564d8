import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { AttemptRecord, StoredEvent } from '../delivery.ts';

export interface RelayMetrics {
  tried(outcome: { attempt: AttemptRecord; event: StoredEvent }): void;
  lanes(count: number): void;
  wrote(seconds: number): void;
}

/** Labels are few and fixed: an endpoint's id would grow the list with every partner; the delivery log has it. */
export function createRelayMetrics(registry: Registry): RelayMetrics {
  const registers = [registry];
  const tries = new Counter({
    name: 'chung_webhook_tries_total',
    help: 'Tries to deliver an event, by outcome and cause',
    labelNames: ['outcome', 'cause'],
    registers,
  });
  const delay = new Histogram({
    name: 'chung_webhook_delay_seconds',
    help: 'From the event to its delivery at the first try',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 600],
    registers,
  });
  const open = new Gauge({ name: 'chung_webhook_lanes', help: 'Endpoints and replays this process delivers to', registers });
  const writes = new Histogram({
    name: 'chung_webhook_write_seconds',
    help: 'Time to write the outcomes of many tries at once',
    buckets: [0.005, 0.02, 0.1, 0.5, 2],
    registers,
  });
  return {
    tried: ({ attempt, event }) => {
      tries.inc({ outcome: attempt.delivered ? 'delivered' : 'failed', cause: attempt.cause });
      if (attempt.delivered && attempt.attempt === 1 && attempt.cause === 'event')
        delay.observe(Math.max(0, (attempt.at.getTime() - event.occurredAt.getTime()) / 1000));
    },
    lanes: (count) => open.set(count),
    wrote: (seconds) => writes.observe(seconds),
  };
}
