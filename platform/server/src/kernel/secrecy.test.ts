// Properties of what keeps secrets: derived keys, sealing, pairwise ids and cursors.
import type { MemberId, PartnerId } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCursors } from './cursor.ts';
import { createIdMaker, newId } from './ids.ts';
import { deriveKeys } from './keys.ts';
import { pageFrom } from './page.ts';
import { createPairwise } from './pairwise.ts';
import { createVault } from './vault.ts';

const none = { token: [], receipt: [] };
const textsOf = (secret: string) => {
  const { cursor, pairwise, cookie, vault, databaseRole } = deriveKeys(secret, none);
  return { cursor, pairwise, cookie, vault: vault.toString('base64url'), databaseRole };
};

/** Keys of a secret of 43 zeros by RFC 5869 (SHA-256, salt `chung`, the purpose as info), computed by another program. */
const KEPT = {
  cursor: 'kwFuYFT44kN7oYCO1e5xRJZ4y6FgptJ-vTPRu25WqDM',
  pairwise: 'a5OZX1bovRxSvVkk8BJjCqpIQFCFdDBWFrktu4u_fB0',
  cookie: 'gKg1CNaEizGWF3DZ6OpnMP0QmStf4XSku9bzuhb-VNY',
  vault: 'q0REIONx2CJ9QXGMFrN-McgTiS8bRU_835QVu_ToIig',
  databaseRole: '2gYM3XUhRKBYMEke1UgBqsAgPyfQUTIyiTiJ82_OQrM',
};

describe('derived keys', () => {
  test('are 32 bytes each, all different, and none is the secret', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 43 }), (secret) => {
        const keys = Object.values(textsOf(secret));
        expect(new Set([...keys, secret]).size).toBe(6);
        for (const key of keys) expect(Buffer.from(key, 'base64url')).toHaveLength(32);
      }),
    );
  });

  test('are the same after a restart, and all others for another secret', () => {
    const [mine, again, other] = [textsOf('a'.repeat(43)), textsOf('a'.repeat(43)), textsOf(`${'a'.repeat(42)}b`)];
    expect(again).toEqual(mine);
    const shared = Object.values(mine).filter((key) => Object.values(other).includes(key));
    expect(shared).toEqual([]);
  });

  test('never change with a release: sealed data, pairwise ids and the role’s password hang on them', () => {
    expect(textsOf('0'.repeat(43))).toEqual(KEPT);
  });
});

describe('the vault', () => {
  const vault = createVault(Buffer.alloc(32, 7));
  const text = fc.string({ unit: 'grapheme' });

  test('gives back every text in its own context, and in no other', () => {
    fc.assert(
      fc.property(text, text, text, (value, context, other) => {
        const sealed = vault.seal(value, context);
        expect(vault.open(sealed, context)).toBe(value);
        if (other !== context) expect(() => vault.open(sealed, other)).toThrow();
      }),
    );
  });

  test('opens nothing of which a single bit was changed or a byte is missing', () => {
    const sealed = vault.seal('0912345678', 'member:1');
    // An empty text is all tag: a shortened tag must not count for less.
    const empty = vault.seal('', 'member:1');
    for (let length = 0; length < empty.length; length++) expect(() => vault.open(empty.subarray(0, length), 'member:1')).toThrow();
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const broken = Buffer.from(sealed);
      broken.writeUInt8(broken.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => vault.open(broken, 'member:1')).toThrow();
    }
    for (let length = 0; length < sealed.length; length++) expect(() => vault.open(sealed.subarray(0, length), 'member:1')).toThrow();
  });

  test('never uses a nonce twice, over more than one draw', () => {
    const nonces = Array.from({ length: 3_000 }, () => vault.seal('x', 'y').subarray(0, 12).toString('hex'));
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  test('shows nothing of the value, its look-up hash neither', () => {
    const value = 'NGUYEN-BAO-AN-0912345678';
    for (const bytes of [vault.seal(value, 'c'), vault.lookUp(value)]) {
      expect(bytes.includes(value)).toBe(false);
      expect(bytes.toString('utf8')).not.toContain('0912345678');
    }
    expect(vault.lookUp(value).equals(createVault(Buffer.alloc(32, 8)).lookUp(value))).toBe(false);
  });
});

describe('pairwise ids', () => {
  const pairwise = createPairwise('secret');
  const [member, other] = [newId<MemberId>(), newId<MemberId>()];
  const partners = Array.from({ length: 50 }, () => newId<PartnerId>());

  test('are stable, another for each partner, each member and the platform, and say nothing of the member', () => {
    const all = [null, ...partners].flatMap((partner) => [pairwise.subject(partner, member), pairwise.subject(partner, other)]);
    expect(new Set(all).size).toBe(102);
    expect([null, ...partners].flatMap((partner) => [pairwise.subject(partner, member), pairwise.subject(partner, other)])).toEqual(all);
    for (const subject of all) {
      expect(subject).toMatch(/^[\w-]{32}$/);
      expect(Buffer.from(subject, 'base64url').toString('hex')).not.toContain(member.replaceAll('-', '').slice(0, 12));
    }
  });

  test('cannot be computed without the key', () => {
    expect(createPairwise('another').subject(null, member)).not.toBe(pairwise.subject(null, member));
  });
});

describe('a walk over pages', () => {
  const cursors = createCursors('secret');

  /** A list sorted by id, read as the stores read it: after a position, one row more than asked. */
  const read = (rows: readonly number[], after: readonly string[] | null, limit: number) =>
    pageFrom(rows.filter((row) => row > Number(after?.[0] ?? -1)).slice(0, limit + 1), {
      limit,
      cursors,
      position: (row) => [String(row)],
      item: (row) => row,
    });

  test('shows every row once, for every list and page size, also while rows are added and taken away', () => {
    const ids = fc.uniqueArray(fc.nat(1_000), { maxLength: 60 });
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 1, max: 20 }), (start, changes, limit) => {
        const rows = new Set(start);
        const seen: number[] = [];
        const pending = [...changes];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = read(
            [...rows].toSorted((a, b) => a - b),
            cursors.decode(cursor),
            limit,
          );
          seen.push(...page.items);
          cursor = page.nextCursor;
          const change = pending.pop();
          if (change !== undefined && !rows.delete(change)) rows.add(change);
        }
        expect(new Set(seen).size).toBe(seen.length);
        const stayed = start.filter((row) => !changes.includes(row));
        expect(stayed.filter((row) => !seen.includes(row))).toEqual([]);
      }),
    );
  });

  test('ends without a cursor exactly when there is no more', () => {
    for (const [count, limit, pages] of [
      [0, 5, 1],
      [5, 5, 1],
      [6, 5, 2],
      [10, 5, 2],
      [11, 5, 3],
    ] as const) {
      const rows = Array.from({ length: count }, (_, index) => index);
      let walked = 1;
      for (let page = read(rows, null, limit); page.nextCursor !== null; walked++)
        page = read(rows, cursors.decode(page.nextCursor), limit);
      expect([count, limit, walked]).toEqual([count, limit, pages]);
    }
  });

  test('cannot be steered: no cursor of which a sign was changed is taken', () => {
    const cursor = cursors.encode(['2026-11-22T10:00:00Z', newId()]);
    for (let at = 0; at < cursor.length; at++) {
      const changed = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
      // The last sign of base64url carries bits that mean nothing; such a cursor is the same one.
      const isSame = Buffer.from(changed.split('.')[1] ?? '', 'base64url').equals(Buffer.from(cursor.split('.')[1] ?? '', 'base64url'));
      if (changed.split('.')[0] === cursor.split('.')[0] && isSame) continue;
      expect(() => cursors.decode(changed)).toThrow('invalid_cursor');
    }
  });
});

describe('ids', () => {
  test('made by the thousand are UUIDv7, unique and in rising order', () => {
    const make = createIdMaker<string>();
    const ids = Array.from({ length: 5_000 }, make);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toEqual([]);
  });

  test('of two makers at the same moment do not meet', () => {
    const [one, two] = [createIdMaker<string>(), createIdMaker<string>()];
    const ids = Array.from({ length: 1_000 }, () => [one(), two()]).flat();
    expect(new Set(ids).size).toBe(ids.length);
  });
});
