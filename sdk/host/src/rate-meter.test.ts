import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rateMeter } from './rate-meter.ts';

test('no second holds more than the rate and a tenth, whatever the rhythm', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 300 }), (pauses) => {
      let now = 0;
      const within = rateMeter(20, () => now);
      const passed: number[] = [];
      for (const pause of pauses) {
        now += pause;
        // Over the rate the bridge is cut: nothing is counted after that.
        if (!within()) return;
        passed.push(now);
      }
      for (const from of passed) expect(passed.filter((time) => time >= from && time < from + 900).length).toBeLessThanOrEqual(20);
    }),
  );
});
