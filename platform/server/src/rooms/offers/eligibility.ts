import type { EligibilityCondition, EligibilityReason, EligibilityRule, MemberId, OfferDraft } from '@chung/contracts';
import { assertUnreachable } from '../../kernel/errors.ts';

/** What a rule may ask about a member. The shape is the members room's, named here so that offers need not open it. */
export interface MemberFacts {
  readonly memberId: MemberId;
  readonly verified: boolean;
  /** Null where the register does not say; an unknown fact never satisfies a condition. */
  readonly provinceCode: string | null;
  /** Codes of the member's unit and all units above it. */
  readonly unitPath: readonly string[];
  readonly birthYear: number | null;
  readonly role: 'member' | 'officer' | 'secretary';
}

/** Names for codes, so that a reason reads as a sentence. Null for a code nobody knows. */
export interface PlaceNames {
  province(code: string): string | null;
  unit(code: string): string | null;
}

type Words = EligibilityReason['text'];
type RoleName = Extract<EligibilityCondition, { fact: 'role' }>['in'][number];

const ROLES: Readonly<Record<RoleName, Words>> = {
  member: { vi: 'đoàn viên', en: 'members' },
  officer: { vi: 'cán bộ Đoàn', en: 'officers' },
  secretary: { vi: 'bí thư', en: 'secretaries' },
};
const NAMES_SHOWN = 6;
const yearInMarket = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Ho_Chi_Minh', year: 'numeric' });

/** Age as Vietnam's registers count it, by calendar year: the register gives a birth year, not a birthday. */
export function ageInYears(birthYear: number, at: Date): number {
  return yearOf(at) - birthYear;
}

const MINUTE_MS = 60_000;
let known = { minute: Number.NaN, year: Number.NaN };

/** A year ends with a minute everywhere, so within one it is asked once: formatting a date for each age was half of a page. */
function yearOf(at: Date): number {
  const minute = Math.floor(at.getTime() / MINUTE_MS);
  if (known.minute !== minute) known = { minute, year: Number(yearInMarket.format(at)) };
  return known.year;
}

/** What a rule without conditions says of anybody. */
export const EVERYONE: EligibilityReason = {
  fact: 'everyone',
  holds: true,
  text: { vi: 'Dành cho mọi đoàn viên, thanh niên', en: 'For every member' },
};

/** Evaluates every condition, also after one that fails: the member is told all that is missing, not one thing at a time. */
export function evaluateEligibility(
  rule: EligibilityRule,
  facts: MemberFacts,
  { at, names }: { at: Date; names: PlaceNames },
): EligibilityReason[] {
  if (rule.all.length === 0) return [EVERYONE];
  return rule.all.map((condition) => {
    const holds = satisfies(condition, facts, at);
    return { fact: condition.fact, holds, text: words(condition, holds, names) };
  });
}

/** The rule alone, without the words: for many offers at once. */
export const meetsRule = (rule: EligibilityRule, facts: MemberFacts, at: Date): boolean =>
  rule.all.every((condition) => satisfies(condition, facts, at));

/** Whether the listing's columns let the member through, as the SQL of a page decides it. */
export function passesFilter(filter: EligibilityFilter, facts: MemberFacts, at: Date): boolean {
  const { provinceCode, birthYear } = facts;
  if (filter.verifiedOnly && !facts.verified) return false;
  if (filter.provinceCodes && (provinceCode === null || !filter.provinceCodes.includes(provinceCode))) return false;
  if (filter.unitCodes && !facts.unitPath.some((code) => filter.unitCodes?.includes(code))) return false;
  if (filter.roles && !filter.roles.includes(facts.role)) return false;
  if (filter.atLeastYears === null && filter.belowYears === null) return true;
  if (birthYear === null) return false;
  const age = ageInYears(birthYear, at);
  return (filter.atLeastYears === null || age >= filter.atLeastYears) && (filter.belowYears === null || age < filter.belowYears);
}

export const isEligible = (reasons: readonly EligibilityReason[]): boolean => reasons.every((reason) => reason.holds);

function satisfies(condition: EligibilityCondition, facts: MemberFacts, at: Date): boolean {
  switch (condition.fact) {
    case 'verified':
      return facts.verified;
    case 'province':
      return facts.provinceCode !== null && condition.in.includes(facts.provinceCode);
    case 'unit':
      return condition.within.some((code) => facts.unitPath.includes(code));
    case 'age': {
      if (facts.birthYear === null) return false;
      const age = ageInYears(facts.birthYear, at);
      return age >= condition.atLeastYears && age < condition.belowYears;
    }
    case 'role':
      return condition.in.includes(facts.role);
    default:
      return assertUnreachable(condition);
  }
}

function words(condition: EligibilityCondition, holds: boolean, names: PlaceNames): Words {
  switch (condition.fact) {
    case 'verified':
      return holds
        ? { vi: 'Bạn là đoàn viên đã xác thực', en: 'You are a verified member' }
        : {
            vi: 'Chỉ dành cho đoàn viên đã xác thực; hồ sơ của bạn chưa được xác thực',
            en: 'For verified members only; your membership is not verified yet',
          };
    case 'province': {
      const places = condition.in.map((code) => names.province(code) ?? code);
      return { vi: `Dành cho đoàn viên ở ${listed(places, 'vi')}`, en: `For members in ${listed(places, 'en')}` };
    }
    case 'unit': {
      const units = condition.within.map((code) => names.unit(code) ?? code);
      return { vi: `Dành cho đoàn viên thuộc ${listed(units, 'vi')}`, en: `For members of ${listed(units, 'en')}` };
    }
    case 'age':
      return ageWords(condition);
    case 'role': {
      const roles = condition.in.map((role) => ROLES[role]);
      return {
        vi: `Dành cho ${listed(
          roles.map((role) => role.vi),
          'vi',
        )}`,
        en: `For ${listed(
          roles.map((role) => role.en),
          'en',
        )}`,
      };
    }
    default:
      return assertUnreachable(condition);
  }
}

function ageWords({ atLeastYears, belowYears }: Extract<EligibilityCondition, { fact: 'age' }>): Words {
  if (belowYears > 120) return { vi: `Dành cho đoàn viên từ ${atLeastYears} tuổi`, en: `For members aged ${atLeastYears} and over` };
  if (atLeastYears === 0) return { vi: `Dành cho đoàn viên dưới ${belowYears} tuổi`, en: `For members under ${belowYears}` };
  if (belowYears === atLeastYears + 1) return { vi: `Dành cho đoàn viên ${atLeastYears} tuổi`, en: `For members aged ${atLeastYears}` };
  return {
    vi: `Dành cho đoàn viên từ ${atLeastYears} đến dưới ${belowYears} tuổi`,
    en: `For members aged ${atLeastYears} to ${belowYears - 1}`,
  };
}

// A rule may name 200 units; a reason is read on a phone.
function listed(items: readonly string[], language: keyof Words): string {
  const shown = items.slice(0, NAMES_SHOWN).join(', ');
  const rest = items.length - NAMES_SHOWN;
  if (rest <= 0) return shown;
  return language === 'vi' ? `${shown} và ${rest} nơi khác` : `${shown} and ${rest} more`;
}

/** The rule as columns for SQL: lets through at least everyone the rule lets through, and usually no one else. */
export interface EligibilityFilter {
  readonly verifiedOnly: boolean;
  readonly provinceCodes: readonly string[] | null;
  readonly unitCodes: readonly string[] | null;
  readonly roles: readonly string[] | null;
  readonly atLeastYears: number | null;
  readonly belowYears: number | null;
}

export function filterOf({ eligibility }: Pick<OfferDraft, 'eligibility'>): EligibilityFilter {
  const of = <Fact extends EligibilityCondition['fact']>(fact: Fact) =>
    eligibility.all.filter((condition): condition is Extract<EligibilityCondition, { fact: Fact }> => condition.fact === fact);
  const ages = of('age');
  return {
    verifiedOnly: of('verified').length > 0,
    provinceCodes: allowedBy(of('province').map((condition) => condition.in)),
    // Two unit conditions meet in a tree, not in a list: the first alone is wide enough, the exact rule decides.
    unitCodes: of('unit')[0]?.within ?? null,
    roles: allowedBy(of('role').map((condition) => condition.in)),
    atLeastYears: ages.length === 0 ? null : Math.max(...ages.map((age) => age.atLeastYears)),
    belowYears: ages.length === 0 ? null : Math.min(...ages.map((age) => age.belowYears)),
  };
}

/** What several conditions on one fact allow together; null when there is none. */
function allowedBy(lists: readonly (readonly string[])[]): readonly string[] | null {
  const [first, ...others] = lists;
  return first ? first.filter((item) => others.every((list) => list.includes(item))) : null;
}
