import { z } from 'zod';
import { currentProvinceCode } from '../provinces.ts';
import type { ColumnPositions } from './columns.ts';
import type { RegisterRecord } from './csv-rows.ts';
import { isRejectionReason, type Rejection, type RejectionReason } from './rejection.ts';

/** What a row is checked against. */
export interface RowContext {
  /** Province of each unit by the unit's code; null for the centre. */
  readonly unitProvinces: ReadonlyMap<string, string | null>;
  /** Today by the database's clock, `YYYY-MM-DD`. */
  readonly today: string;
}

const LONGEST_NAME = 120;
const LONGEST_EMAIL = 254;
const EARLIEST_YEAR = 1900;

// Issues carry a rejection reason as their message; the texts are in rejection.ts, in both languages.
const fault = (reason: RejectionReason) => ({ error: reason });
const issue = (context: z.RefinementCtx, reason: RejectionReason) => {
  context.addIssue({ code: 'custom', message: reason });
  return z.NEVER;
};

const oneOf = <Value>(words: Readonly<Record<string, Value>>, reason: RejectionReason) => {
  const known = new Map(Object.entries(words));
  return z.string().transform((text, context): Value => {
    const word = text.toLowerCase();
    // A Mac writes accents apart; the second look is for those alone, because most rows need none.
    const value = known.get(word) ?? known.get(word.normalize('NFC'));
    return value === undefined ? issue(context, reason) : value;
  });
};

const code = z
  .string()
  .min(1, fault('empty'))
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{2,31}$/, fault('bad_code'));
const fullName = z
  .string()
  .min(1, fault('empty'))
  .max(LONGEST_NAME, fault('too_long'))
  .regex(/^[\p{L}\p{M}][\p{L}\p{M} .'’-]*$/u, fault('bad_name'))
  // Letters to Unicode, but in names only what TCVN3 becomes when it is taken for Latin-1 ("Lª ThÞ Hoa").
  .regex(/^[^ªºµÞþ]*$/u, fault('bad_name'))
  // The same name typed on a Mac is other bytes; one form, or searching misses half of them.
  .transform((name) => name.normalize('NFC').replace(/ +/g, ' '));

const gender = oneOf(
  {
    '': null,
    female: 'female',
    nữ: 'female',
    f: 'female',
    male: 'male',
    nam: 'male',
    m: 'male',
    other: 'other',
    khác: 'other',
  } as const,
  'bad_gender',
);
const role = oneOf(
  {
    member: 'member',
    'đoàn viên': 'member',
    officer: 'officer',
    'cán bộ': 'officer',
    secretary: 'secretary',
    'bí thư': 'secretary',
  } as const,
  'bad_role',
);
const verified = oneOf(
  {
    true: true,
    '1': true,
    yes: true,
    có: true,
    x: true,
    false: false,
    '0': false,
    no: false,
    không: false,
    '': false,
  },
  'bad_flag',
);

/** To E.164. Excel drops the leading zero of a number, so nine digits that begin like a mobile number are one. */
const phone = z.string().transform((text, context) => {
  if (text === '') return null;
  const national = text.replace(/[\s.()-]/g, '').replace(/^(\+84|0084|84(?=\d{9}$)|0)/, '');
  return /^([35789]\d{8}|2\d{9})$/.test(national) ? `+84${national}` : issue(context, 'bad_phone');
});

const email = z.string().transform((text, context) => {
  if (text === '') return null;
  const isAddress = text.length <= LONGEST_EMAIL && /^[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text);
  return isAddress ? text.toLowerCase() : issue(context, 'bad_email');
});

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** `YYYY-MM-DD` of either way of writing, or undefined when there is no such day. */
function isoDate(text: string): string | undefined {
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const local = iso ? null : /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  const [year, month, day] = iso ? iso.slice(1) : (local?.slice(1).reverse() ?? []);
  if (!year || !month || !day) return undefined;
  // Not through Date: two of them a row were a tenth of the time of an import.
  const isDay = Number(day) >= 1 && Number(day) <= (DAYS_IN_MONTH[Number(month) - 1] ?? 0);
  const isMissingLeapDay = Number(month) === 2 && Number(day) === 29 && !isLeap(Number(year));
  return isDay && !isMissingLeapDay ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : undefined;
}

const earliest = `${EARLIEST_YEAR}-01-01`;

/** What a right cell means; null for a wrong one. */
export type CellReader<Value> = (text: string) => { readonly value: Value } | null;

function reading<Schema extends z.ZodType>(schema: Schema): CellReader<z.output<Schema>> {
  return (text) => {
    const { success, data } = schema.safeParse(text);
    return success ? { value: data } : null;
  };
}

/** The schema of one file's rows; the check against units and today is part of it. */
export function createRowSchema(context: RowContext) {
  const columns = columnsOf(context);
  const { unitProvinces } = context;
  const provinceOf = (unit: string) => unitProvinces.get(unit) ?? null;
  const isAtHome = (unit: string, province: string) => [null, province].includes(provinceOf(unit));
  return {
    provinceOf,
    /** Cell by cell, which is half of the work of the whole: for rows that may be right. */
    cells: {
      member_code: reading(columns.member_code),
      full_name: reading(columns.full_name),
      birth_date: reading(columns.birth_date),
      gender: reading(columns.gender),
      phone: reading(columns.phone),
      email: reading(columns.email),
      unit_code: reading(columns.unit_code),
      province_code: reading(columns.province_code),
      role: reading(columns.role),
      verified: reading(columns.verified),
      joined_on: reading(columns.joined_on),
    },
    /** Names all that is wrong with a row. */
    whole: z
      .object(columns)
      .refine((row) => isAtHome(row.unit_code, row.province_code), { path: ['province_code'], ...fault('unit_elsewhere') }),
  };
}

function columnsOf({ unitProvinces, today }: RowContext) {
  const date = (text: string, context: z.RefinementCtx) => {
    const written = isoDate(text);
    if (written === undefined) return issue(context, 'bad_date');
    return written < earliest || written > today ? issue(context, 'date_out_of_range') : written;
  };
  const birth = z
    .string()
    .min(1, fault('empty'))
    .transform((text, context) => {
      // Old registers know only the year of some members.
      if (/^\d{4}$/.test(text)) {
        const isLikely = Number(text) >= EARLIEST_YEAR && text <= today.slice(0, 4);
        return isLikely ? { date: null, year: Number(text) } : issue(context, 'date_out_of_range');
      }
      const written: unknown = date(text, context);
      return typeof written !== 'string' ? z.NEVER : { date: written, year: Number(written.slice(0, 4)) };
    });
  const joinedOn = z.string().transform((text, context) => (text === '' ? null : date(text, context)));
  const unitCode = z
    .string()
    .min(1, fault('empty'))
    .refine((unit) => unitProvinces.has(unit), fault('unknown_unit'));
  const provinceCode = z
    .string()
    .min(1, fault('empty'))
    .transform((text, context) => {
      // Excel drops leading zeros here too.
      return currentProvinceCode(text.padStart(2, '0')) ?? issue(context, 'unknown_province');
    });
  return {
    member_code: code,
    full_name: fullName,
    birth_date: birth,
    gender,
    phone,
    email,
    unit_code: unitCode,
    province_code: provinceCode,
    role,
    verified,
    joined_on: joinedOn,
  };
}

export type RowSchema = ReturnType<typeof createRowSchema>;
export type MemberRow = z.output<RowSchema['whole']>;

/** A checked row, or what is wrong with it, one entry a fault. */
export type RowResult = { readonly row: MemberRow } | { readonly rejections: readonly Rejection[] };

export function checkRow(schema: RowSchema, record: RegisterRecord, file: { columns: ColumnPositions; width: number }): RowResult {
  const { cells, line } = record;
  if (cells.length !== file.width) return { rejections: [{ row: line, column: '', reason: 'wrong_width' }] };
  const { columns } = file;
  const cell = (position: number) => (cells[position] ?? '').trim();
  const texts = {
    member_code: cell(columns.member_code),
    full_name: cell(columns.full_name),
    birth_date: cell(columns.birth_date),
    gender: cell(columns.gender),
    phone: cell(columns.phone),
    email: cell(columns.email),
    unit_code: cell(columns.unit_code),
    province_code: cell(columns.province_code),
    role: cell(columns.role),
    verified: cell(columns.verified),
    joined_on: cell(columns.joined_on),
  };
  const parsed = schema.whole.safeParse(texts);
  return parsed.success ? { row: parsed.data } : { rejections: faultsIn(parsed.error, line) };
}

/** The first fault of each column. */
function faultsIn({ issues }: z.ZodError, line: number): readonly Rejection[] {
  const faults = new Map<string, Rejection>();
  for (const { path, message } of issues) {
    const column = String(path[0] ?? '');
    if (isRejectionReason(message) && !faults.has(column)) faults.set(column, { row: line, column, reason: message });
  }
  // Leaving a row out without a word would lose a member.
  if (faults.size === 0) throw new Error('a row was refused without a reason');
  return [...faults.values()];
}
