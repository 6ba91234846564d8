import type { MemberId } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import type { Member, MemberFacts, MemberRole } from './member.ts';
import type { FormerProvince, Province } from './provinces.ts';
import type { Unit, UnitKind } from './unit.ts';

type Query = Pick<Tx, 'query'>;

interface MemberColumns {
  id: MemberId;
  member_code: string;
  full_name: string;
  birth_year: number;
  unit_code: string;
  province_code: string;
  role: MemberRole;
  verified: boolean;
  joined_on: string | null;
}

export interface MemberRecord extends Member {
  readonly unitName: string | null;
  readonly unitPath: readonly string[];
  readonly provinceName: string | null;
  readonly contactSealed: Buffer | null;
}

// The driver would make a Date in the server's time zone of a day; days stay text.
const memberColumns = `m.id, m.member_code, m.full_name, m.birth_year, m.unit_code, m.province_code, m.role, m.verified, m.joined_on::text AS joined_on`;

function memberFrom(row: MemberColumns): Member {
  return {
    id: row.id,
    memberCode: row.member_code,
    fullName: row.full_name,
    birthYear: row.birth_year,
    unitCode: row.unit_code,
    provinceCode: row.province_code,
    role: row.role,
    verified: row.verified,
    joinedOn: row.joined_on,
  };
}

interface RecordColumns extends MemberColumns {
  unit_name: string | null;
  path: string[] | null;
  province_name: string | null;
  contact_sealed: Buffer | null;
}

function recordFrom(row: RecordColumns): MemberRecord {
  return {
    ...memberFrom(row),
    unitName: row.unit_name,
    unitPath: row.path ?? [],
    provinceName: row.province_name,
    contactSealed: row.contact_sealed,
  };
}

interface FactColumns {
  id: MemberId;
  verified: boolean;
  province_code: string;
  unit_path: string | null;
  birth_year: number;
  role: MemberRole;
  joined_on: string | null;
  full_name: string;
}

const UNIT_SEPARATOR = '\u001f';

const factsFrom = (row: FactColumns): MemberFacts => ({
  memberId: row.id,
  verified: row.verified,
  provinceCode: row.province_code,
  unitPath: row.unit_path?.split(UNIT_SEPARATOR) ?? [],
  birthYear: row.birth_year,
  role: row.role,
  since: row.joined_on,
  displayName: row.full_name,
});

export function createMemberStore(db: Query) {
  return {
    async findById(memberId: MemberId): Promise<Member | null> {
      const [row] = await db.query<MemberColumns>(`SELECT ${memberColumns} FROM chung.members m WHERE m.id = $1`, [memberId]);
      return row ? memberFrom(row) : null;
    },
    async findByCode(memberCode: string): Promise<Member | null> {
      const [row] = await db.query<MemberColumns>(
        `SELECT ${memberColumns} FROM chung.member_codes k JOIN chung.members m ON m.id = k.member_id WHERE k.member_code = $1`,
        [memberCode],
      );
      return row ? memberFrom(row) : null;
    },
    async findByPhoneHash(phoneHash: Buffer): Promise<Member[]> {
      const rows = await db.query<MemberColumns>(
        `SELECT ${memberColumns} FROM chung.members m WHERE m.phone_hash = $1 ORDER BY m.id LIMIT 20`,
        [phoneHash],
      );
      return rows.map(memberFrom);
    },
    /** In the order asked: read for every catalogue page and claim, many at once. */
    async findFacts(memberIds: readonly MemberId[]): Promise<(MemberFacts | null)[]> {
      const rows = await db.query<FactColumns | { id: null }>('SELECT * FROM chung.member_facts($1)', [memberIds]);
      return rows.map((row) => (row.id === null ? null : factsFrom(row)));
    },
    /** Members with their unit's path and names, in the order asked. */
    async findRecords(memberIds: readonly MemberId[]): Promise<(MemberRecord | null)[]> {
      const rows = await db.query<RecordColumns | { id: null }>(
        // OFFSET 0 keeps the planner from reading the whole directory for a few members.
        `SELECT m.* FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, no)
           LEFT JOIN LATERAL (
             SELECT ${memberColumns}, m.contact_sealed, u.name AS unit_name, u.path, p.name AS province_name
               FROM chung.members m
               LEFT JOIN chung.units u ON u.code = m.unit_code
               LEFT JOIN chung.provinces p ON p.code = m.province_code
              WHERE m.id = asked.id OFFSET 0) AS m ON true
          ORDER BY asked.no`,
        [memberIds],
      );
      return rows.map((row) => (row.id === null ? null : recordFrom(row)));
    },
    async unitProvinces(): Promise<ReadonlyMap<string, string | null>> {
      const rows = await db.query<{
        code: string;
        province_code: string | null;
      }>('SELECT code, province_code FROM chung.units');
      return new Map(rows.map((row) => [row.code, row.province_code]));
    },
    async unitNames(): Promise<ReadonlyMap<string, string>> {
      const rows = await db.query<{ code: string; name: string }>('SELECT code, name FROM chung.units');
      return new Map(rows.map(({ code, name }) => [code, name]));
    },
    async listProvinces(): Promise<readonly { code: string; name: string }[]> {
      return db.query<{ code: string; name: string }>('SELECT code, name FROM chung.provinces ORDER BY code');
    },
    async findUnit(unitCode: string): Promise<Unit | null> {
      const [row] = await db.query<{
        code: string;
        kind: UnitKind;
        parent_code: string | null;
        name: string;
        province_code: string | null;
        path: string[];
      }>('SELECT code, kind, parent_code, name, province_code, path FROM chung.units WHERE code = $1', [unitCode]);
      return row
        ? {
            code: row.code,
            kind: row.kind,
            parentCode: row.parent_code,
            name: row.name,
            provinceCode: row.province_code,
            path: row.path,
          }
        : null;
    },
  };
}

export type MemberStore = ReturnType<typeof createMemberStore>;

/** Writes the lists of provinces; run again, it only corrects names. */
export async function writeProvinces(tx: Query, provinces: readonly Province[], former: readonly FormerProvince[]): Promise<void> {
  await tx.query(
    `INSERT INTO chung.provinces (code, name, kind)
     SELECT code, name, kind FROM unnest($1::text[], $2::text[], $3::text[]) AS given (code, name, kind)
     ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind
     WHERE (provinces.name, provinces.kind) IS DISTINCT FROM (excluded.name, excluded.kind)`,
    [provinces.map(({ code }) => code), provinces.map(({ name }) => name), provinces.map(({ kind }) => kind)],
  );
  await tx.query(
    `INSERT INTO chung.former_provinces (code, name, province_code)
     SELECT code, name, province_code FROM unnest($1::text[], $2::text[], $3::text[]) AS given (code, name, province_code)
     ON CONFLICT (code) DO UPDATE SET name = excluded.name, province_code = excluded.province_code
     WHERE (former_provinces.name, former_provinces.province_code) IS DISTINCT FROM (excluded.name, excluded.province_code)`,
    [former.map(({ code }) => code), former.map(({ name }) => name), former.map(({ provinceCode }) => provinceCode)],
  );
}

/** Adds units, parents before children; of a unit that is there only the name is corrected. */
export async function writeUnits(tx: Query, units: readonly Unit[]): Promise<void> {
  // JSON carries the paths: unnest would flatten an array of arrays.
  await tx.query(
    `INSERT INTO chung.units (code, kind, parent_code, name, province_code, path)
     SELECT code, kind, "parentCode", name, "provinceCode", path
       FROM jsonb_to_recordset($1::jsonb) AS given (code text, kind text, "parentCode" text, name text, "provinceCode" text, path text[])
      ORDER BY cardinality(path)
     ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE units.name <> excluded.name`,
    [JSON.stringify(units)],
  );
}

export async function today(db: Pick<Db, 'query'>): Promise<string> {
  const [row] = await db.query<{ today: string }>(`SELECT to_char(now() AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD') AS today`);
  if (!row) throw new Error('SELECT now() answered no row');
  return row.today;
}
