import type { EligibilityCondition, EligibilityReason, Text } from '@chung/contracts';
import type { FakeMember } from './fixtures.ts';
import { PROVINCES } from './provinces.ts';

const NAMES_SHOWN = 6;
const ROLES: Readonly<Record<FakeMember['membership']['role'], Text>> = {
  member: { vi: 'đoàn viên', en: 'members' },
  officer: { vi: 'cán bộ Đoàn', en: 'officers' },
  secretary: { vi: 'bí thư', en: 'secretaries' },
};
const years = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Ho_Chi_Minh', year: 'numeric' });

/** What a rule without conditions says of anybody. */
const EVERYONE: EligibilityReason = {
  fact: 'everyone',
  holds: true,
  text: { vi: 'Dành cho mọi đoàn viên, thanh niên', en: 'For every member' },
};

/** Why an offer is, or is not, for a member: one line a condition, as the platform answers it. */
export function reasonsFor(member: FakeMember, conditions: readonly EligibilityCondition[], now: Date): EligibilityReason[] {
  if (conditions.length === 0) return [EVERYONE];
  return conditions.map((condition) => {
    const holds = isMet(condition, member, now);
    return { fact: condition.fact, holds, text: words(condition, holds) };
  });
}

/** Whether an offer is for a member. */
export const isEligible = (reasons: readonly EligibilityReason[]): boolean => reasons.every(({ holds }) => holds);

function isMet(condition: EligibilityCondition, { membership, age }: FakeMember, now: Date): boolean {
  switch (condition.fact) {
    case 'verified':
      return membership.verified;
    case 'province':
      return membership.province !== null && condition.in.includes(membership.province.code);
    case 'unit': {
      // The unit itself or one above it; here codes tell which those are.
      const code = membership.unit?.code;
      return code !== undefined && condition.within.some((above) => code === above || code.startsWith(`${above}-`));
    }
    case 'role':
      return condition.in.includes(membership.role);
    case 'age': {
      // By calendar year, as the register counts: it has a birth year and no birthday.
      const old = Number(years.format(now)) - age.birthYear;
      return old >= condition.atLeastYears && old < condition.belowYears;
    }
  }
}

function words(condition: EligibilityCondition, holds: boolean): Text {
  switch (condition.fact) {
    case 'verified':
      return holds
        ? { vi: 'Bạn là đoàn viên đã xác thực', en: 'You are a verified member' }
        : {
            vi: 'Chỉ dành cho đoàn viên đã xác thực; hồ sơ của bạn chưa được xác thực',
            en: 'For verified members only; your membership is not verified yet',
          };
    case 'province': {
      const places = condition.in.map((code) => PROVINCES.find((province) => province.code === code)?.name ?? code);
      return { vi: `Dành cho đoàn viên ở ${listed(places, 'vi')}`, en: `For members in ${listed(places, 'en')}` };
    }
    case 'unit':
      return {
        vi: `Dành cho đoàn viên thuộc ${listed(condition.within, 'vi')}`,
        en: `For members of ${listed(condition.within, 'en')}`,
      };
    case 'role': {
      const roles = (language: keyof Text) =>
        listed(
          condition.in.map((role) => ROLES[role][language]),
          language,
        );
      return { vi: `Dành cho ${roles('vi')}`, en: `For ${roles('en')}` };
    }
    case 'age':
      return ageWords(condition);
  }
}

function ageWords({ atLeastYears, belowYears }: Extract<EligibilityCondition, { fact: 'age' }>): Text {
  if (belowYears > 120) return { vi: `Dành cho đoàn viên từ ${atLeastYears} tuổi`, en: `For members aged ${atLeastYears} and over` };
  if (atLeastYears === 0) return { vi: `Dành cho đoàn viên dưới ${belowYears} tuổi`, en: `For members under ${belowYears}` };
  if (belowYears === atLeastYears + 1) return { vi: `Dành cho đoàn viên ${atLeastYears} tuổi`, en: `For members aged ${atLeastYears}` };
  return {
    vi: `Dành cho đoàn viên từ ${atLeastYears} đến dưới ${belowYears} tuổi`,
    en: `For members aged ${atLeastYears} to ${belowYears - 1}`,
  };
}

// A rule may name 200 units; a reason is read on a phone.
function listed(items: readonly string[], language: keyof Text): string {
  const shown = items.slice(0, NAMES_SHOWN).join(', ');
  const rest = items.length - NAMES_SHOWN;
  if (rest <= 0) return shown;
  return language === 'vi' ? `${shown} và ${rest} nơi khác` : `${shown} and ${rest} more`;
}
