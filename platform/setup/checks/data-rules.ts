// The rules of "beyond one process and one machine" that a machine can see, over migrations and over the SQL in stores.
// `node data-rules.ts [ROOT]` prints what breaks one; exit 1 when something does.
import { join } from 'node:path';
import { isTest, readSources, type SourceFile } from './source-files.ts';

export interface Finding {
  path: string;
  line: number;
  rule: string;
}

interface Rule {
  pattern: RegExp;
  rule: string;
}

/** Rules for the text of migrations without its comments. */
const migrationRules: Rule[] = [
  {
    pattern: /\b(small|big)?serial\b|GENERATED\s+(ALWAYS|BY\s+DEFAULT)\s+AS\s+IDENTITY|CREATE\s+SEQUENCE/gi,
    rule: 'no sequences: keys are UUIDv7',
  },
  {
    pattern: /CREATE\s+(OR\s+REPLACE\s+)?(CONSTRAINT\s+)?TRIGGER/gi,
    rule: 'no triggers: they cannot be distributed; revoke rights instead',
  },
  { pattern: /\bNOTIFY\b|\bpg_notify\s*\(/gi, rule: 'no NOTIFY: it is lost in a failover and in a pooler' },
  { pattern: /CREATE\s+TABLE\s+(IF\s+NOT\s+EXISTS\s+)?(?!chung\.)\S+/gi, rule: 'tables live in schema chung' },
  { pattern: /\btimestamp\b(?!\s*tz|tz|\s+with\s+time\s+zone)/gi, rule: 'time is timestamptz' },
  {
    pattern: /\b\w+_minor\s+(int\w*|smallint|numeric|decimal|real|double|float\w*|text|varchar|money)\b/gi,
    rule: 'amounts are BIGINT đồng',
  },
  { pattern: /GRANT\s+ALL\b/gi, rule: 'grants name the rights: never ALL' },
];

/** Rules for the server's sources; the migrator has a direct connection and is left out. */
const sourceRules: Rule[] = [
  { pattern: /\bpg_(try_)?advisory_lock\b/g, rule: 'only pg_advisory_xact_lock: a session lock stays with a pooled connection' },
  {
    pattern: /[`'";]\s*SET\s+(?!LOCAL)/g,
    rule: 'only SET LOCAL: a session setting reaches the next client of a pooler',
  },
  { pattern: /[`'"]\s*(LISTEN|NOTIFY)\s+\w|\bpg_notify\s*\(/g, rule: 'no LISTEN or NOTIFY for correctness' },
  {
    pattern: /DO\s+UPDATE\s+SET(?:(?!RETURNING)[^`;])*\b(now\(\)|CURRENT_TIMESTAMP|clock_timestamp\(\))/gi,
    rule: 'ON CONFLICT DO UPDATE takes the time as a parameter',
  },
];

const roomRules: Rule[] = [
  {
    pattern: /\b(tx|db|pool|client|prisma)\.(query|\$queryRaw|\$executeRaw)\w*\s*[(<`]/g,
    rule: 'only store.ts and *-store.ts of a room know SQL',
  },
];

/** These hold what must never change; a table joins them by a comment above it that says "append-only". */
const appendOnly = ['outbox', 'journals', 'postings', 'audit_entries', 'consent_receipts'];

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function apply(rules: readonly Rule[], file: SourceFile, text = file.text): Finding[] {
  return rules.flatMap(({ pattern, rule }) =>
    [...text.matchAll(pattern)].map((match) => ({ path: file.path, line: lineOf(text, match.index), rule })),
  );
}

/** Blanks comments and texts but keeps every line where it was. */
function withoutComments(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, (found) => found.replace(/[^\n]/g, ' '));
}

function markedAppendOnly(sql: string): string[] {
  const tables = sql.matchAll(/((?:--[^\n]*\n)+)\s*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?chung\.(\w+)/gi);
  return [...tables].filter(([, comment]) => /append[- ]only/i.test(comment ?? '')).map(([, , table]) => table ?? '');
}

function grantFindings(file: SourceFile, sql: string, tables: ReadonlySet<string>): Finding[] {
  const grants = sql.matchAll(/GRANT\s+([^;]*?)\bON\s+(?:TABLE\s+)?([^;]*?)\s+TO\s/gi);
  return [...grants].flatMap((match) => {
    const named = [...(match[2] ?? '').matchAll(/(?:chung\.)?(\w+)/g)].map(([, table]) => table ?? '');
    const broken = /\b(UPDATE|DELETE|TRUNCATE)\b/i.test(match[1] ?? '') ? named.filter((table) => tables.has(table)) : [];
    return broken.map((table) => ({
      path: file.path,
      line: lineOf(sql, match.index),
      rule: `${table} is append-only: no UPDATE, no DELETE`,
    }));
  });
}

function nameFindings(files: readonly SourceFile[]): Finding[] {
  const numbers = new Map<string, string>();
  return files.flatMap(({ path, text }) => {
    const number = /\/(\d{4})_[a-z0-9_]+\.sql$/.exec(path)?.[1];
    const found: Finding[] = [];
    if (!number) found.push({ path, line: 1, rule: 'a migration is called NNNN_name.sql' });
    if (number && numbers.has(number)) found.push({ path, line: 1, rule: `the number is taken by ${numbers.get(number)}` });
    if (number) numbers.set(number, path);
    if (!/^-- \S.{10,}/.test(text)) found.push({ path, line: 1, rule: 'the first line is a comment that says why' });
    return found;
  });
}

export function migrationFindings(files: readonly SourceFile[]): Finding[] {
  const tables = new Set([...appendOnly, ...files.flatMap(({ text }) => markedAppendOnly(text))]);
  const inside = files.flatMap((file) => {
    const sql = withoutComments(file.text);
    return [...apply(migrationRules, file, sql), ...grantFindings(file, sql, tables)];
  });
  return [...nameFindings(files), ...inside];
}

export function sourceFindings(files: readonly SourceFile[]): Finding[] {
  return files.flatMap((file) => {
    const isRoomLogic = /\/rooms\/[^/]+\//.test(file.path) && !/[/-]store\.ts$/.test(file.path);
    return [...apply(sourceRules, file), ...(isRoomLogic ? apply(roomRules, file) : [])];
  });
}

export function dataFindings(root: string): Finding[] {
  const sources = readSources(root, ['platform/server/src'], /\.ts$/);
  const served = sources.filter(({ path }) => !isTest(path) && !path.endsWith('/kernel/migrate.ts'));
  return [...migrationFindings(readSources(root, ['platform/server/migrations'], /\.sql$/)), ...sourceFindings(served)];
}

if (import.meta.main) {
  const findings = dataFindings(process.argv[2] ?? join(import.meta.dirname, '..', '..', '..'));
  for (const { path, line, rule } of findings) process.stdout.write(`${path}:${line} ${rule}\n`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
