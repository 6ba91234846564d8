import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { PROVINCES } from '../provinces.ts';
import { readUnits } from '../read-units.ts';
import { checkRegister } from '../register/check-register.ts';
import { stagedRows } from '../register/staged-rows.ts';
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

test('200,000 drawn members have codes and addresses of their own, and none is in two places', { timeout: 60_000 }, async () => {
  const codes = new Set<string>();
  const emails = new Set<string>();
  let withEmail = 0;
  let misplaced = 0;
  for await (const { member_code, email, unit_code, province_code } of generateMembers({ count: 200_000, seed: 3 })) {
    codes.add(member_code);
    if (email !== '') {
      withEmail++;
      emails.add(email);
    }
    if (!unit_code.startsWith(`T${province_code}.`) || !member_code.startsWith(`${province_code}-`)) misplaced++;
  }
  expect([codes.size, emails.size, misplaced]).toEqual([200_000, withEmail, 0]);
});

test('shares of sex, role, age and contact are those of the organisation', async () => {
  const members = await drawn(20_000, 8);
  const share = (holds: (member: DrawnMember) => boolean) => members.filter(holds).length / members.length;
  expect(share(({ gender }) => gender === 'female')).toBeCloseTo(0.5, 1);
  expect(share(({ role }) => role === 'member')).toBeCloseTo(0.935, 1);
  expect(share(({ phone }) => phone !== '')).toBeCloseTo(0.94, 1);
  expect(share(({ email }) => email !== '')).toBeCloseTo(0.45, 1);
  // No message of a demo reaches a person: the domain is reserved for examples.
  expect(members.every(({ email }) => email === '' || email.endsWith('@thu.example'))).toBe(true);
  // Most are between 15 and 30, as the statute says.
  expect(share(({ birth_date }) => birth_date >= '1996-01-01')).toBeGreaterThan(0.85);
  expect(share(({ full_name }) => full_name === full_name.normalize('NFC'))).toBe(1);
});

test('as many rows are wrong as ordered, each for one reason that the import names', async () => {
  const text: Buffer[] = [];
  for await (const chunk of registerFile({ count: 400, seed: 2, badRows: 40 })) text.push(chunk);
  const units = new Map(generateUnits().map(({ code, provinceCode }) => [code, provinceCode]));
  const source = async function* () {
    yield* text;
  };
  const rejected = new Set<number>();
  const codes: string[] = [];
  for await (const group of checkRegister(source(), { unitProvinces: units, today: '2026-11-22', hashSecret: Buffer.alloc(32) })) {
    for (const { row } of group.rejections) rejected.add(row);
    for (const { memberCode } of stagedRows(Buffer.from(group.staged))) codes.push(memberCode);
  }
  expect(rejected.size + codes.length - new Set(codes).size).toBe(40);
});

test.each([
  ['a level left out', 'X1,commune,T01,Đoàn xã A,\n', ['TW', 'T01', 'X1']],
  ['a branch right below the centre’s province', 'C1,branch,T01,Chi đoàn A,\n', ['TW', 'T01', 'C1']],
])('%s is allowed, and the path says so', (_, line, path) => {
  const units = readUnits(`code,kind,parent_code,name,province_code\nT01,province,TW,Thành đoàn Hà Nội,01\n${line}`);
  expect(units.at(-1)).toMatchObject({ path, provinceCode: '01' });
});

test('a unit below one of a former province stands in today’s', () => {
  const units = readUnits('code,kind,parent_code,name,province_code\nT27,province,TW,Tỉnh đoàn,27\nX1,commune,T27,Đoàn xã A,99\n');
  expect(units.slice(1).map(({ provinceCode }) => provinceCode)).toEqual(['24', '24']);
});

test('the line of the fault is told in both languages, and no cell of it', () => {
  const text = 'code,kind,parent_code,name,province_code\nT01,province,TW,A,01\nX1,hamlet,T01,Bí mật,01\n';
  expect(() => readUnits(text)).toThrow(
    expect.objectContaining({
      extras: {
        detail: {
          vi: 'Dòng 3 của tệp đơn vị: cột kind thiếu hoặc không hợp lệ.',
          en: 'Line 3 of the file of units: the column kind is missing or not valid.',
        },
      },
    }),
  );
});
