import type { FieldSink } from './copy-fields.ts';

/** What was remembered of cells: the field that each becomes, and a number of the caller's. */
export interface CellMemo {
  /** The entry for these bytes; 0 when they are not known. */
  find(bytes: Buffer, start: number, end: number): number;
  /** Appends the field of an entry. */
  put(sink: FieldSink, entry: number): void;
  tagOf(entry: number): number;
  /** Remembers a cell that is not known yet, while there is room. */
  keep(given: { cell: Buffer; field: Buffer; tag: number }): void;
}

/** All words and days of a register are fewer; what is more is read as if it came for the first time. */
const MOST_ENTRIES = 20_000;
const SLOTS = 1 << 16;
const LONGEST_BYTES = 255;
const FIRST_POOL_BYTES = 16 * 1024;
const FNV_PRIME = 0x0100_0193;

/** An entry in the pool: length of the cell (1), of the field (1), tag (1), then cell and field. */
const CELL_AT = 3;
const MOST_TAGS = 255;

function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

function isThere(pool: Buffer, from: number, cell: { bytes: Buffer; start: number; end: number }): boolean {
  const { bytes, start, end } = cell;
  const length = end - start;
  for (let at = 0; at < length; at++) if (pool[from + at] !== bytes[start + at]) return false;
  return true;
}

/**
 * Remembers what cells mean by their bytes: words, days and codes of a register come again and again, and to look one up costs less
 * than to make a string of it. Open addressing into one pool, so that a look-up touches two places of memory, and nothing is garbage.
 */
export function createCellMemo(): CellMemo {
  /** Where in the pool an entry begins; none begins at 0. */
  const slots = new Int32Array(SLOTS);
  let pool = Buffer.alloc(FIRST_POOL_BYTES);
  let used = 1;
  let entries = 0;

  return {
    find: (bytes, start, end) => {
      for (let slot = hashOf(bytes, start, end); ; slot = (slot + 1) & (SLOTS - 1)) {
        const entry = slots[slot] ?? 0;
        if (entry === 0) return 0;
        if (pool[entry] === end - start && isThere(pool, entry + CELL_AT, { bytes, start, end })) return entry;
      }
    },
    put: (sink, entry) => {
      const from = entry + CELL_AT + (pool[entry] ?? 0);
      const end = from + (pool[entry + 1] ?? 0);
      const { bytes } = sink;
      let to = sink.length;
      for (let at = from; at < end; at++) bytes[to++] = pool[at] ?? 0;
      sink.length = to;
    },
    tagOf: (entry) => pool[entry + 2] ?? 0,
    keep: ({ cell, field, tag }) => {
      if (entries === MOST_ENTRIES || Math.max(cell.length, field.length) > LONGEST_BYTES || tag > MOST_TAGS) return;
      const end = used + CELL_AT + cell.length + field.length;
      if (end > pool.length) pool = Buffer.concat([pool, Buffer.alloc(Math.max(pool.length, end - pool.length))]);
      pool.set([cell.length, field.length, tag], used);
      pool.set(cell, used + CELL_AT);
      pool.set(field, used + CELL_AT + cell.length);
      let slot = hashOf(cell, 0, cell.length);
      while (slots[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
      slots[slot] = used;
      used = end;
      entries++;
    },
  };
}
