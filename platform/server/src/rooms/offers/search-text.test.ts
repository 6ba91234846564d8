import { expect, test } from 'vitest';
import { foldText, searchPatterns, searchTextOf } from './search-text.ts';

const matches = (text: string, query: string) =>
  searchPatterns(query).every((pattern) => searchTextOf([text]).includes(pattern.slice(1, -1)));

test.each([
  ['Hoàn tiền khi nạp ví', 'hoan tien'],
  ['Hoàn tiền khi nạp ví', 'hoàn tiền'],
  ['Gói dữ liệu cho đoàn viên', 'DU LIEU'],
  ['Đường truyền Internet', 'duong'],
  ['Đường truyền Internet', 'đường'],
  ['MyTV 30 ngày', 'mytv 30'],
  ['Giảm 20%', '20%'],
])('%j is found by %j', (text, query) => {
  expect(matches(text, query)).toBe(true);
});

test.each([
  ['Hàng tháng', 'ang'],
  ['Gói dữ liệu', 'truyền hình'],
])('%j is not found by %j', (text, query) => {
  expect(matches(text, query)).toBe(false);
});

test('composed and decomposed marks fold to the same words', () => {
  expect(foldText('Tiền'.normalize('NFD'))).toBe(foldText('Tiền'.normalize('NFC')));
});

test('nothing in a query is a wildcard, and no query is longer than eight words', () => {
  expect(searchPatterns('100%_\\')).toEqual(['% 100%']);
  expect(searchPatterns('a b c d e f g h i j')).toHaveLength(8);
  expect(searchPatterns(' %% ')).toEqual([]);
});
