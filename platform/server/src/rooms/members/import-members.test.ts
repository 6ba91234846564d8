import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { AccountId, GrantId, MemberId } from '@chung/contracts';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type MembersRoom, openMembersRoom, registerRow, registerText } from '../../../../../test/harness/members-room.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import { generateMembers } from './generator/generate-members.ts';
import { generateUnits } from './generator/generate-units.ts';
import { registerFile } from './generator/register-file.ts';

let room: MembersRoom;
const opened: MembersRoom[] = [];
beforeEach(async () => {
  room = await openMembersRoom();
  opened.push(room);
});
afterAll(() => Promise.all(opened.map((each) => each.close())));

const count = async (table: string) => Number((await room.db.query<{ n: bigint }>(`SELECT count(*) AS n FROM chung.${table}`))[0]?.n);

async function idOf(memberCode: string): Promise<MemberId> {
  const member = await room.members.findByCode(memberCode);
  if (!member) throw new Error(`${memberCode} is not in the directory`);
  return member.id;
}

function principal(memberId: MemberId, scopes: MemberPrincipal['scopes']): MemberPrincipal {
  return { actor: 'member', memberId, clientId: 'app', partnerId: null, grantId: 'grant-0001' as GrantId, subject: 'pairwise-id', scopes };
}

test('members come in, and their facts can be read', async () => {
  const done = await room.importText(
    registerText(registerRow('01-001', { email: 'Thao@thu.example' }), registerRow('24-001', { province_code: '27', unit_code: 'T24' })),
  );
  expect(done).toMatchObject({ state: 'done', rowsRead: 2, inserted: 2, updated: 0, unchanged: 0, rejected: 0, reportPath: null });
  const memberId = await idOf('01-001');
  expect(await room.members.factsOf(memberId)).toEqual({
    memberId,
    verified: true,
    provinceCode: '01',
    unitPath: ['TW', 'T01', 'T01.H01', 'T01.H01.X01', 'T01.H01.X01.C01'],
    birthYear: 2004,
    role: 'member',
    since: '2022-03-26',
    displayName: 'Nguyễn Thị Thảo',
  });
  expect(await room.members.findByCode('24-001')).toMatchObject({ provinceCode: '24', unitCode: 'T24' });
  expect((await room.members.findByPhone('+84382054697')).map(({ memberCode }) => memberCode)).toEqual(['01-001', '24-001']);
});

test('a second import of the same file changes nothing; changed rows update their member under the same id', async () => {
  await room.importText(registerText(registerRow('01-001'), registerRow('01-002')));
  const before = await idOf('01-002');
  expect(await room.importText(registerText(registerRow('01-001'), registerRow('01-002')))).toMatchObject({
    inserted: 0,
    updated: 0,
    unchanged: 2,
  });
  expect(
    await room.importText(registerText(registerRow('01-001'), registerRow('01-002', { phone: '0912345678' }), registerRow('01-003'))),
  ).toMatchObject({ inserted: 1, updated: 1, unchanged: 1 });
  expect(await idOf('01-002')).toBe(before);
  expect((await room.members.me(principal(before, ['openid', 'member.contact:read']))).contact).toEqual({
    phone: '+84912345678',
    email: null,
  });
});

test('an app sees of a member what its scopes name, under its own id for them', async () => {
  await room.importText(registerText(registerRow('01-001', { email: 'thao@thu.example' })));
  const memberId = await idOf('01-001');
  expect(await room.members.me(principal(memberId, ['openid']))).toEqual({ id: 'pairwise-id' });
  expect(
    await room.members.me(
      principal(memberId, ['openid', 'member.profile:read', 'member.membership:read', 'member.age:read', 'member.contact:read']),
    ),
  ).toEqual({
    id: 'pairwise-id',
    profile: { displayName: 'Nguyễn Thị Thảo', avatarUrl: null },
    membership: {
      verified: true,
      unit: { code: 'T01.H01.X01.C01', name: expect.stringMatching(/^Chi đoàn/) },
      province: { code: '01', name: 'Hà Nội' },
      role: 'member',
      since: '2022-03-26',
    },
    age: { birthYear: 2004 },
    contact: { phone: '+84382054697', email: 'thao@thu.example' },
  });
});

test('phone numbers and addresses are nowhere in the database to be read', async () => {
  await room.importText(registerText(registerRow('01-001', { email: 'thao@thu.example' })));
  const [row] = await room.db.query<{ text: string }>(
    'SELECT m::text || k::text AS text FROM chung.members m JOIN chung.member_codes k ON k.member_id = m.id',
  );
  expect(row?.text).not.toMatch(/382054697|thao@/);
  expect(row?.text).not.toContain(Buffer.from('382054697').toString('hex'));
});

test('wrong rows are left out and named in a report that holds no value of them; the rest goes in', async () => {
  const done = await room.importText(
    registerText(registerRow('01-001'), registerRow('01-002', { birth_date: '31/02/2001', phone: '999' }), registerRow('01-003')),
  );
  expect(done).toMatchObject({ state: 'done', rowsRead: 3, inserted: 2, rejected: 1 });
  const report = await readFile(done.reportPath ?? '', 'utf8');
  expect(report.split('\n').slice(1, 3)).toEqual([
    expect.stringMatching(/^3,birth_date,bad_date,/),
    expect.stringMatching(/^3,phone,bad_phone,/),
  ]);
  expect(report).not.toMatch(/Thảo|31\/02|999/);
  expect((await stat(done.reportPath ?? '')).mode & 0o077).toBe(0);
  const page = await room.members.listImports({ cursor: undefined, limit: 20, language: 'vi' });
  expect(page.items[0]?.firstErrors[0]).toEqual({
    row: 3,
    column: 'birth_date',
    reason: 'Không phải ngày hợp lệ (YYYY-MM-DD hoặc DD/MM/YYYY).',
  });
});

test('of rows with one code the first counts, and the others name its line', async () => {
  const done = await room.importText(
    registerText(registerRow('01-001'), registerRow('01-002'), registerRow('01-001', { full_name: 'Trần Văn An' }), registerRow('01-001')),
  );
  expect(done).toMatchObject({ inserted: 2, rejected: 2 });
  expect(done.firstErrors).toEqual([
    { row: 4, column: 'member_code', reason: 'duplicate', otherRow: 2 },
    { row: 5, column: 'member_code', reason: 'duplicate', otherRow: 2 },
  ]);
  expect((await room.members.findByCode('01-001'))?.fullName).toBe('Nguyễn Thị Thảo');
});

test('a file that breaks in its last line has not changed one member', async () => {
  await room.importText(registerText(registerRow('01-001')));
  const rows = Array.from({ length: 300 }, (_, index) => registerRow(`01-${1000 + index}`));
  const broken = Buffer.concat([Buffer.from(registerText(...rows)), Buffer.from([0xe1, 0xba, 0x20]), Buffer.from(',x\n')]);
  await expect(room.importText(broken)).rejects.toMatchObject({
    code: 'import_rejected',
    extras: { detail: { en: expect.stringMatching(/^Line 302 is not UTF-8/) } },
  });
  expect([await count('members'), await count('member_import_rows')]).toEqual([1, 0]);
  const { items } = await room.members.listImports({ cursor: undefined, limit: 1, language: 'en' });
  expect(items[0]).toMatchObject({ state: 'failed', inserted: 0, firstErrors: [] });
  expect(existsSync(join(room.dataDirectory, 'imports')) ? await readdir(join(room.dataDirectory, 'imports')) : []).toEqual([]);
});

test('an upload that is cut off changes nothing, and the next import runs', async () => {
  const cut = new Readable({ read() {} });
  cut.push(registerText(registerRow('01-001')));
  const importing = room.members.importMembers({ file: cut, source: 'http' });
  setTimeout(() => cut.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })), 50);
  await expect(importing).rejects.toMatchObject({
    code: 'import_rejected',
    extras: { detail: { en: expect.stringMatching(/connection was cut/) } },
  });
  expect(await count('members')).toBe(0);
  expect(await room.importText(registerText(registerRow('01-001')))).toMatchObject({ inserted: 1 });
});

test('a second import at the same time is refused, and one left running by a killed server is marked as failed', async () => {
  const slow = new Readable({ read() {} });
  slow.push(registerText(registerRow('01-001')));
  const first = room.members.importMembers({ file: slow, source: 'command' });
  await expect.poll(() => count('member_imports')).toBe(1);
  await expect(room.importText(registerText(registerRow('01-002')))).rejects.toMatchObject({ code: 'import_running' });
  slow.push(null);
  expect(await first).toMatchObject({ inserted: 1 });
  await room.db.query(`UPDATE chung.member_imports SET state = 'running', finished_at = NULL`);
  await room.importText(registerText(registerRow('01-003')));
  const { items } = await room.members.listImports({ cursor: undefined, limit: 20, language: 'vi' });
  expect(items.map(({ state }) => state)).toEqual(['done', 'failed']);
});

test('the server’s role may add members but not remove any, and may not rewrite who a code belongs to', async () => {
  await room.importText(registerText(registerRow('01-001')));
  await expect(room.db.query('DELETE FROM chung.members')).rejects.toThrow('permission denied');
  await expect(room.db.query('UPDATE chung.member_codes SET member_id = gen_random_uuid()')).rejects.toThrow('permission denied');
  await expect(room.db.query('DELETE FROM chung.provinces')).rejects.toThrow('permission denied');
});

test('pages of imports go from the newest back, and a forged cursor is refused', async () => {
  for (const code of ['01-001', '01-002', '01-003']) await room.importText(registerText(registerRow(code)));
  const first = await room.members.listImports({ cursor: undefined, limit: 2, language: 'en' });
  const second = await room.members.listImports({ cursor: first.nextCursor ?? '', limit: 2, language: 'en' });
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null]);
  await expect(room.members.listImports({ cursor: 'e30.AAAA', limit: 2, language: 'en' })).rejects.toMatchObject({
    code: 'invalid_cursor',
  });
});

test('provinces are listed with their former names, and seeding again changes nothing', async () => {
  await room.members.seedReferenceData();
  const { items } = await room.members.provinces();
  expect(items).toHaveLength(34);
  expect(items.find(({ code }) => code === '56')).toEqual({ code: '56', name: 'Khánh Hòa', formerNames: ['Ninh Thuận'] });
});

test('names of places are there for sentences, also of units added later', async () => {
  const names = await room.members.placeNames();
  expect([names.province('48'), names.unit('T48'), names.unit('T99')]).toEqual(['Đà Nẵng', 'Thành đoàn Đà Nẵng', null]);
  const parent = await room.members.findUnit('T48');
  if (!parent) throw new Error('no unit T48');
  await room.members.addUnits([
    {
      code: 'T48.DH',
      kind: 'district',
      parentCode: 'T48',
      name: 'Đoàn Đại học Đà Nẵng',
      provinceCode: '48',
      path: [...parent.path, 'T48.DH'],
    },
  ]);
  expect(names.unit('T48.DH')).toBe('Đoàn Đại học Đà Nẵng');
});

test('someone who is not in the directory has no facts', async () => {
  const nobody = '01920000-0000-7000-8000-000000000000' as MemberId & AccountId;
  await expect(room.members.factsOf(nobody)).rejects.toMatchObject({ code: 'not_found' });
});

test('drawn members all pass the checks of the import', async () => {
  await room.members.addUnits(generateUnits());
  const codes: string[] = [];
  for await (const member of generateMembers({ count: 500, seed: 9 })) codes.push(member.member_code);
  expect(new Set(codes).size).toBe(500);
  const done = await room.members.importMembers({ file: Readable.from(registerFile({ count: 500, seed: 9 })), source: 'command' });
  expect(done).toMatchObject({ inserted: 500, rejected: 0 });
});
