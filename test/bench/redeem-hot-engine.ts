import type { Bench } from './lib/bench.ts';
import { measureEngine } from './lib/engine.ts';
import { REFERENCE } from './lib/redeem.ts';

export const bench: Bench = {
  name: 'redeem-hot-engine',
  what: 'durable claims a second on one offer through the use case, in process',
  reference: REFERENCE.hot,
  bars: [{ figure: 'ratio', better: 'more', must: 8, goal: 12 }],
  run: (context) => measureEngine(context, 'hot'),
};
