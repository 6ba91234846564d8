import { randomFillSync } from 'node:crypto';
import { CODE_ALPHABETS, type CodeRecipe } from '@chung/contracts';

const BYTES_A_DRAW = 16_384;
const VALUES_OF_A_BYTE = 256;

/**
 * Makes random codes after a recipe, from the system's generator. Bytes that would favour the first signs of the alphabet are
 * thrown away, so that every code is as likely as any other.
 */
export function createCodeMaker({ prefix, alphabet, length }: Pick<CodeRecipe, 'prefix' | 'alphabet' | 'length'>): () => string {
  const signs = CODE_ALPHABETS[alphabet];
  const fair = VALUES_OF_A_BYTE - (VALUES_OF_A_BYTE % signs.length);
  const drawn = Buffer.alloc(BYTES_A_DRAW);
  let used = drawn.length;
  const nextByte = (): number => {
    for (;;) {
      if (used === drawn.length) {
        randomFillSync(drawn);
        used = 0;
      }
      const byte = drawn.readUInt8(used++);
      if (byte < fair) return byte;
    }
  };
  return () => {
    let code = prefix;
    for (let sign = 0; sign < length; sign++) code += signs.charAt(nextByte() % signs.length);
    return code;
  };
}
