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
