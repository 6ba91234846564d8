import type { EligibilityCondition, EligibilityReason } from '@chung/contracts';
import type { FakeMember } from './fixtures.ts';

/** Why an offer is, or is not, for a member: one line a condition, as the platform answers it. */
export function reasonsFor(member: FakeMember, conditions: readonly EligibilityCondition[], now: Date): EligibilityReason[] {
  return conditions.map((condition) => ({
    fact: condition.fact,
    holds: holds(condition, member, now),
    text: { vi: `Điều kiện: ${condition.fact}`, en: `Condition: ${condition.fact}` },
  }));
}

function holds(condition: EligibilityCondition, { membership, age }: FakeMember, now: Date): boolean {
  switch (condition.fact) {
    case 'verified':
      return membership.verified;
    case 'province':
      return membership.province !== null && condition.in.includes(membership.province.code);
    case 'unit':
      return membership.unit !== null && condition.within.includes(membership.unit.code);
    case 'role':
      return condition.in.includes(membership.role);
    case 'age': {
      // Of the birth year alone, as the platform's scope gives it.
      const years = now.getUTCFullYear() - age.birthYear;
      return years >= condition.atLeastYears && years < condition.belowYears;
    }
  }
}
