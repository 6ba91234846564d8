import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVault } from './vault.ts';

const vault = createVault(Buffer.alloc(32, 1));

test('a sealed value opens in its own context only, and never twice the same bytes', () => {
  const sealed = vault.seal('Ưu đãi-1234', 'offer:1');
  expect(vault.open(sealed, 'offer:1')).toBe('Ưu đãi-1234');
  expect(() => vault.open(sealed, 'offer:2')).toThrow();
  expect(vault.seal('Ưu đãi-1234', 'offer:1').equals(sealed)).toBe(false);
  sealed[20] = (sealed[20] ?? 0) ^ 1;
  expect(() => vault.open(sealed, 'offer:1')).toThrow();
});

test('look-up hashes need the key', () => {
  expect(vault.lookUp('A').equals(createVault(Buffer.alloc(32, 2)).lookUp('A'))).toBe(false);
  expect(vault.lookUp('A').equals(vault.lookUp('A'))).toBe(true);
});

test('a look-up hash is the HMAC-SHA-256 of the text, whatever its length, its letters and what was hashed before', () => {
  const key = Buffer.alloc(32, 7);
  const { lookUp } = createVault(key);
  const lookUpKey = createHmac('sha256', key).update('look-up').digest();
  const expected = (text: string) => createHmac('sha256', lookUpKey).update(text).digest('hex');
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ maxLength: 30 }),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (texts) => {
      const given = texts.map(lookUp);
      expect(given.map((hash) => hash.toString('hex'))).toEqual(texts.map(expected));
    }),
  );
});
