import type { EligibilityCondition } from '@chung/contracts';
import { expect, test } from 'vitest';
import { memberFacts, names } from '../../../../../test/harness/partner-rooms.ts';
import { ageInYears, evaluateEligibility, filterOf, isEligible, type MemberFacts } from './eligibility.ts';

const at = new Date('2026-11-22T10:00:00+07:00');
const evaluate = (all: EligibilityCondition[], facts = memberFacts()) => evaluateEligibility({ version: 1, all }, facts, { at, names });

test.each<[string, EligibilityCondition, Partial<MemberFacts>, Partial<MemberFacts>]>([
  ['verified', { fact: 'verified' }, {}, { verified: false }],
  ['province', { fact: 'province', in: ['01', '24'] }, { provinceCode: '24' }, { provinceCode: '79' }],
  ['unit', { fact: 'unit', within: ['HN'] }, { unitPath: ['TW', 'HN', 'HN-CG'] }, { unitPath: ['TW', 'BN'] }],
  ['age', { fact: 'age', atLeastYears: 16, belowYears: 31 }, { birthYear: 2010 }, { birthYear: 1995 }],
  ['age', { fact: 'age', atLeastYears: 16, belowYears: 31 }, { birthYear: 1996 }, { birthYear: 2011 }],
  ['role', { fact: 'role', in: ['secretary'] }, { role: 'secretary' }, { role: 'officer' }],
])('a %s condition holds for whom it names and for nobody else', (_fact, condition, inside, outside) => {
  expect(isEligible(evaluate([condition], memberFacts(inside)))).toBe(true);
  expect(isEligible(evaluate([condition], memberFacts(outside)))).toBe(false);
});

test.each<[EligibilityCondition, Partial<MemberFacts>]>([
  [{ fact: 'province', in: ['01'] }, { provinceCode: null }],
  [{ fact: 'unit', within: ['TW'] }, { unitPath: [] }],
  [{ fact: 'age', atLeastYears: 0, belowYears: 121 }, { birthYear: null }],
])('a fact that is not known never holds: %j', (condition, facts) => {
  expect(isEligible(evaluate([condition], memberFacts(facts)))).toBe(false);
});

test('a rule without conditions is for everyone and says so', () => {
  expect(evaluate([])).toEqual([
    { fact: 'everyone', holds: true, text: { vi: 'Dành cho mọi đoàn viên, thanh niên', en: 'For every member' } },
  ]);
});

test('reasons name provinces, cover every condition and say what is missing', () => {
  const reasons = evaluate([{ fact: 'verified' }, { fact: 'province', in: ['01', '24'] }], memberFacts({ verified: false }));
  expect(reasons.map((reason) => reason.holds)).toEqual([false, true]);
  expect(reasons[0]?.text.vi).toContain('chưa được xác thực');
  expect(reasons[1]?.text).toEqual({ vi: 'Dành cho đoàn viên ở Hà Nội, Bắc Ninh', en: 'For members in Hà Nội, Bắc Ninh' });
});

test('a long list is cut in words, not in effect', () => {
  const codes = Array.from({ length: 20 }, (_, index) => String(index + 10));
  const [reason] = evaluate([{ fact: 'province', in: codes }], memberFacts({ provinceCode: '29' }));
  expect(reason).toMatchObject({ holds: true });
  expect(reason?.text.vi).toContain('và 14 nơi khác');
});

test('the age is counted by the year in Vietnam, not by the host’s', () => {
  expect(ageInYears(2010, new Date('2026-12-31T16:59:59Z'))).toBe(16);
  expect(ageInYears(2010, new Date('2026-12-31T17:00:00Z'))).toBe(17);
});

test('the columns for SQL never leave out someone the rule lets in', () => {
  const all: EligibilityCondition[] = [
    { fact: 'province', in: ['01', '24'] },
    { fact: 'province', in: ['24', '79'] },
    { fact: 'age', atLeastYears: 16, belowYears: 40 },
    { fact: 'age', atLeastYears: 18, belowYears: 31 },
    { fact: 'unit', within: ['HN'] },
    { fact: 'unit', within: ['HN-CG'] },
  ];
  expect(filterOf({ eligibility: { version: 1, all } })).toEqual({
    verifiedOnly: false,
    provinceCodes: ['24'],
    unitCodes: ['HN'],
    roles: null,
    atLeastYears: 18,
    belowYears: 31,
  });
});

const manyUnits = Array.from({ length: 9 }, (_, index) => `U${index}`);
test.each<[string, EligibilityCondition, Partial<MemberFacts>, { vi: string; en: string }]>([
  ['verified', { fact: 'verified' }, {}, { vi: 'Bạn là đoàn viên đã xác thực', en: 'You are a verified member' }],
  [
    'not verified',
    { fact: 'verified' },
    { verified: false },
    {
      vi: 'Chỉ dành cho đoàn viên đã xác thực; hồ sơ của bạn chưa được xác thực',
      en: 'For verified members only; your membership is not verified yet',
    },
  ],
  [
    'a province',
    { fact: 'province', in: ['79'] },
    {},
    { vi: 'Dành cho đoàn viên ở TP. Hồ Chí Minh', en: 'For members in TP. Hồ Chí Minh' },
  ],
  ['a province without a name', { fact: 'province', in: ['99'] }, {}, { vi: 'Dành cho đoàn viên ở 99', en: 'For members in 99' }],
  ['a unit', { fact: 'unit', within: ['HN'] }, {}, { vi: 'Dành cho đoàn viên thuộc HN', en: 'For members of HN' }],
  [
    'many units',
    { fact: 'unit', within: manyUnits },
    {},
    { vi: 'Dành cho đoàn viên thuộc U0, U1, U2, U3, U4, U5 và 3 nơi khác', en: 'For members of U0, U1, U2, U3, U4, U5 and 3 more' },
  ],
  [
    'an age',
    { fact: 'age', atLeastYears: 16, belowYears: 31 },
    {},
    { vi: 'Dành cho đoàn viên từ 16 đến dưới 31 tuổi', en: 'For members aged 16 to 30' },
  ],
  [
    'an age from',
    { fact: 'age', atLeastYears: 18, belowYears: 121 },
    {},
    { vi: 'Dành cho đoàn viên từ 18 tuổi', en: 'For members aged 18 and over' },
  ],
  [
    'an age below',
    { fact: 'age', atLeastYears: 0, belowYears: 18 },
    {},
    { vi: 'Dành cho đoàn viên dưới 18 tuổi', en: 'For members under 18' },
  ],
  ['one age', { fact: 'age', atLeastYears: 18, belowYears: 19 }, {}, { vi: 'Dành cho đoàn viên 18 tuổi', en: 'For members aged 18' }],
  ['a role', { fact: 'role', in: ['officer', 'secretary'] }, {}, { vi: 'Dành cho cán bộ Đoàn, bí thư', en: 'For officers, secretaries' }],
])('%s is said in a sentence of each language', (_what, condition, facts, text) => {
  expect(evaluate([condition], memberFacts(facts))[0]?.text).toEqual(text);
});

test.each(['2025-12-31T16:59:59.999Z', '2025-12-31T23:59:59.999+07:00'])(
  'at %s the old year still counts, for both ends of an age',
  (instant) => {
    const all: EligibilityCondition[] = [{ fact: 'age', atLeastYears: 16, belowYears: 31 }];
    const holds = (birthYear: number, moment: Date) =>
      isEligible(evaluateEligibility({ version: 1, all }, memberFacts({ birthYear }), { at: moment, names }));
    const [before, after] = [new Date(instant), new Date(Date.parse(instant) + 1)];
    expect([holds(2010, before), holds(2010, after)]).toEqual([false, true]);
    expect([holds(1995, before), holds(1995, after)]).toEqual([true, false]);
  },
);
