import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  observe(request: { operation: string; status: number; seconds: number }): void;
  countProblem(code: string): void;
  /** A figure that is asked for when somebody scrapes. */
  watch(gauge: { name: string; help: string; read: () => number }): void;
}

/** Prometheus metrics of one server process. Labels are operation ids and codes: bounded, and no personal data. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'chung_http_request_duration_seconds',
    help: 'Time to answer, by operation and status',
    labelNames: ['operation', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const problems = new Counter({
    name: 'chung_problems_total',
    help: 'Problem documents sent, by code',
    labelNames: ['code'],
    registers: [registry],
  });
  return {
    registry,
    observe: ({ operation, status, seconds }) => duration.observe({ operation, status }, seconds),
    countProblem: (code) => problems.inc({ code }),
    watch: ({ name, help, read }) => {
      const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
    },
  };
}
