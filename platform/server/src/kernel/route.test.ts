import { OPERATIONS } from '@chung/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { on, ReadyReply, signsOf } from './route.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 80 }).filter((text) => text.isWellFormed());

test('signs are the bytes of the text, one each, and give the text back', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const signs = signsOf(text);
      expect(signs.length).toBe(Buffer.byteLength(text));
      expect(Buffer.from(signs, 'latin1').toString('utf8')).toBe(text);
    }),
  );
});

test('pieces written apart and joined are the same bytes as the whole: an answer is put together of them', () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 6 }), (pieces) => {
      expect(pieces.map(signsOf).join('')).toBe(signsOf(pieces.join('')));
    }),
  );
});

test('the length that is announced is that of the bytes, also of Vietnamese and of flags', () => {
  const text = '{"title":"Ưu đãi tháng Thanh niên 🇻🇳"}';
  expect(new ReadyReply(signsOf(text)).bytes.length).toBe(Buffer.byteLength(text));
});

test('a route is its operation with the handler that was given, and nothing is called by binding it', async () => {
  const [operation] = OPERATIONS;
  const calls: unknown[] = [];
  const route = on(operation, async (call) => {
    calls.push(call);
    return new ReadyReply('');
  });
  expect([route.operation, calls]).toEqual([operation, []]);
});
