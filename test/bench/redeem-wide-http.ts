import type { Bench } from './lib/bench.ts';
import { measureHttp } from './lib/http.ts';
import { REFERENCE } from './lib/redeem.ts';

export const bench: Bench = {
  name: 'redeem-wide-http',
  what: 'claims a second over 1,000 offers over HTTP: session checked, body parsed, answer after the commit; 256 connections',
  reference: REFERENCE.wide,
  bars: [
    { figure: 'ratio', better: 'more', must: 0.5, goal: 1 },
    { figure: 'p99', better: 'less', must: 250, goal: null },
  ],
  run: (context) => measureHttp(context, 'wide'),
};
