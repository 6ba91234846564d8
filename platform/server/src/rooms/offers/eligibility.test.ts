import type { EligibilityCondition } from '@chung/contracts';
import { expect, test } from 'vitest';
import { memberFacts, names } from '../../../../../test/harness/partner-rooms.ts';
import { ageInYears, evaluateEligibility, filterOf, isEligible } from './eligibility.ts';

const at = new Date('2026-11-22T10:00:00+07:00');
const evaluate = (all: EligibilityCondition[], facts = memberFacts()) => evaluateEligibility({ version: 1, all }, facts, { at, names });

test.each([
  ['verified', { fact: 'verified' }, {}, { verified: false }],
  ['province', { fact: 'province', in: ['01', '24'] }, { provinceCode: '24' }, { provinceCode: '79' }],
  ['unit', { fact: 'unit', within: ['HN'] }, { unitPath: ['TW', 'HN', 'HN-CG'] }, { unitPath: ['TW', 'BN'] }],
  ['age', { fact: 'age', atLeastYears: 16, belowYears: 31 }, { birthYear: 2010 }, { birthYear: 1995 }],
  ['age', { fact: 'age', atLeastYears: 16, belowYears: 31 }, { birthYear: 1996 }, { birthYear: 2011 }],
  ['role', { fact: 'role', in: ['secretary'] }, { role: 'secretary' }, { role: 'officer' }],
] as const)('a %s condition holds for whom it names and for nobody else', (_fact, condition, inside, outside) => {
  const rule = [structuredClone(condition) as EligibilityCondition];
  expect(isEligible(evaluate(rule, memberFacts(inside as object)))).toBe(true);
  expect(isEligible(evaluate(rule, memberFacts(outside as object)))).toBe(false);
});

test.each([
  [{ fact: 'province', in: ['01'] }, { provinceCode: null }],
  [{ fact: 'age', atLeastYears: 0, belowYears: 121 }, { birthYear: null }],
] as const)('a fact that is not known never holds: %j', (condition, facts) => {
  expect(isEligible(evaluate([structuredClone(condition) as EligibilityCondition], memberFacts(facts)))).toBe(false);
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
