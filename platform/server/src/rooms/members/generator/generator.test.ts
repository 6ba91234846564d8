import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { PROVINCES } from '../provinces.ts';
import { readUnits } from '../read-units.ts';
import { type DrawnMember, generateMembers } from './generate-members.ts';
import { generateUnits } from './generate-units.ts';
import { registerFile, unitsFile } from './register-file.ts';

async function drawn(count: number, seed: number): Promise<DrawnMember[]> {
  const members: DrawnMember[] = [];
  for await (const member of generateMembers({ count, seed })) members.push(member);
  return members;
}

async function digest(order: Parameters<typeof registerFile>[0]): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of registerFile(order)) hash.update(chunk);
  return hash.digest('hex');
}

test('a seed always gives the same file, another seed another one', async () => {
  expect(await digest({ count: 1500, seed: 5, badRows: 3 })).toBe(await digest({ count: 1500, seed: 5, badRows: 3 }));
  expect(await digest({ count: 1500, seed: 5 })).not.toBe(await digest({ count: 1500, seed: 6 }));
});

test('a longer register begins with the shorter one', async () => {
  expect((await drawn(300, 5)).slice(0, 100)).toEqual(await drawn(100, 5));
});

test('the population looks like the country', async () => {
  const members = await drawn(20_000, 1);
  const share = (holds: (member: DrawnMember) => boolean) => members.filter(holds).length / members.length;
  expect(share(({ full_name }) => full_name.startsWith('Nguyễn '))).toBeCloseTo(0.38, 1);
  expect(share(({ province_code }) => province_code === '79')).toBeCloseTo(0.138, 1);
  expect(share(({ verified }) => verified === 'true')).toBeCloseTo(0.91, 1);
  expect(new Set(members.map(({ province_code }) => province_code)).size).toBe(34);
  expect(members.every(({ birth_date }) => birth_date > '1985-01-01' && birth_date < '2011-01-02')).toBe(true);
  expect(members.every(({ joined_on, birth_date }) => Number(joined_on.slice(0, 4)) - Number(birth_date.slice(0, 4)) >= 15)).toBe(true);
  expect(members.every(({ phone }) => phone === '' || /^0\d{9}$/.test(phone))).toBe(true);
});

test('the tree has every level in every province, and each unit’s path leads to it from the centre', () => {
  const units = generateUnits();
  const byCode = new Map(units.map((unit) => [unit.code, unit]));
  expect(byCode.size).toBe(units.length);
  for (const { code } of PROVINCES) {
    const kinds = new Set(units.filter(({ provinceCode }) => provinceCode === code).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['branch', 'commune', 'district', 'province']);
  }
  for (const unit of units) {
    const parent = unit.parentCode === null ? undefined : byCode.get(unit.parentCode);
    expect(unit.path).toEqual([...(parent?.path ?? []), unit.code]);
  }
});

test('a tree written to a file is read back as it was', () => {
  const units = generateUnits();
  expect(readUnits(unitsFile(units))).toEqual(units);
});

test.each([
  [
    'an upper unit that is missing',
    'code,kind,parent_code,name,province_code\nX1,commune,NONE,Đoàn xã A,01\n',
    /upper unit is not in the lines before/,
  ],
  [
    'a level upside down',
    'code,kind,parent_code,name,province_code\nC1,branch,TW,Chi đoàn A,01\nX1,commune,C1,Đoàn xã A,01\n',
    /not below that of the upper unit/,
  ],
  ['an unknown province', 'code,kind,parent_code,name,province_code\nT99,province,TW,Tỉnh đoàn,99\n', /no province has this code/],
  ['a missing column', 'code,kind,parent_code,name\nT01,province,TW,Thành đoàn\n', /column province_code is missing/],
  ['a repeated code', 'code,kind,parent_code,name,province_code\nT01,province,TW,A,01\nT01,province,TW,B,01\n', /there twice/],
])('a file of units with %s is refused with its line', (_, text, sentence) => {
  expect(() => readUnits(text)).toThrow(
    expect.objectContaining({ extras: { detail: { vi: expect.any(String), en: expect.stringMatching(sentence) } } }),
  );
});
