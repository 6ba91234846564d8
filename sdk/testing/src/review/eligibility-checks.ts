import type { EligibilityCondition, Finding, OfferDraft } from '@chung/contracts';
import { PROVINCES } from '../provinces.ts';
import { error } from './finding.ts';

/** OFR-112, OFR-113: a rule that lets nobody in looks like an offer and is none. */
export function checkEligibility({ terms }: { terms: Pick<OfferDraft, 'eligibility'> }): Finding[] {
  const { all } = terms.eligibility;
  const single = all.flatMap((condition, index) => checkCondition(condition, `eligibility.all.${index}`));
  // A condition that nobody meets by itself is told once, not again as part of a contradiction.
  return single.length > 0 ? single : checkTogether(all);
}

function checkCondition(condition: EligibilityCondition, path: string): Finding[] {
  if (condition.fact === 'age' && condition.atLeastYears >= condition.belowYears)
    return [error('OFR-112', path, { vi: 'Khoảng tuổi rỗng: không ai đáp ứng được.', en: 'The age range is empty: nobody can meet it.' })];
  if (condition.fact !== 'province') return [];
  const unknown = condition.in.filter((code) => !PROVINCES.some((province) => province.code === code));
  if (unknown.length === 0) return [];
  return [
    error('OFR-113', `${path}.in`, {
      vi: `Không có tỉnh, thành mang mã ${unknown.join(', ')}.`,
      en: `No province has the code ${unknown.join(', ')}.`,
    }),
  ];
}

/** Two conditions on one fact, each of which someone meets and both of which nobody does. */
function checkTogether(all: readonly EligibilityCondition[]): Finding[] {
  const provinces = all.flatMap((condition) => (condition.fact === 'province' ? [condition.in] : []));
  const roles = all.flatMap((condition) => (condition.fact === 'role' ? [condition.in] : []));
  const ages = all.flatMap((condition) => (condition.fact === 'age' ? [condition] : []));
  const isEmpty =
    areDisjoint(provinces) ||
    areDisjoint(roles) ||
    Math.max(...ages.map((age) => age.atLeastYears)) >= Math.min(...ages.map((age) => age.belowYears));
  if (!isEmpty) return [];
  return [
    error('OFR-112', 'eligibility.all', {
      vi: 'Các điều kiện loại trừ nhau: không ai đáp ứng được tất cả.',
      en: 'The conditions exclude each other: nobody can meet them all.',
    }),
  ];
}

function areDisjoint<Item>(lists: readonly (readonly Item[])[]): boolean {
  const [first, ...others] = lists;
  return first !== undefined && !first.some((item) => others.every((list) => list.includes(item)));
}
