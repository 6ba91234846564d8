// Whom an offer is for, fact by fact, and that the fake platform says it as the platform does, to anybody at any time.
import type { EligibilityCondition } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluateEligibility } from '../../../platform/server/src/rooms/offers/eligibility.ts';
import { isEligible, reasonsFor } from './eligibility.ts';
import { type FakeMember, MEMBERS } from './fixtures.ts';
import { PROVINCES } from './provinces.ts';

const NOW = new Date('2026-11-22T13:00:00Z');
const { lan, minh, hoa } = MEMBERS;
const reasonOf = (member: FakeMember, condition: EligibilityCondition, at = NOW) => {
  const [reason] = reasonsFor(member, [condition], at);
  if (!reason) throw new Error('a condition has a reason');
  return reason;
};
const holds = (member: FakeMember, condition: EligibilityCondition, at = NOW) => reasonOf(member, condition, at).holds;
const bornIn = (birthYear: number): FakeMember => ({ ...lan, age: { birthYear } });
const inUnit = (code: string): FakeMember => ({ ...lan, membership: { ...lan.membership, unit: { code, name: code } } });
const aged = (atLeastYears: number, belowYears: number): EligibilityCondition => ({ fact: 'age', atLeastYears, belowYears });

describe('a condition', () => {
  test.each<[string, EligibilityCondition, boolean[]]>([
    ['of being verified', { fact: 'verified' }, [true, true, false]],
    ['on provinces', { fact: 'province', in: ['79', '48'] }, [false, true, false]],
    ['on a unit', { fact: 'unit', within: ['HN-CG-01'] }, [true, false, false]],
    ['on a unit far above', { fact: 'unit', within: ['DN'] }, [false, true, false]],
    ['on several units', { fact: 'unit', within: ['HN', 'DN-HC'] }, [true, true, false]],
    ['on a role', { fact: 'role', in: ['officer', 'secretary'] }, [true, false, false]],
    ['on the role that everybody has at first', { fact: 'role', in: ['member'] }, [false, true, true]],
    ['on an age', aged(18, 26), [false, true, true]],
  ])('%s is met by whom it is for', (_what, condition, expected) => {
    expect([lan, minh, hoa].map((member) => holds(member, condition))).toEqual(expected);
  });

  test('on a unit is not met by another whose code begins alike', () => {
    const within: EligibilityCondition = { fact: 'unit', within: ['HN-CG'] };
    expect(['HN-CG', 'HN-CG-01', 'HN-CGX', 'HN', 'HN-C'].map((code) => holds(inUnit(code), within))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('on an age counts years of the calendar, and the year turns at midnight in Vietnam', () => {
    expect([2008, 2009].map((year) => holds(bornIn(year), aged(18, 30)))).toEqual([true, false]);
    expect([1996, 1997].map((year) => holds(bornIn(year), aged(18, 30)))).toEqual([false, true]);
    expect(holds(bornIn(2009), aged(18, 30), new Date('2026-12-31T16:59:59.999Z'))).toBe(false);
    expect(holds(bornIn(2009), aged(18, 30), new Date('2026-12-31T17:00:00Z'))).toBe(true);
  });

  test('that nothing is known for is not met', () => {
    for (const condition of [
      { fact: 'province', in: ['01'] },
      { fact: 'unit', within: ['HN'] },
    ] satisfies EligibilityCondition[])
      expect(holds(hoa, condition)).toBe(false);
  });
});

describe('reasons', () => {
  test('of a rule without conditions are one, and it holds for anybody', () => {
    expect(reasonsFor(hoa, [], NOW)).toEqual([
      { fact: 'everyone', holds: true, text: { vi: 'Dành cho mọi đoàn viên, thanh niên', en: 'For every member' } },
    ]);
  });

  test('are all told, also behind one that does not hold', () => {
    const reasons = reasonsFor(hoa, [{ fact: 'verified' }, aged(18, 30), { fact: 'role', in: ['officer'] }], NOW);
    expect(reasons.map(({ fact, holds: isMet }) => [fact, isMet])).toEqual([
      ['verified', false],
      ['age', true],
      ['role', false],
    ]);
    expect(isEligible(reasons)).toBe(false);
    expect(isEligible(reasons.filter(({ fact }) => fact === 'age'))).toBe(true);
  });

  test.each<[EligibilityCondition, string, string]>([
    [aged(0, 18), 'Dành cho đoàn viên dưới 18 tuổi', 'For members under 18'],
    [aged(16, 121), 'Dành cho đoàn viên từ 16 tuổi', 'For members aged 16 and over'],
    [aged(16, 120), 'Dành cho đoàn viên từ 16 đến dưới 120 tuổi', 'For members aged 16 to 119'],
    [aged(20, 21), 'Dành cho đoàn viên 20 tuổi', 'For members aged 20'],
    [aged(20, 22), 'Dành cho đoàn viên từ 20 đến dưới 22 tuổi', 'For members aged 20 to 21'],
    [{ fact: 'province', in: ['01', '79'] }, 'Dành cho đoàn viên ở Hà Nội, TP. Hồ Chí Minh', 'For members in Hà Nội, TP. Hồ Chí Minh'],
    [{ fact: 'province', in: ['00'] }, 'Dành cho đoàn viên ở 00', 'For members in 00'],
    [{ fact: 'unit', within: ['HN-CG'] }, 'Dành cho đoàn viên thuộc HN-CG', 'For members of HN-CG'],
    [{ fact: 'role', in: ['officer', 'secretary'] }, 'Dành cho cán bộ Đoàn, bí thư', 'For officers, secretaries'],
    [
      { fact: 'unit', within: ['A', 'B', 'C', 'D', 'E', 'F'] },
      'Dành cho đoàn viên thuộc A, B, C, D, E, F',
      'For members of A, B, C, D, E, F',
    ],
    [
      { fact: 'unit', within: ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] },
      'Dành cho đoàn viên thuộc A, B, C, D, E, F và 2 nơi khác',
      'For members of A, B, C, D, E, F and 2 more',
    ],
  ])('read as sentences: %o', (condition, vi, en) => {
    expect(reasonOf(lan, condition).text).toEqual({ vi, en });
  });
});

const code = fc.constantFrom('HN', 'HN-CG', 'HN-CG-01', 'DN', 'DN-HC-02', 'HN-CGX');
const someone: fc.Arbitrary<FakeMember> = fc
  .record({
    verified: fc.boolean(),
    province: fc.option(fc.constantFrom(...PROVINCES)),
    unit: fc.option(code),
    role: fc.constantFrom('member', 'officer', 'secretary'),
    birthYear: fc.integer({ min: 1960, max: 2015 }),
  })
  .map(({ birthYear, unit, province, ...rest }) => ({
    ...lan,
    age: { birthYear },
    membership: { ...lan.membership, ...rest, province, unit: unit === null ? null : { code: unit, name: unit } },
  }));
const condition: fc.Arbitrary<EligibilityCondition> = fc.oneof(
  fc.constant({ fact: 'verified' as const }),
  fc.record({ fact: fc.constant('age' as const), atLeastYears: fc.nat({ max: 120 }), belowYears: fc.integer({ min: 1, max: 121 }) }),
  fc.record({
    fact: fc.constant('province' as const),
    in: fc.array(fc.constantFrom('01', '48', '79', '99', '12', '14', '15'), { minLength: 1, maxLength: 9 }),
  }),
  fc.record({ fact: fc.constant('unit' as const), within: fc.array(code, { minLength: 1, maxLength: 9 }) }),
  fc.record({
    fact: fc.constant('role' as const),
    in: fc.array(fc.constantFrom('member', 'officer', 'secretary'), { minLength: 1, maxLength: 3 }),
  }),
);

/** The unit and those above it, as the register has them; on the fake platform the code itself tells. */
const pathOf = (unit: string): string[] => unit.split('-').map((_, index, parts) => parts.slice(0, index + 1).join('-'));

test('anybody is told the same as on the platform, under any rule and at any time', () => {
  const at = fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
  const names = { province: (given: string) => PROVINCES.find((one) => one.code === given)?.name ?? null, unit: () => null };
  fc.assert(
    fc.property(someone, fc.array(condition, { maxLength: 5 }), at, (member, all, moment) => {
      const { verified, province, unit, role } = member.membership;
      const facts = {
        ...{ memberId: member.id, verified, role, birthYear: member.age.birthYear },
        provinceCode: province?.code ?? null,
        unitPath: unit ? pathOf(unit.code) : [],
      };
      expect(reasonsFor(member, all, moment)).toEqual(evaluateEligibility({ version: 1, all }, facts, { at: moment, names }));
    }),
    { numRuns: 500 },
  );
});
