import { expect, test } from 'vitest';
import type { StatementDifference, StatementDifferenceCode, StatementGap } from './statement.ts';
import { differenceWords, gapWords } from './statement.ts';

const difference = (code: StatementDifferenceCode, changes: Partial<StatementDifference> = {}): StatementDifference => ({
  ...{ code, line: null, field: 'closing', stated: '5', computed: '4', by: null, eventId: null, redemptionId: null },
  ...changes,
});

test.each([
  [difference('closing', { by: '1' }), 'closing is 5 and should be 4 (off by +1).', 'closing là 5, phải là 4 (lệch +1).'],
  [
    difference('line', { line: 7, field: 'vat', stated: '-52', computed: '-53', by: '-1', redemptionId: 'r' }),
    'Line 7: vat is -52 and should be -53 (off by −1) [r].',
    'Dòng 7: vat là -52, phải là -53 (lệch −1) [r].',
  ],
  [
    difference('unreadable', { field: 'statement', stated: 'lines.0.net: Invalid' }),
    'statement cannot be read: lines.0.net: Invalid.',
    'statement không đọc được: lines.0.net: Invalid.',
  ],
  [
    difference('line_repeated', { line: 3, stated: 'e', computed: '1' }),
    'Line 3: event e stands on line 1 already.',
    'Dòng 3: sự kiện e đã đứng ở dòng 1.',
  ],
  [
    difference('line_unknown', { line: 3, stated: 'e', by: '9' }),
    'Line 3: no exported event e tells it (off by +9).',
    'Dòng 3: không có sự kiện e trong tệp xuất (lệch +9).',
  ],
  [
    difference('line_missing', { field: 'redeemed', computed: '-2160', eventId: 'e' }),
    'there is no line for event e (redeemed), which should net -2160.',
    'thiếu dòng cho sự kiện e (redeemed), phải là -2160.',
  ],
  [
    difference('event', { field: 'fee', eventId: 'e', by: '1' }),
    'event e says fee 5, but by its redemption it is 4 (off by +1).',
    'sự kiện e ghi fee 5, nhưng theo lượt nhận phải là 4 (lệch +1).',
  ],
  [
    difference('root', { field: 'root' }),
    'root does not fit the content: it says 5, and it is 4.',
    'root không khớp nội dung: ghi 5, tính ra 4.',
  ],
  [
    difference('chain', { field: 'opening', by: '1' }),
    'it does not go on from the statement before: opening is 5 and should be 4 (off by +1).',
    'không nối tiếp bản trước: opening là 5, phải là 4 (lệch +1).',
  ],
])('a difference is one sentence: %#', (found, en, vi) => {
  expect(differenceWords(found)).toEqual({ vi, en });
});

test('every kind of difference and of gap has a sentence in both languages', () => {
  const codes: Record<StatementDifferenceCode, true> = {
    ...{ unreadable: true, line: true, line_misplaced: true, line_repeated: true, line_unknown: true, line_missing: true, event: true },
    ...{ total: true, vat: true, closing: true, line_count: true, root: true, hash: true, period: true, chain: true },
  };
  const gaps: Record<StatementGap['code'], true> = { events_not_given: true, previous_not_given: true, charge_not_exported: true };
  const all = [
    ...Object.keys(codes).map((code) => differenceWords(difference(code as StatementDifferenceCode))),
    ...Object.keys(gaps).map((code) => gapWords({ code: code as StatementGap['code'], line: 4, redemptionId: 'r' })),
  ];
  for (const { vi, en } of all) {
    expect([vi.endsWith('.'), en.endsWith('.'), vi === en]).toEqual([true, true, false]);
    expect(`${vi}${en}`).not.toMatch(/undefined|null|\.\.$/);
  }
});
