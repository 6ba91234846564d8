import { describe, expect, it } from 'vitest';
import { presentationOf, renewInMs } from './presentation.ts';

const ARRIVED = Date.parse('2026-11-22T10:00:00Z');
const jws = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
const receipt = (presentation: string) => ({ receipt: 'r', presentation, presentationExpiresAt: '2026-11-22T10:01:00Z' });

describe('a presentation', () => {
  it('is good for its lifetime from arrival, however wrong the clock of the phone is', () => {
    const threeHoursAhead = jws({ iat: ARRIVED / 1000 + 10_800, exp: ARRIVED / 1000 + 10_860 });
    expect(presentationOf(receipt(threeHoursAhead), ARRIVED).goodUntil).toBe(ARRIVED + 60_000);
  });

  it('falls back to the printed end when the token does not tell', () => {
    for (const token of ['not-a-jws', jws({}), jws({ iat: 9, exp: 3 }), 'a.%%%.c'])
      expect(presentationOf(receipt(token), ARRIVED).goodUntil).toBe(ARRIVED + 60_000);
  });

  it('is renewed before it ends and never in a tight loop', () => {
    const presentation = presentationOf(receipt('x'), ARRIVED);
    expect(renewInMs(presentation, ARRIVED)).toBe(50_000);
    expect(renewInMs(presentation, ARRIVED + 3_600_000)).toBe(5_000);
  });
});
