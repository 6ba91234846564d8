import { expect, test } from 'vitest';
import { allowedEnds } from './orders.ts';

test('of two cancellations one works and one is told what stands, in either order: two ends', () => {
  const ends = allowedEnds([
    { kind: 'cancel', target: 0 },
    { kind: 'cancel', target: 0 },
  ]);
  expect(ends.size).toBe(2);
  for (const end of ends) expect(end).toContain('"RELEASED"');
  expect([...ends].every((end) => end.includes('wrong_state') && end.includes('done'))).toBe(true);
});

test('a confirmation and a cancellation end in one of two states, never in both', () => {
  const ends = [
    ...allowedEnds([
      { kind: 'confirm', target: 0 },
      { kind: 'cancel', target: 0 },
    ]),
  ];
  expect(ends).toHaveLength(2);
  expect(ends.filter((end) => end.includes('"state":"REDEEMED"'))).toHaveLength(1);
  expect(ends.filter((end) => end.includes('"state":"RELEASED"'))).toHaveLength(1);
});
