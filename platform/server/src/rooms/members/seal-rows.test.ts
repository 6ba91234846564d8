// From the thread that checks to COPY: what the vault adds stands behind each row's own fields, and opens for that member alone.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createVault } from '../../kernel/vault.ts';
import { contactContext } from './member.ts';
import { putBytes, textField } from './register/copy-fields.ts';
import { createStagedRows, STAGED_COLUMNS, stagedRows } from './register/staged-rows.ts';
import { sealRows } from './seal-rows.ts';

const vault = createVault(Buffer.alloc(32, 5));

interface Given {
  readonly code: string;
  readonly name: string;
  readonly phone: string;
  readonly email: string;
}
const given: fc.Arbitrary<Given> = fc.record({
  code: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/-]{2,31}$/),
  name: fc.constantFrom('Nguyễn Thị Thảo', "H'Hen Niê", 'An'),
  phone: fc.constantFrom('', '+84382054697', '+842412345678'),
  email: fc.constantFrom('', 'an@example.vn', `${'a'.repeat(240)}@example.vn`),
});

/** As the writer of rows does it, with the two fields that matter here. */
function stage(rows: readonly Given[], secret: Buffer = Buffer.alloc(32)) {
  const staged = createStagedRows(secret);
  for (const [index, { code, name, phone, email }] of rows.entries()) {
    const sink = staged.begin({ line: index + 2, size: 400 });
    for (const field of [textField(code), textField(name)]) putBytes(sink, field);
    if (phone + email !== '') putBytes(sink, Buffer.from(`${phone}\n${email}`));
    staged.end({ phone: phone.length, email: email.length });
  }
  return staged.take();
}

/** The fields of every row, as PostgreSQL would take them. The two of the writer stand for all of them. */
function fieldsOf(bytes: Buffer): (Buffer | null)[][] {
  const rows: (Buffer | null)[][] = [];
  const WRITTEN = ['line', 'id', 'row_hash', 'member_code', 'full_name', 'contact_sealed', 'phone_hash'].length;
  for (let at = 0; at < bytes.length; ) {
    expect(bytes.readInt16BE(at)).toBe(STAGED_COLUMNS.length);
    at += 2;
    const fields: (Buffer | null)[] = [];
    for (let count = 0; count < WRITTEN; count++) {
      const length = bytes.readInt32BE(at);
      at += 4;
      fields.push(length < 0 ? null : bytes.subarray(at, at + length));
      at += Math.max(0, length);
    }
    rows.push(fields);
  }
  return rows;
}

function expectSealed([lineField, id, , code, name, sealed, phoneHash]: readonly (Buffer | null)[], row: Given, line: number): void {
  expect([lineField?.readInt32BE(0), id?.length, code?.toString(), name?.toString()]).toEqual([line, 16, row.code, row.name]);
  expect(sealed ? vault.open(sealed, contactContext(row.code)) : null).toBe(
    row.phone + row.email === '' ? null : `${row.phone}\n${row.email}`,
  );
  if (sealed) expect(() => vault.open(sealed, contactContext(`${row.code}x`))).toThrow();
  expect(phoneHash?.toString('hex')).toBe(row.phone === '' ? undefined : vault.lookUp(row.phone).toString('hex'));
}

describe('rows on their way', () => {
  test('are read as they were written: code, phone and contact of each', () => {
    fc.assert(
      fc.property(fc.array(given, { maxLength: 12 }), (rows) => {
        const { staged, rows: count } = stage(rows);
        const read = [...stagedRows(Buffer.from(staged))].map(({ memberCode, phone, contact }) => ({ memberCode, phone, contact }));
        expect(count).toBe(rows.length);
        expect(read).toEqual(
          rows.map(({ code, phone, email }) => ({ memberCode: code, phone, contact: phone + email === '' ? '' : `${phone}\n${email}` })),
        );
      }),
    );
  });

  test('are sealed for their own member alone; who has no contact has NULL, and so has the hash without a phone', () => {
    fc.assert(
      fc.property(fc.array(given, { maxLength: 8 }), (rows) => {
        const { staged, rows: count } = stage(rows);
        const written = fieldsOf(sealRows(vault, staged, count));
        expect(written).toHaveLength(rows.length);
        for (const [index, row] of rows.entries()) expectSealed(written[index] ?? [], row, index + 2);
      }),
      { numRuns: 60 },
    );
  });

  test('show no contact in the bytes that go to the database', () => {
    const row = { code: '01-001', name: 'An', phone: '+84382054697', email: 'an@example.vn' };
    const { staged, rows } = stage([row]);
    expect(Buffer.from(staged).includes(row.phone)).toBe(true);
    const sealed = sealRows(vault, staged, rows);
    for (const secret of [row.phone, row.email, '382054697']) expect(sealed.includes(secret)).toBe(false);
  });

  test('that are read from within a greater piece of memory are the same', () => {
    const { staged, rows } = stage([{ code: '01-001', name: 'An', phone: '+84382054697', email: '' }]);
    const within = Buffer.concat([Buffer.alloc(13, 7), staged]).subarray(13);
    expect(fieldsOf(sealRows(vault, within, rows)).map(([, , hash, code]) => [hash?.toString('hex'), code?.toString()])).toEqual(
      fieldsOf(sealRows(vault, staged, rows)).map(([, , hash, code]) => [hash?.toString('hex'), code?.toString()]),
    );
  });
});

describe('the hash of a row', () => {
  const base: Given = { code: '01-001', name: 'An', phone: '+84382054697', email: 'an@example.vn' };
  const hashOf = (row: Given, secret?: Buffer) => {
    const { staged, rows } = stage([row], secret);
    return fieldsOf(sealRows(vault, staged, rows))[0]?.[2]?.toString('hex');
  };

  test('is the same each time that the row is read, though its id is new', () => {
    expect(hashOf(base)).toBe(hashOf(base));
  });

  test('changes with every part of the row, and where one part ends and the next begins counts', () => {
    const others: Given[] = [
      { ...base, code: '01-002' },
      { ...base, name: 'Nguyễn Thị Thảo' },
      { ...base, phone: '' },
      { ...base, email: '' },
      { ...base, phone: '+8438205469', email: '7an@example.vn' },
      { ...base, code: '01-001A', name: 'n' },
    ];
    expect(new Set([base, ...others].map((row) => hashOf(row))).size).toBe(others.length + 1);
  });

  test('cannot be tested against guesses without the secret', () => {
    expect(hashOf(base, Buffer.alloc(32, 1))).not.toBe(hashOf(base));
  });
});
