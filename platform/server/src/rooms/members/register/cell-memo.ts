import type { FieldSink } from './copy-fields.ts';

/** What was remembered of a cell: the field it becomes, and a number of the caller's. */
export interface CellMemo {
  /** Number of the entry for these bytes; 0 when they are not known. */
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
const LONGEST_CELL_BYTES = 64;
const FIRST_POOL_BYTES = 16 * 1024;
const FNV_PRIME = 0x0100_0193;

function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

/**
 * Remembers what cells mean by their bytes: words, days and codes of a register come again and again, and to look one up costs less
 * than to make a string of it. Open addressing over one pool of bytes, so that nothing here is garbage.
 */
export function createCellMemo(): CellMemo {
  const slots = new Int32Array(SLOTS);
  const offsets = new Int32Array(MOST_ENTRIES + 2);
  const cellLengths = new Uint8Array(MOST_ENTRIES + 1);
  const tags = new Int32Array(MOST_ENTRIES + 1);
  let pool = Buffer.alloc(FIRST_POOL_BYTES);
  let entries = 0;

  const isAt = (entry: number, bytes: Buffer, start: number, length: number) => {
    if (cellLengths[entry] !== length) return false;
    const from = offsets[entry] ?? 0;
    for (let at = 0; at < length; at++) if (pool[from + at] !== bytes[start + at]) return false;
    return true;
  };
  const find = (bytes: Buffer, start: number, end: number) => {
    for (let slot = hashOf(bytes, start, end); ; slot = (slot + 1) & (SLOTS - 1)) {
      const entry = slots[slot] ?? 0;
      if (entry === 0 || isAt(entry, bytes, start, end - start)) return entry;
    }
  };
  return {
    find,
    put: (sink, entry) => {
      const end = offsets[entry + 1] ?? 0;
      const { bytes } = sink;
      let to = sink.length;
      for (let at = (offsets[entry] ?? 0) + (cellLengths[entry] ?? 0); at < end; at++) bytes[to++] = pool[at] ?? 0;
      sink.length = to;
    },
    tagOf: (entry) => tags[entry] ?? 0,
    keep: ({ cell, field, tag }) => {
      if (entries === MOST_ENTRIES || cell.length > LONGEST_CELL_BYTES) return;
      const from = offsets[++entries] ?? 0;
      const end = from + cell.length + field.length;
      if (end > pool.length) pool = Buffer.concat([pool, Buffer.alloc(Math.max(pool.length, end - pool.length))]);
      pool.set(cell, from);
      pool.set(field, from + cell.length);
      offsets[entries + 1] = end;
      cellLengths[entries] = cell.length;
      tags[entries] = tag;
      let slot = hashOf(cell, 0, cell.length);
      while (slots[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
      slots[slot] = entries;
    },
  };
}
