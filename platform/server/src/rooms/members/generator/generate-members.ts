import mobilePrefixes from '../data/mobile-prefixes.json' with { type: 'json' };
import personNames from '../data/person-names.json' with { type: 'json' };
import { PROVINCES } from '../provinces.ts';
import type { RegisterColumn } from '../register/columns.ts';
import { generateUnits } from './generate-units.ts';
import { createRandom, type Random, weighted } from './random.ts';

/** A row of a register file, as text. */
export type DrawnMember = Readonly<Record<RegisterColumn, string>>;

/** Ages count from here and not from today, so that a seed gives the same file for ever. */
const REFERENCE_DAY = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const YEAR_DAYS = 365.25;
const NEWER_NAMES_FROM = 2000;
/** 5,331,446 of 5,861,446 records were digitised and verified. */
const VERIFIED_SHARE = 0.91;
/** Days on which new members are admitted: founding of the Party, of the Union, Hồ Chí Minh's birthday, National Day. */
const ADMISSION_DAYS = ['02-03', '03-26', '05-19', '09-02'];

const list = (pairs: readonly (readonly (string | number)[])[]) =>
  weighted(pairs.map(([text, weight]) => [String(text), Number(weight)] as const));
const draw = {
  family: list(personNames.familyNames),
  male: {
    older: list(personNames.maleMiddleOlder),
    newer: list(personNames.maleMiddleNewer),
    given: list(personNames.maleGiven),
  },
  female: {
    older: list(personNames.femaleMiddleOlder),
    newer: list(personNames.femaleMiddleNewer),
    given: list(personNames.femaleGiven),
  },
  province: weighted(PROVINCES.map(({ code, populationThousands }) => [code, populationThousands] as const)),
  mobile: list(mobilePrefixes.items),
  age: weighted([
    [{ from: 15, to: 18 }, 26],
    [{ from: 18, to: 23 }, 34],
    [{ from: 23, to: 30 }, 28],
    [{ from: 30, to: 40 }, 12],
  ]),
  role: weighted([
    ['member', 935],
    ['officer', 50],
    ['secretary', 15],
  ] as const),
};

const writtenDays = new Map<number, string>();
/** `YYYY-MM-DD`; the few thousand days of forty years are written once each. */
function day(time: number): string {
  const index = Math.floor(time / DAY_MS);
  const known = writtenDays.get(index);
  if (known !== undefined) return known;
  const written = new Date(time).toISOString().slice(0, 10);
  writtenDays.set(index, written);
  return written;
}

const plainForms = new Map<string, string>();
/** A name part without diacritics, for addresses; each is worked out once. */
function plain(part: string): string {
  const known = plainForms.get(part);
  if (known !== undefined) return known;
  const form = part.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/ /g, '');
  plainForms.set(part, form);
  return form;
}

function drawName(random: Random, isFemale: boolean, birthYear: number): string[] {
  const names = isFemale ? draw.female : draw.male;
  const middle = birthYear >= NEWER_NAMES_FROM ? names.newer : names.older;
  const family = draw.family(random);
  const given = names.given(random);
  const first = middle(random);
  const parts = [family, first];
  if (random.chance(0.22)) {
    const second = names.newer(random);
    if (second !== first && second !== 'Văn' && second !== 'Thị') parts.push(second);
  }
  return parts.at(-1) === given ? [...parts.slice(0, -1), isFemale ? 'Thị' : 'Văn', given] : [...parts, given];
}

function drawJoiningDay(random: Random, born: number): string {
  const earliest = born + 15 * YEAR_DAYS * DAY_MS;
  const time = Math.min(REFERENCE_DAY - DAY_MS, earliest + random.next() * 4 * YEAR_DAYS * DAY_MS);
  const admission = `${day(time).slice(0, 4)}-${random.pick(ADMISSION_DAYS)}`;
  return admission > day(earliest) && admission < day(REFERENCE_DAY) ? admission : day(time);
}

const unitsByProvince = new Map<string, string[]>();
function unitsOf(provinceCode: string): readonly string[] {
  if (unitsByProvince.size === 0) {
    for (const unit of generateUnits()) {
      if (unit.provinceCode === null || (unit.kind !== 'branch' && unit.kind !== 'commune')) continue;
      const codes = unitsByProvince.get(unit.provinceCode);
      if (codes) codes.push(unit.code);
      else unitsByProvince.set(unit.provinceCode, [unit.code]);
    }
  }
  return unitsByProvince.get(provinceCode) ?? [];
}

function drawMember(random: Random, index: number): DrawnMember {
  const isFemale = random.chance(0.5);
  const { from, to } = draw.age(random);
  const born = REFERENCE_DAY - (from + random.next() * (to - from)) * YEAR_DAYS * DAY_MS - DAY_MS;
  const birthDate = day(born);
  const name = drawName(random, isFemale, Number(birthDate.slice(0, 4)));
  const provinceCode = draw.province(random);
  const phone = random.chance(0.94) ? `${draw.mobile(random)}${String(random.between(0, 9_999_999)).padStart(7, '0')}` : '';
  // The domain is reserved: no message of a demo ever reaches a person.
  const email = random.chance(0.45) ? `${plain(name.at(-1) ?? '')}.${plain(name[0] ?? '')}${index}@thu.example` : '';
  return {
    member_code: `${provinceCode}-${String(index + 1).padStart(8, '0')}`,
    full_name: name.join(' '),
    birth_date: birthDate,
    gender: isFemale ? 'female' : 'male',
    phone,
    email,
    unit_code: random.pick(unitsOf(provinceCode)),
    province_code: provinceCode,
    role: draw.role(random),
    verified: random.chance(VERIFIED_SHARE) ? 'true' : 'false',
    joined_on: drawJoiningDay(random, born),
  };
}

/** Members one after another, the same for the same seed; a longer run begins with the shorter one. Memory does not grow. */
export async function* generateMembers({ count, seed = 1 }: { count: number; seed?: number }): AsyncGenerator<DrawnMember> {
  const random = createRandom(seed);
  for (let index = 0; index < count; index++) yield drawMember(random, index);
}
