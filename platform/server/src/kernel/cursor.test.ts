import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCursors } from './cursor.ts';
import { DomainError } from './errors.ts';

const cursors = createCursors('secret');

test('a cursor gives back its position', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 4 }), (position) => {
      expect(cursors.decode(cursors.encode(position))).toEqual(position);
    }),
  );
});

test('a cursor of one list is refused by every other', () => {
  const [offers, events] = [cursors.ofList('offers'), cursors.ofList('events')];
  const cursor = events.encode(['731', 'x']);
  expect(events.decode(cursor)).toEqual(['731', 'x']);
  expect(cursors.ofList('events').decode(cursor)).toEqual(['731', 'x']);
  for (const other of [offers, cursors, createCursors('other').ofList('events')]) expect(() => other.decode(cursor)).toThrow(DomainError);
});

test('anything that we did not sign is refused', () => {
  const foreign = createCursors('other').encode(['1']);
  const cut = cursors.encode(['1']).slice(0, -1);
  for (const forged of [foreign, cut, '', '.', 'a.b', 'a.b.c', `${cursors.encode(['1'])}.x`, "' OR 1=1 --"])
    expect(() => cursors.decode(forged)).toThrow(DomainError);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => cursors.decode(text)).toThrow(DomainError);
    }),
  );
});
