import { expect, test } from 'vitest';
import { currentProvinceCode, FORMER_PROVINCES, formerNamesOf, PROVINCES } from './provinces.ts';

test('there are 34 provinces today, with codes and names of their own', () => {
  expect(PROVINCES).toHaveLength(34);
  expect(new Set(PROVINCES.map(({ code }) => code)).size).toBe(34);
  expect(new Set(PROVINCES.map(({ name }) => name)).size).toBe(34);
  expect(PROVINCES.filter(({ kind }) => kind === 'city').map(({ name }) => name)).toEqual([
    'Hà Nội',
    'Hải Phòng',
    'Huế',
    'Đà Nẵng',
    'TP. Hồ Chí Minh',
    'Cần Thơ',
  ]);
});

test('each of the 63 former provinces became part of one of the 34, and none of the 34 came from nowhere', () => {
  expect(FORMER_PROVINCES).toHaveLength(63);
  expect(new Set(FORMER_PROVINCES.map(({ code }) => code)).size).toBe(63);
  const targets = new Set(FORMER_PROVINCES.map(({ provinceCode }) => provinceCode));
  expect([...targets].sort()).toEqual(PROVINCES.map(({ code }) => code));
});

test('11 provinces kept their area, as Resolution 202/2025 says', () => {
  const single = PROVINCES.filter(({ code }) => FORMER_PROVINCES.filter(({ provinceCode }) => provinceCode === code).length === 1);
  expect(single.map(({ name }) => name).sort()).toEqual(
    ['Cao Bằng', 'Hà Nội', 'Hà Tĩnh', 'Huế', 'Lai Châu', 'Lạng Sơn', 'Nghệ An', 'Quảng Ninh', 'Sơn La', 'Thanh Hóa', 'Điện Biên'].sort(),
  );
});

test('a code of both lists stays within one province, so a register need not say which list it uses', () => {
  for (const { code, provinceCode } of FORMER_PROVINCES) {
    if (PROVINCES.some((province) => province.code === code)) expect(provinceCode, code).toBe(code);
    expect(currentProvinceCode(code)).toBe(provinceCode);
  }
  expect(currentProvinceCode('27')).toBe('24');
  expect(currentProvinceCode('99')).toBeUndefined();
});

test('a province tells the names under which people still know it', () => {
  expect(formerNamesOf('15', 'Lào Cai')).toEqual(['Yên Bái']);
  expect(formerNamesOf('79', 'TP. Hồ Chí Minh')).toEqual(['Bình Dương', 'Bà Rịa - Vũng Tàu']);
  expect(formerNamesOf('01', 'Hà Nội')).toEqual([]);
});
