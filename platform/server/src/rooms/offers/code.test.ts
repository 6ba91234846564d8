import type { OfferId, PartnerId } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { createVault } from '../../kernel/vault.ts';
import { hashCode, hintOf, normaliseCode, openCode, sealCode } from './code.ts';
import { HASH_BYTES, sealBatch } from './code-batch.ts';

const vault = createVault(Buffer.alloc(32, 3));
const [partnerId, offerId] = [newId<PartnerId>(), newId<OfferId>()];
const code = fc.string({ unit: fc.constantFrom(...'ABCXYZ0189-'), minLength: 4, maxLength: 64 });

describe('a code', () => {
  test.each([
    ['TET-8KQ2', 'TET-8KQ2'],
    ['  tet-8kq2\t', 'TET-8KQ2'],
    ['\u00a0TET-8KQ2\u3000', 'TET-8KQ2'],
    ['ABCD', 'ABCD'],
    ['----', '----'],
    ['A'.repeat(64), 'A'.repeat(64)],
    ['ABC', null],
    ['A'.repeat(65), null],
    ['', null],
    ['    ', null],
    ['TET 8KQ2', null],
    ['TET_8KQ2', null],
    ['TẾT-8KQ2', null],
    ['ＴＥＴ-８ＫＱ', null],
    ['ABCD\nEFGH', null],
    ['ABCD\0', null],
  ])('%j is kept as %j', (text, expected) => {
    expect(normaliseCode(text)).toBe(expected);
  });

  test('in any case and with blanks around is the same code, and what is kept is kept again as it is', () => {
    fc.assert(
      fc.property(code, fc.constantFrom('', ' ', '\t ', '\u00a0', '\n'), (text, blanks) => {
        expect(normaliseCode(blanks + text.toLowerCase() + blanks)).toBe(text);
      }),
    );
  });

  test('of any text is nothing, or one that a counter can type', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aB3ZxQ7-- \u00a0_ễ'), maxLength: 70 }), (text) => {
        const kept = normaliseCode(text);
        if (kept !== null) expect([kept, normaliseCode(kept)]).toEqual([expect.stringMatching(/^[A-Z0-9-]{4,64}$/), kept]);
      }),
    );
  });

  test('is hinted by at most four signs and never by more than half of it', () => {
    fc.assert(
      fc.property(code, (text) => {
        const shown = hintOf(text).slice(1);
        expect(text.endsWith(shown)).toBe(true);
        expect(shown.length).toBe(Math.min(4, Math.floor(text.length / 2)));
      }),
    );
    expect([hintOf('ABCD'), hintOf('ABCDEFG'), hintOf('ABCDEFGH-1234')]).toEqual(['…CD', '…EFG', '…1234']);
  });

  test('looks different at another partner, and the same at the same', () => {
    expect(hashCode(vault, partnerId, 'ABCD').equals(hashCode(vault, partnerId, 'ABCD'))).toBe(true);
    expect(hashCode(vault, newId<PartnerId>(), 'ABCD').equals(hashCode(vault, partnerId, 'ABCD'))).toBe(false);
  });

  test('opens in its own row alone: not under another offer, another hash or another key', () => {
    const hash = hashCode(vault, partnerId, 'ABCD-1234');
    const sealed = sealCode(vault, { offerId, hash, code: 'ABCD-1234' });
    expect(openCode(vault, { offerId, hash, sealed })).toBe('ABCD-1234');
    const others = [
      () => openCode(vault, { offerId: newId<OfferId>(), hash, sealed }),
      () => openCode(vault, { offerId, hash: hashCode(vault, partnerId, 'ABCD-1235'), sealed }),
      () => openCode(createVault(Buffer.alloc(32, 4)), { offerId, hash, sealed }),
    ];
    for (const open of others) expect(open).toThrow();
  });
});

describe('a batch of codes', () => {
  test('gives each code its own hash, seal, hint and line, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(code, { maxLength: 30 }), async (codes) => {
        const lines = codes.map((_, index) => index * 2 + 1);
        const batch = await sealBatch(vault, { partnerId, offerId }, { codes, lines });
        const opened = codes.map((_, index) => {
          const hash = batch.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
          return openCode(vault, { offerId, hash, sealed: batch.sealed.subarray(batch.ends[index - 1] ?? 0, batch.ends[index]) });
        });
        expect(opened).toEqual(codes);
        expect([batch.hints, batch.lines, batch.hashes.length]).toEqual([codes.map(hintOf), lines, codes.length * HASH_BYTES]);
      }),
      { numRuns: 40 },
    );
  });

  test('lets others have their turn in between: a claim does not wait for ten thousand seals', async () => {
    const codes = Array.from({ length: 1_000 }, (_, index) => `CODE-${index}`);
    let turns = 0;
    const state = { isDone: false };
    const others = (async () => {
      while (!state.isDone) {
        await new Promise((resolve) => setImmediate(resolve));
        turns++;
      }
    })();
    await sealBatch(vault, { partnerId, offerId }, { codes, lines: codes.map(() => 1) });
    state.isDone = true;
    await others;
    expect(turns).toBeGreaterThanOrEqual(3);
  });
});
