// What an import promises whatever the file is like: order of rows and columns do not matter, importing twice changes nothing, damage is
// refused as a whole or costs rows by name, and nothing personal leaves the sealed columns.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MembersRoom, openMembersRoom, REGISTER_HEADER, registerRow, registerText } from '../../../../../test/harness/members-room.ts';
import { DomainError } from '../../kernel/errors.ts';
import { createVault } from '../../kernel/vault.ts';
import { generateUnits } from './generator/generate-units.ts';
import { registerFile } from './generator/register-file.ts';
import { importMembers } from './import-members.ts';
import type { ImportRecord } from './import-store.ts';

let room: MembersRoom;
beforeAll(async () => {
  room = await openMembersRoom();
  await room.members.addUnits(generateUnits());
}, 60_000);
afterAll(() => room?.close());

const BUDGET_MS = 3_000;
/** A busy machine tries fewer cases. fast-check's own limit would leave the last import running into the next test. */
function withinBudget<Values extends unknown[]>(holds: (...values: Values) => Promise<void>): (...values: Values) => Promise<void> {
  const until = Date.now() + BUDGET_MS;
  return async (...values) => {
    if (Date.now() < until) await holds(...values);
  };
}

let series = 0;
/** Codes of one test do not meet those of another: members are never deleted. */
let prefix = '';
beforeEach(() => {
  series++;
  prefix = `S${series}`;
});

async function textOf(order: Parameters<typeof registerFile>[0]): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of registerFile(order)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const DIRECTORY = `SELECT member_code, full_name, birth_date::text, birth_year, gender, encode(phone_hash, 'hex') AS phone, unit_code, province_code, role, verified, joined_on::text
  FROM chung.members WHERE member_code LIKE $1 ORDER BY member_code`;
/** The part of the directory whose codes begin so, without what differs by design: ids and sealed bytes. */
const directoryOf = (start: string) => room.db.query<Record<string, unknown>>(DIRECTORY, [`${start}%`]);
const count = async (table: string) => (await room.db.query<{ n: number }>(`SELECT count(*)::int AS n FROM chung.${table}`))[0]?.n;

/** The same members under codes of their own, so that one database can take them again as new ones. */
const renamed = (text: string, start: string) => text.replace(/^(\d\d-\d{8}),/gm, `${start}-$1,`);
const figures = ({ inserted, updated, unchanged, rejected }: ImportRecord) => ({ inserted, updated, unchanged, rejected });

test('whatever the seed, every drawn row is taken, and a second import finds all of them unchanged', async () => {
  const seeds = fc.integer({ min: 0, max: 0xffff_ffff });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      seeds,
      withinBudget(async (seed) => {
        run++;
        const text = renamed(await textOf({ count: 60, seed }), `${prefix}.${run}`);
        expect(figures(await room.importText(text))).toEqual({ inserted: 60, updated: 0, unchanged: 0, rejected: 0 });
        expect(figures(await room.importText(text))).toEqual({ inserted: 0, updated: 0, unchanged: 60, rejected: 0 });
      }),
    ),
    { numRuns: 4 },
  );
});

test('any order of columns and of rows gives the same directory', async () => {
  const [header = '', ...rows] = (await textOf({ count: 40, seed: 21 })).trim().split('\n');
  const columns = header.split(',');
  const expected = async (start: string) =>
    (await directoryOf(start)).map((row) => ({ ...row, member_code: String(row['member_code']).slice(start.length) }));
  await room.importText(renamed(`${[header, ...rows].join('\n')}\n`, `${prefix}.0`));
  const first = await expected(`${prefix}.0-`);
  expect(first).toHaveLength(40);
  let run = 0;
  const orders = fc.record({
    columns: fc.shuffledSubarray(
      columns.map((_, index) => index),
      { minLength: columns.length },
    ),
    rows: fc.shuffledSubarray(rows, { minLength: rows.length }),
    extra: fc.boolean(),
    delimiter: fc.constantFrom(',', ';', '\t'),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\uFEFF'),
    quoted: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      orders,
      withinBudget(async (order) => {
        run++;
        const start = `${prefix}.${run}`;
        const cells = (line: string) => {
          const values = line.split(',');
          return [...order.columns.map((index) => values[index] ?? ''), ...(order.extra ? ['ghi chú'] : [])];
        };
        const code = columns.indexOf('member_code');
        const body = order.rows.map((row) =>
          cells(
            row
              .split(',')
              .map((cell, index) => (index === code ? `${start}-${cell}` : cell))
              .join(','),
          ),
        );
        const lines = [cells(header), ...body].map((line) => line.map((cell) => (order.quoted ? `"${cell}"` : cell)).join(order.delimiter));
        const done = await room.importText(`${order.mark}${lines.join(order.lineEnd)}${order.lineEnd}`);
        expect(figures(done)).toEqual({ inserted: 40, updated: 0, unchanged: 0, rejected: 0 });
        expect(await expected(`${start}-`)).toEqual(first);
      }),
    ),
    { numRuns: 6 },
  );
});

test('random damage to the bytes never writes a part: either the file is refused and nothing changes, or every row is accounted for', async () => {
  const whole = Buffer.from(registerText(...Array.from({ length: 30 }, (_, index) => registerRow(`${prefix}-${index + 100}`))));
  const damage = fc.array(fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 6 });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      damage,
      fc.nat(whole.length),
      withinBudget(async (changes, cut) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of changes) bytes[at] = byte;
        const before = [await count('members'), await count('member_codes')];
        const outcome = await room.importText(cut % 3 === 0 ? bytes.subarray(0, cut) : bytes).catch((error: unknown) => error);
        expect(await count('member_import_rows')).toBe(0);
        if (outcome instanceof Error) {
          refused++;
          expect(outcome).toMatchObject({
            code: 'import_rejected',
            extras: { detail: { vi: expect.any(String), en: expect.any(String) } },
          });
          expect([await count('members'), await count('member_codes')]).toEqual(before);
          return;
        }
        const { rowsRead, inserted, updated, unchanged, rejected } = outcome as ImportRecord;
        expect(inserted + updated + unchanged + rejected).toBe(rowsRead);
        expect(await count('members')).toBe((before[0] ?? 0) + inserted);
      }),
    ),
    { numRuns: 25 },
  );
  expect(refused).toBeGreaterThan(0);
});

test('the first of two rows with one code counts, however far apart they are and whatever the other says', async () => {
  const rows = [registerRow(`${prefix}-A`), ...Array.from({ length: 3_000 }, (_, index) => registerRow(`${prefix}-${index + 100}`))];
  const done = await room.importText(registerText(...rows, registerRow(`${prefix}-A`, { full_name: 'Trần Văn Sau', province_code: '01' })));
  expect(done).toMatchObject({ inserted: 3_001, rejected: 1, firstErrors: [{ row: 3_003, reason: 'duplicate', otherRow: 2 }] });
  expect((await room.members.findByCode(`${prefix}-A`))?.fullName).toBe('Nguyễn Thị Thảo');
});

test('of thousands of rows with two codes two members come in, and each of the others names its line', async () => {
  const codes = [`${prefix}-A`, `${prefix}-B`];
  const rows = Array.from({ length: 11_000 }, (_, index) => registerRow(codes[index % 2] ?? ''));
  const done = await room.importText(registerText(...rows));
  expect(figures(done)).toEqual({ inserted: 2, updated: 0, unchanged: 0, rejected: 10_998 });
  const lines = (await readFile(done.reportPath ?? '', 'utf8')).trim().split('\n').slice(1);
  expect(lines).toHaveLength(10_998);
  for (const [index, line] of lines.entries()) {
    expect(line.startsWith(`${index + 4},member_code,duplicate,`)).toBe(true);
    expect(line).toContain(`line ${2 + (index % 2)}.`);
  }
});

test('new, changed and unchanged rows of one batch are each told apart', async () => {
  const rows = Array.from({ length: 6 }, (_, index) => registerRow(`${prefix}-${index}A`));
  await room.importText(registerText(...rows.slice(0, 4)));
  const changed = rows.map((row, index) => (index < 2 ? row.replace('Thảo', 'Thơm') : row));
  expect(figures(await room.importText(registerText(...changed)))).toEqual({ inserted: 2, updated: 2, unchanged: 2, rejected: 0 });
  expect(figures(await room.importText(registerText(...changed)))).toEqual({ inserted: 0, updated: 0, unchanged: 6, rejected: 0 });
  const names = (await directoryOf(`${prefix}-`)).map((row) => String(row['full_name']).split(' ').at(-1));
  expect(names).toEqual(['Thơm', 'Thơm', 'Thảo', 'Thảo', 'Thảo', 'Thảo']);
});

test('a wrong first row does not take the code from a right one below it', async () => {
  const done = await room.importText(registerText(registerRow(`${prefix}-A`, { phone: '1' }), registerRow(`${prefix}-A`)));
  expect(figures(done)).toEqual({ inserted: 1, updated: 0, unchanged: 0, rejected: 1 });
});

test('what a new register leaves empty is emptied, contact data too', async () => {
  await room.importText(registerText(registerRow(`${prefix}-A`, { email: 'thao@thu.example' })));
  await room.importText(registerText(registerRow(`${prefix}-A`, { phone: '', joined_on: '', gender: '' })));
  const [row] = await room.db.query('SELECT contact_sealed, phone_hash, joined_on, gender FROM chung.members WHERE member_code = $1', [
    `${prefix}-A`,
  ]);
  expect(row).toEqual({ contact_sealed: null, phone_hash: null, joined_on: null, gender: null });
});

test('a member who moves to another unit and province keeps the id and has the new facts at once', async () => {
  await room.importText(registerText(registerRow(`${prefix}-A`)));
  const before = await room.members.findByCode(`${prefix}-A`);
  await room.importText(
    registerText(registerRow(`${prefix}-A`, { unit_code: 'T48', province_code: '49', verified: 'không', role: 'bí thư' })),
  );
  const after = await room.members.findByCode(`${prefix}-A`);
  expect(after?.id).toBe(before?.id);
  if (!after) throw new Error('the member is gone');
  expect(await room.members.factsOf(after.id)).toMatchObject({
    unitPath: ['TW', 'T48'],
    provinceCode: '48',
    verified: false,
    role: 'secretary',
  });
});

test('many imports at once: one runs, the others are refused, and none is mixed with another', async () => {
  const files = Array.from({ length: 5 }, (_, index) =>
    registerText(registerRow(`${prefix}-${index}A`), registerRow(`${prefix}-${index}B`)),
  );
  const outcomes = await Promise.allSettled(files.map((file) => room.importText(file)));
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  for (const reason of refusals) expect(reason).toMatchObject({ code: 'import_running' });
  const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
  expect(done).toBeGreaterThan(0);
  expect(await directoryOf(`${prefix}-`)).toHaveLength(2 * done);
  // A refusal leaves no record of an import that never was.
  expect(await room.db.query(`SELECT 1 FROM chung.member_imports WHERE state = 'running'`)).toEqual([]);
});

const SECRETS = { phone: '0987650123', email: 'canary.chim@thu.example', name: 'Hoàng Yến Canary' };
const canary = (code: string, changes: Partial<Record<string, string>> = {}) =>
  registerRow(code, { phone: SECRETS.phone, email: SECRETS.email, full_name: SECRETS.name, ...changes });

/** Ways in which personal values might have been written down. */
const TRACES = [SECRETS.phone, SECRETS.phone.slice(1), SECRETS.email, 'canary'].flatMap((text) => [
  text,
  Buffer.from(text).toString('hex'),
  Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1),
]);

test('a dump of every table of the room holds no phone number and no address, in no usual form', async () => {
  await room.importText(
    registerText(canary(`${prefix}-A`, { full_name: 'Hoàng Yến' }), canary(`${prefix}-B`, { birth_date: '31/02/2001' })),
  );
  const tables = ['members', 'member_codes', 'member_imports', 'member_import_rows'];
  const dumps = await Promise.all(tables.map((table) => room.db.query<{ dump: string }>(`SELECT t::text AS dump FROM chung.${table} t`)));
  const dump = dumps
    .flat()
    .map((row) => row.dump)
    .join('\n')
    .toLowerCase();
  expect(dump).toContain(`${prefix}-a`.toLowerCase());
  for (const trace of TRACES) expect(dump, trace).not.toContain(trace.toLowerCase());
});

test('equal contacts are not equal when sealed, and a phone’s look-up hash says nothing without the key', async () => {
  await room.importText(registerText(canary(`${prefix}-A`, { full_name: 'An' }), canary(`${prefix}-B`, { full_name: 'An' })));
  const rows = await room.db.query<{ sealed: string; hash: string }>(
    `SELECT encode(contact_sealed, 'hex') AS sealed, encode(phone_hash, 'hex') AS hash FROM chung.members WHERE member_code LIKE $1`,
    [`${prefix}-%`],
  );
  expect(new Set(rows.map(({ sealed }) => sealed)).size).toBe(2);
  expect(new Set(rows.map(({ hash }) => hash)).size).toBe(1);
  const other = createVault(Buffer.alloc(32, 8))
    .lookUp(`+84${SECRETS.phone.slice(1)}`)
    .toString('hex');
  expect(rows[0]?.hash).not.toBe(other);
});

test('report, log, refusals and the list of imports name rows and columns, never a value of a row', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const deps = { db: room.db, vault: createVault(Buffer.alloc(32, 7)), dataDirectory: room.dataDirectory, log };
  const importLogged = (text: string) => importMembers(deps, { file: Readable.from([Buffer.from(text)]), source: 'http' });
  const bad = ['birth_date', 'role', 'verified', 'gender', 'joined_on'].map((column, index) =>
    canary(`${prefix}-${index}X`, { [column]: 'canary' }),
  );
  const wide = `${canary(`${prefix}-W`)},canary`;
  const done = await importLogged(registerText(...bad, wide, canary(`${prefix}-A`, { full_name: 'An' }), canary(`${prefix}-A`)));
  expect(done.rejected).toBe(7);
  const refusals: unknown[] = [];
  for (const text of [
    `${canary(`${prefix}-C`)}\n${canary(`${prefix}-D`)}\n`,
    registerText(canary(`${prefix}-C`)).replace('Hoàng', '"Hoàng'),
    `${REGISTER_HEADER}\n${canary('1')}`.slice(0, -40),
  ])
    refusals.push(await importLogged(text).catch((error: unknown) => error));
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(DomainError);
  const list = await room.members.listImports({ cursor: undefined, limit: 20, language: 'vi' });
  const told = [
    await readFile(done.reportPath ?? '', 'utf8'),
    ...lines,
    ...refusals.map((refusal) => inspect(refusal, { depth: 5 })),
    JSON.stringify(list),
  ].join('\n');
  for (const trace of [...TRACES, SECRETS.name, 'Hoàng Yến']) expect(told.toLowerCase(), trace).not.toContain(trace.toLowerCase());
});

test('the report has one line a fault in both languages, stands below the data folder, and its place is not told over the API', async () => {
  const done = await room.importText(
    registerText(registerRow(`${prefix}-A`), registerRow(`${prefix}-B`, { phone: '1', email: 'x', role: '' })),
  );
  expect(done.reportPath).toBe(join(room.dataDirectory, 'imports', `${done.id}-rejected.csv`));
  const [head, ...lines] = (await readFile(done.reportPath ?? '', 'utf8')).trim().split('\n');
  expect(head).toBe('\uFEFFrow,column,reason,text_vi,text_en'.trim());
  expect(lines).toEqual([
    '3,phone,bad_phone,"Không phải số điện thoại Việt Nam hợp lệ.","Not a valid Vietnamese phone number."',
    '3,email,bad_email,"Không phải địa chỉ email hợp lệ.","Not a valid e-mail address."',
    '3,role,bad_role,"Vai trò là member, officer hoặc secretary.","Role is member, officer or secretary."',
  ]);
  const { items } = await room.members.listImports({ cursor: undefined, limit: 1, language: 'en' });
  expect(JSON.stringify(items)).not.toContain(room.dataDirectory);
});

test('where no report can be written the import fails before a member is, and leaves no file', async () => {
  const before = await count('members');
  await writeFile(join(room.dataDirectory, 'no-folder'), 'a file');
  const importing = room.members.importMembers({
    file: Readable.from([Buffer.from(registerText(registerRow(`${prefix}-A`), registerRow(`${prefix}-B`, { phone: '1' })))]),
    source: 'command',
    reportPath: join(room.dataDirectory, 'no-folder', 'report.csv'),
  });
  await expect(importing).rejects.toThrow();
  expect(await count('members')).toBe(before);
  expect((await readdir(room.dataDirectory, { recursive: true })).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('an import that is stopped before the writing has changed nothing', async () => {
  const before = await count('members');
  const stop = new AbortController();
  const importing = room.members.importMembers({
    file: Readable.from([Buffer.from(registerText(registerRow(`${prefix}-A`)))]),
    source: 'command',
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(importing).rejects.toThrow(/abort/i);
  expect(await count('members')).toBe(before);
  expect(await room.importText(registerText(registerRow(`${prefix}-A`)))).toMatchObject({ inserted: 1 });
});
