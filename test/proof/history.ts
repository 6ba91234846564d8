// The history of a run: one line for everything that a client did, with the times between which it happened.
//
// A history is files that anyone can read and judge again: `claims-*.tsv` by the load processes, `watch.tsv` by the one that
// moves clocks and stock, `redemptions.tsv` and `offers.tsv` as the database stood at the end. `check-history.ts` needs no more.
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** `expire` and `lapse` are seen or done by the watcher; `stock` is its change of an offer's stock. */
export type Operation = 'claim' | 'confirm' | 'fulfil' | 'cancel' | 'reverse' | 'lapse' | 'expire' | 'stock' | 'window';

export interface Entry {
  readonly operation: Operation;
  /** Microseconds of the machine's monotonic clock, which all its processes share. */
  readonly invoked: number;
  /** When the answer came; for what got none, when the connection was lost. */
  readonly returned: number;
  readonly member: string;
  readonly offer: string;
  readonly key: string;
  /** `ok`, a stable error code, or `lost` when nobody can say whether it happened. */
  readonly outcome: string;
  /** Id of the redemption that was answered or acted upon. */
  readonly redemption: string;
  /** The code that a claim showed, or the stock that was set. */
  readonly detail: string;
}

export interface FinalRedemption {
  readonly id: string;
  readonly offer: string;
  readonly member: string;
  readonly key: string;
  readonly state: string;
}

export interface OfferFacts {
  readonly offer: string;
  /** Stock at the start; later changes are entries. */
  readonly stock: number;
  /** What one member may hold at a time: the smaller of the two limits. */
  readonly perMember: number;
}

export interface History {
  readonly entries: readonly Entry[];
  readonly redemptions: readonly FinalRedemption[];
  readonly offers: readonly OfferFacts[];
}

export const LOST = 'lost';

/** The monotonic clock in microseconds. */
export const clock = (): number => Number(process.hrtime.bigint() / 1000n);

const COLUMNS = ['operation', 'invoked', 'returned', 'member', 'offer', 'key', 'outcome', 'redemption', 'detail'] as const;
const FLUSH_AT = 2_000;

/** Collects lines and writes them in blocks: a write for each of a million answers would be the load's greatest cost. */
export class HistoryWriter {
  readonly #file: string;
  #lines: string[] = [];

  constructor(file: string) {
    this.#file = file;
    writeFileSync(file, `${COLUMNS.join('\t')}\n`);
  }

  add(entry: Entry): void {
    this.#lines.push(COLUMNS.map((column) => entry[column]).join('\t'));
    if (this.#lines.length >= FLUSH_AT) this.flush();
  }

  flush(): void {
    if (this.#lines.length > 0) appendFileSync(this.#file, `${this.#lines.join('\n')}\n`);
    this.#lines = [];
  }
}

export function writeTable(file: string, rows: readonly Readonly<Record<string, string | number>>[], columns: readonly string[]): void {
  const lines = rows.map((row) => columns.map((column) => row[column] ?? '').join('\t'));
  writeFileSync(file, `${[columns.join('\t'), ...lines].join('\n')}\n`);
}

export const REDEMPTION_COLUMNS = ['id', 'offer', 'member', 'key', 'state'] as const;
export const OFFER_COLUMNS = ['offer', 'stock', 'perMember'] as const;

function* readTable(file: string, columns: readonly string[]): Generator<string[]> {
  const [header, ...lines] = readFileSync(file, 'utf8').split('\n');
  if (header !== columns.join('\t')) throw new Error(`${file} does not begin with the columns ${columns.join(', ')}`);
  // The last piece is what follows the last line end: nothing, unless the file was cut off in the middle of a line.
  if (lines.pop() !== '') throw new Error(`${file} is cut off`);
  for (const [number, line] of lines.entries()) {
    const cells = line.split('\t');
    if (cells.length !== columns.length) throw new Error(`${file}:${number + 2} has ${cells.length} cells instead of ${columns.length}`);
    yield cells;
  }
}

const cell = (cells: readonly string[], index: number): string => cells[index] ?? '';

function entryOf(cells: readonly string[]): Entry {
  return {
    operation: cell(cells, 0) as Operation,
    invoked: Number(cell(cells, 1)),
    returned: Number(cell(cells, 2)),
    member: cell(cells, 3),
    offer: cell(cells, 4),
    key: cell(cells, 5),
    outcome: cell(cells, 6),
    redemption: cell(cells, 7),
    detail: cell(cells, 8),
  };
}

export function readHistory(folder: string): History {
  const files = readdirSync(folder).filter((name) => name.startsWith('claims-') || name === 'watch.tsv');
  const entries: Entry[] = [];
  for (const name of files) for (const cells of readTable(path.join(folder, name), COLUMNS)) entries.push(entryOf(cells));
  const redemptions = [...readTable(path.join(folder, 'redemptions.tsv'), REDEMPTION_COLUMNS)].map((cells) => ({
    id: cell(cells, 0),
    offer: cell(cells, 1),
    member: cell(cells, 2),
    key: cell(cells, 3),
    state: cell(cells, 4),
  }));
  const offers = [...readTable(path.join(folder, 'offers.tsv'), OFFER_COLUMNS)].map((cells) => ({
    offer: cell(cells, 0),
    stock: Number(cell(cells, 1)),
    perMember: Number(cell(cells, 2)),
  }));
  return { entries, redemptions, offers };
}
