import type { Bench } from './lib/bench.ts';
import { measureEngine } from './lib/engine.ts';
import { REFERENCE } from './lib/redeem.ts';

export const bench: Bench = {
  name: 'redeem-wide-engine',
  what: 'durable claims a second over 1,000 offers through the use case, in process',
  reference: REFERENCE.wide,
  bars: [{ figure: 'ratio', better: 'more', must: 1.5, goal: 2.2 }],
  run: (context) => measureEngine(context, 'wide'),
};
