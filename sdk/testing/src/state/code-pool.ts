import { CODE_ALPHABETS, type CodeRecipe } from '@chung/contracts';

export const CODE_LENGTH_MAX = 64;
const CODE = /^[A-Z0-9-]{4,64}$/;
const HINT_LENGTH = 4;

/** Codes that stand there, or that are made when their turn comes: a generation of millions costs nothing here. */
type Part = { readonly codes: string[] } | { readonly make: () => string; left: number };

/** The codes behind an offer, given out in the order in which they were added. */
export interface CodePool {
  readonly total: number;
  readonly free: number;
  /** What was given out. */
  readonly taken: ReadonlySet<string>;
  /** False for a code that is in the pool already. */
  add(code: string): boolean;
  addMade(count: number, make: () => string): void;
  /** The next code; null when none is left. */
  take(): string | null;
}

/** An empty pool. */
export function createCodePool(): CodePool {
  const parts: Part[] = [];
  const known = new Set<string>();
  const taken = new Set<string>();
  const left = (part: Part) => ('codes' in part ? part.codes.length : part.left);
  const free = () => parts.reduce((sum, part) => sum + left(part), 0);
  return {
    get total() {
      return free() + taken.size;
    },
    get free() {
      return free();
    },
    taken,
    add: (code) => {
      if (known.has(code)) return false;
      known.add(code);
      const last = parts.at(-1);
      if (last && 'codes' in last) last.codes.push(code);
      else parts.push({ codes: [code] });
      return true;
    },
    addMade: (count, make) => void parts.push({ make, left: count }),
    take: () => {
      while (parts[0] && left(parts[0]) === 0) parts.shift();
      const [part] = parts;
      if (!part) return null;
      const code = 'codes' in part ? (part.codes.shift() ?? '') : part.make();
      if ('left' in part) part.left -= 1;
      known.add(code);
      taken.add(code);
      return code;
    },
  };
}

/** How people type codes must not matter. Null when it cannot be a code. */
export function normaliseCode(text: string): string | null {
  const code = text.trim().toUpperCase();
  return CODE.test(code) ? code : null;
}

/** The last characters, enough to tell two codes apart and too few to use. */
export const hintOf = (code: string): string => `…${code.slice(-Math.min(HINT_LENGTH, Math.floor(code.length / 2)))}`;

const VALUES_OF_A_BYTE = 256;

/** Makes random codes after a recipe; bytes that would favour the first signs of the alphabet are thrown away. */
export function codeMaker({ prefix, alphabet, length }: Pick<CodeRecipe, 'prefix' | 'alphabet' | 'length'>): () => string {
  const signs = CODE_ALPHABETS[alphabet];
  const fair = VALUES_OF_A_BYTE - (VALUES_OF_A_BYTE % signs.length);
  return () => {
    let code = prefix;
    while (code.length < prefix.length + length)
      for (const byte of crypto.getRandomValues(new Uint8Array(length)))
        if (byte < fair && code.length < prefix.length + length) code += signs.charAt(byte % signs.length);
    return code;
  };
}
