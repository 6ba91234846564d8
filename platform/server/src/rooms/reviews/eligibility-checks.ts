import type { EligibilityCondition, Finding, OfferDraft } from '@chung/contracts';
import { errorOf } from './finding.ts';

interface Checked {
  readonly terms: Pick<OfferDraft, 'eligibility'>;
  readonly knowsProvince: (code: string) => boolean;
}

/** OFR-112, OFR-113: a rule that lets nobody in looks like an offer and is none. */
export function checkEligibility(offer: Checked): Finding[] {
  const single = offer.terms.eligibility.all.flatMap((condition, index) => checkCondition(offer, condition, `eligibility.all.${index}`));
  // A condition that nobody meets by itself is told once, not again as part of a contradiction.
  return single.length > 0 ? single : checkTogether(offer.terms.eligibility.all);
}

function checkCondition({ knowsProvince }: Checked, condition: EligibilityCondition, path: string): Finding[] {
  if (condition.fact === 'age' && condition.atLeastYears >= condition.belowYears)
    return [
      errorOf('OFR-112', path, { vi: 'Khoảng tuổi rỗng: không ai đáp ứng được.', en: 'The age range is empty: nobody can meet it.' }),
    ];
  if (condition.fact !== 'province') return [];
  const unknown = condition.in.filter((code) => !knowsProvince(code));
  if (unknown.length === 0) return [];
  return [
    errorOf('OFR-113', `${path}.in`, {
      vi: `Không có tỉnh, thành mang mã ${unknown.join(', ')}.`,
      en: `No province has the code ${unknown.join(', ')}.`,
    }),
  ];
}

/** Two conditions on one fact, each of which someone meets and both of which nobody does. Units meet in a tree and are left to the reviewer. */
function checkTogether(all: readonly EligibilityCondition[]): Finding[] {
  const provinces = all.flatMap((condition) => (condition.fact === 'province' ? [condition.in] : []));
  const roles = all.flatMap((condition) => (condition.fact === 'role' ? [condition.in] : []));
  const ages = all.flatMap((condition) => (condition.fact === 'age' ? [condition] : []));
  const empty =
    haveNothingInCommon(provinces) ||
    haveNothingInCommon(roles) ||
    Math.max(...ages.map((age) => age.atLeastYears)) >= Math.min(...ages.map((age) => age.belowYears));
  if (!empty) return [];
  return [
    errorOf('OFR-112', 'eligibility.all', {
      vi: 'Các điều kiện loại trừ nhau: không ai đáp ứng được tất cả.',
      en: 'The conditions exclude each other: nobody can meet them all.',
    }),
  ];
}

function haveNothingInCommon<Item>(lists: readonly (readonly Item[])[]): boolean {
  const [first, ...others] = lists;
  return first !== undefined && !first.some((item) => others.every((list) => list.includes(item)));
}
