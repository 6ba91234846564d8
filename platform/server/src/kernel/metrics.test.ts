import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

const linesOf = async (metrics: ReturnType<typeof createMetrics>, name: string) =>
  (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

test('a request counts in its own operation and status, and in every bucket that it fits', async () => {
  const metrics = createMetrics();
  metrics.observe({ operation: 'offers.list', status: 200, seconds: 0.02 });
  metrics.observe({ operation: 'offers.list', status: 200, seconds: 3 });
  metrics.observe({ operation: 'offers.list', status: 503, seconds: 0.001 });
  expect(await linesOf(metrics, 'chung_http_request_duration_seconds_count')).toEqual([
    'chung_http_request_duration_seconds_count{operation="offers.list",status="200"} 2',
    'chung_http_request_duration_seconds_count{operation="offers.list",status="503"} 1',
  ]);
  const buckets = await linesOf(metrics, 'chung_http_request_duration_seconds_bucket');
  const within = (le: string) =>
    buckets
      .find((line) => line.includes(`le="${le}"`) && line.includes('status="200"'))
      ?.split(' ')
      .at(-1);
  expect([within('0.01'), within('0.025'), within('2.5'), within('10'), within('+Inf')]).toEqual(['0', '1', '1', '2', '2']);
});

test('problems are counted by their code', async () => {
  const metrics = createMetrics();
  for (const code of ['not_found', 'not_found', 'sold_out']) metrics.countProblem(code);
  expect(await linesOf(metrics, 'chung_problems_total')).toEqual([
    'chung_problems_total{code="not_found"} 2',
    'chung_problems_total{code="sold_out"} 1',
  ]);
});

test('a figure that is watched is asked for at each scrape, and not before', async () => {
  const metrics = createMetrics();
  const line = { length: 3, asked: 0 };
  const read = () => {
    line.asked++;
    return line.length;
  };
  metrics.watch({ name: 'chung_waiting', help: 'Waiting', read });
  expect(line.asked).toBe(0);
  expect(await linesOf(metrics, 'chung_waiting')).toEqual(['chung_waiting 3']);
  line.length = 8;
  expect(await linesOf(metrics, 'chung_waiting')).toEqual(['chung_waiting 8']);
});

test('two platforms in one process count apart, and one platform watches a name once', async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.countProblem('not_found');
  expect(await linesOf(two, 'chung_problems_total')).toEqual([]);
  one.watch({ name: 'chung_twice', help: 'x', read: () => 1 });
  expect(() => one.watch({ name: 'chung_twice', help: 'x', read: () => 2 })).toThrow(/chung_twice/);
});
