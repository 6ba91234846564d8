import type { Bench } from './lib/bench.ts';
import { measureHttp } from './lib/http.ts';
import { REFERENCE } from './lib/redeem.ts';

export const bench: Bench = {
  name: 'redeem-hot-http',
  what: 'claims a second on one offer over HTTP: session checked, body parsed, answer after the commit; 256 connections',
  reference: REFERENCE.hot,
  bars: [
    { figure: 'ratio', better: 'more', must: 2.5, goal: 5 },
    { figure: 'p99', better: 'less', must: 250, goal: null },
  ],
  run: (context) => measureHttp(context, 'hot'),
};
