import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pino from 'pino';
import { createCursors } from '../../platform/server/src/kernel/cursor.ts';
import { createDb, type Db } from '../../platform/server/src/kernel/db.ts';
import { createVault } from '../../platform/server/src/kernel/vault.ts';
import { createMembers, generateUnits, type ImportRecord, type Members } from '../../platform/server/src/rooms/members/index.ts';
import { createTestDatabase } from './database.ts';

export interface MembersRoom {
  readonly members: Members;
  readonly db: Db;
  readonly dataDirectory: string;
  /** Imports a register given as text or bytes. */
  importText(file: string | Buffer): Promise<ImportRecord>;
  close(): Promise<void>;
}

/** The room on a database of its own, with provinces and one branch. */
export async function openMembersRoom(): Promise<MembersRoom> {
  const database = await createTestDatabase();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'chung-members-'));
  const db = createDb(database.serverUrl, { poolSize: 5, onIdleError: () => {} });
  const members = createMembers({
    db,
    vault: createVault(Buffer.alloc(32, 7)),
    dataDirectory,
    log: pino({ level: 'silent' }),
    cursors: createCursors('test'),
  });
  await members.seedReferenceData();
  const units = generateUnits();
  await members.addUnits(units.filter(({ code }) => 'T01.H01.X01.C01'.startsWith(code)));
  return {
    members,
    db,
    dataDirectory,
    importText: (file) => members.importMembers({ file: Readable.from(inPieces(Buffer.from(file))), source: 'command' }),
    close: async () => {
      await db.close();
      await database.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** In pieces of an odd size, so that characters and rows are cut in the middle as on a network. */
function* inPieces(bytes: Buffer): Generator<Buffer> {
  const size = 1009;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const REGISTER_HEADER = 'member_code,full_name,birth_date,gender,phone,email,unit_code,province_code,role,verified,joined_on';

/** A row that is right, but for what a test says. */
export function registerRow(memberCode: string, changes: Partial<Record<string, string>> = {}): string {
  const row: Record<string, string> = {
    member_code: memberCode,
    full_name: 'Nguyễn Thị Thảo',
    birth_date: '2004-02-29',
    gender: 'female',
    phone: '0382054697',
    email: '',
    unit_code: 'T01.H01.X01.C01',
    province_code: '01',
    role: 'member',
    verified: 'true',
    joined_on: '2022-03-26',
  };
  return REGISTER_HEADER.split(',')
    .map((column) => changes[column] ?? row[column] ?? '')
    .join(',');
}

export function registerText(...rows: readonly string[]): string {
  return `${[REGISTER_HEADER, ...rows].join('\n')}\n`;
}
