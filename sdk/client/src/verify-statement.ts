import { Statement, type StatementHeader, type StatementLine } from '@chung/contracts';
import { canonicalJson, digestText, hashOf, sha256, utf8 } from './statement-canonical.ts';
import { checkChain, checkFirst, checkPeriod } from './statement-chain.ts';
import { createReport, type StatementDifference, type StatementGap, type StatementReport } from './statement-differences.ts';
import { expectedLines, firstIssue, readEvents } from './statement-events.ts';
import { checkLines } from './statement-lines.ts';
import { matchEvents } from './statement-match.ts';
import { inTurns, leafHash, merkleLevels } from './statement-merkle.ts';
import { checkTotals } from './statement-totals.ts';

/** What `verifyStatement` reads: files as `JSON.parse` gives them. Nothing is believed, so anything may come. */
export interface StatementFiles {
  readonly statement: unknown;
  /** Exported events of the period, and better from the beginning: `chung events list --json`, or `GET /v1/partner/events`. */
  readonly events?: unknown;
  /** The statement before it. */
  readonly previous?: unknown;
}

export interface StatementCheck {
  /** True when nothing differs. What could not be told stands in `gaps`. */
  readonly verified: boolean;
  /** The first thousand; `count` has all. */
  readonly differences: readonly StatementDifference[];
  readonly count: number;
  readonly gaps: readonly StatementGap[];
  /** The statement as it was read; null when it could not be. */
  readonly statement: Statement | null;
  /** Events of the export that money hangs on; null without an export. */
  readonly events: number | null;
}

/**
 * Recomputes a statement: every line, total, VAT column and digest, from the file itself; against exported events, every redemption and its
 * amounts to the đồng, both ways; against the statement before, the chain. Needs no network and no key. It never throws for what is in the
 * files. What it does not prove is in docs/statements.md.
 *
 * @example
 * const { verified, differences } = await verifyStatement({ statement: JSON.parse(text), events: JSON.parse(exported) });
 * for (const { line, field, stated, computed } of differences) console.info(line, field, stated, computed);
 */
export async function verifyStatement({ statement: given, events, previous }: StatementFiles): Promise<StatementCheck> {
  const report = createReport();
  const statement = read(given, 'statement', report);
  const known = events === undefined ? null : readEvents(events, report);
  const before = previous === undefined ? null : read(previous, 'previous', report);
  if (statement) {
    const place = { startsAt: Date.parse(statement.period.startsAt), endsAt: Date.parse(statement.period.endsAt) };
    checkPeriod(statement.period, report);
    checkLines(statement.lines, place, report);
    checkTotals(statement, report);
    checkFirst(statement, report);
    await checkDigests(statement, 'statement', report);
    if (known) matchEvents(statement.lines, place, { expected: expectedLines(known, report), report });
    else report.cannotTell('events_not_given');
    if (before) {
      await checkDigests(before, 'previous', report);
      checkChain(statement, before, report);
    } else if (previous === undefined && statement.number > 1) report.cannotTell('previous_not_given');
  }
  const { differences, gaps, count } = report;
  return { verified: count === 0, differences, count, gaps, statement, events: known?.length ?? null };
}

function read(given: unknown, name: 'statement' | 'previous', report: StatementReport): Statement | null {
  const parsed = Statement.safeParse(given);
  if (!parsed.success) {
    report.differs('unreadable', { field: name, stated: firstIssue(parsed.error), computed: 'chung-statement-v1' });
    return null;
  }
  if (isSpellable(parsed.data)) return parsed.data;
  report.differs('unreadable', { field: name, stated: 'canonical JSON', computed: 'chung-statement-v1' });
  return null;
}

/** Half a surrogate pair in a note or a name can be neither hashed nor written as UTF-8. */
function isSpellable(statement: Statement): boolean {
  try {
    canonicalJson(statement);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function checkDigests(statement: Statement, name: 'statement' | 'previous', report: StatementReport): Promise<void> {
  const prefix = name === 'statement' ? '' : 'previous: ';
  const root = await rootOf(statement.lines);
  if (root !== statement.root) report.differs('root', { field: `${prefix}root`, stated: statement.root, computed: root });
  const hash = await headerHash(headerOf(statement));
  if (hash !== statement.hash) report.differs('hash', { field: `${prefix}hash`, stated: statement.hash, computed: hash });
}

/** A statement without its lines, which its root stands for. */
export function headerOf({ lines: _lines, ...header }: Statement): StatementHeader {
  return header;
}

/** What `hash` must be: SHA-256 over the canonical JSON of the header without it. */
export function headerHash({ hash: _hash, ...content }: StatementHeader): Promise<string> {
  return hashOf(content);
}

export const lineHash = (line: StatementLine) => leafHash(utf8(canonicalJson(line)));

export async function rootOf(lines: readonly StatementLine[]): Promise<string> {
  const levels = await levelsOf(lines);
  return digestText(levels.at(-1)?.[0] ?? (await sha256()));
}

export async function levelsOf(lines: readonly StatementLine[]) {
  const leaves = await inTurns(lines.length, (index) => {
    const line = lines[index];
    if (!line) throw new RangeError('a line is there for each place');
    return lineHash(line);
  });
  return merkleLevels(leaves);
}
