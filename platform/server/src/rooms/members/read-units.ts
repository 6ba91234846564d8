import { type CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { currentProvinceCode, PROVINCES } from './provinces.ts';
import { refuseRegister } from './register/refusal.ts';
import { CENTRE, UNIT_KINDS, type Unit, unitBelow } from './unit.ts';

/** Columns of a file of units; an upper unit stands before those below it. */
export const UNIT_COLUMNS = ['code', 'kind', 'parent_code', 'name', 'province_code'] as const;

const UnitRow = z.object({
  code: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/),
  kind: z.enum(UNIT_KINDS),
  parent_code: z.string(),
  name: z.string().min(1).max(200),
  province_code: z.string(),
});

function refuseLine(line: number, vi: string, en: string): never {
  throw refuseRegister(`Dòng ${line} của tệp đơn vị: ${vi}`, `Line ${line} of the file of units: ${en}`);
}

function rowsOf(text: string): { line: number; row: unknown }[] {
  try {
    const parsed: { record: unknown; info: { lines: number } }[] = parse(text, {
      bom: true,
      columns: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
    });
    return parsed.map(({ record, info }) => ({
      line: info.lines,
      row: record,
    }));
  } catch (error) {
    return refuseLine((error as CsvError & { lines?: number }).lines ?? 1, 'không đọc được dưới dạng CSV.', 'cannot be read as CSV.');
  }
}

/** Reads a whole file of units (a few megabytes at most); refuses it at the first line that does not fit the tree. */
export function readUnits(text: string): Unit[] {
  const units = new Map<string, Unit>([[CENTRE.code, CENTRE]]);
  for (const { line, row } of rowsOf(text)) {
    const parsed = UnitRow.safeParse(row);
    if (!parsed.success) {
      const column = String(parsed.error.issues[0]?.path[0] ?? '');
      refuseLine(line, `cột ${column} thiếu hoặc không hợp lệ.`, `the column ${column} is missing or not valid.`);
    }
    const { code, kind, parent_code: parentCode, name, province_code: provinceText } = parsed.data;
    if (kind === 'centre') {
      units.set(CENTRE.code, { ...CENTRE, name });
      continue;
    }
    const parent = units.get(parentCode);
    if (!parent) return refuseLine(line, 'đơn vị cấp trên chưa có ở các dòng trước.', 'the upper unit is not in the lines before.');
    if (UNIT_KINDS.indexOf(kind) <= UNIT_KINDS.indexOf(parent.kind))
      refuseLine(line, 'cấp không thấp hơn cấp trên.', 'its level is not below that of the upper unit.');
    const provinceCode = parent.provinceCode ?? currentProvinceCode(provinceText.padStart(2, '0'));
    if (!provinceCode || !PROVINCES.some((province) => province.code === provinceCode))
      return refuseLine(line, 'mã tỉnh không có.', 'no province has this code.');
    if (units.has(code)) refuseLine(line, 'mã đơn vị bị lặp.', 'the code of the unit is there twice.');
    units.set(code, unitBelow(parent, { code, kind, name, provinceCode }));
  }
  return [...units.values()];
}
