// When events begin and end, as people write it; and what `chung events replay` makes of its words.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arguments, CliError } from '../commands/command.ts';
import { endOf, startOf, timeOf } from './start.ts';
import { wantedOf } from './wanted.ts';

const NOW = new Date('2026-11-28T10:00:00Z');
const ID = '01936b5e-7c00-7000-8000-000000000001';
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

function given(words: readonly string[], values: Readonly<Record<string, string>> = {}): Arguments {
  return {
    positionals: ['replay', ...words],
    flag: () => 'absent',
    value: (name) => values[name] ?? null,
    values: () => [],
  };
}

describe('how long ago', () => {
  test('is counted in whole units, to the second', () => {
    const unit = fc.constantFrom(...(Object.keys(SECONDS) as (keyof typeof SECONDS)[]));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999 }), unit, (count, letter) => {
        expect(timeOf(`${count}${letter}`, NOW)?.getTime()).toBe(NOW.getTime() - count * SECONDS[letter] * 1000);
      }),
    );
  });

  test.each(['1000000s', '1.5h', '-2h', '+2h', '2H', '2 h', 'h', '2h30m', '0x1h', '٢h'])(
    '“%s” is not understood rather than guessed',
    (text) => {
      expect(timeOf(text, NOW)).toBeNull();
    },
  );
});

describe('an instant', () => {
  test('is the same one in whichever offset it is written', () => {
    const minutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    const at = fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2035-12-31T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(at, minutes, (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const two = (count: number) => String(count).padStart(2, '0');
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
        expect(timeOf(`${local}${zone}`, NOW)).toEqual(date);
      }),
    );
  });

  test.each(['2026-02-29T08:00:00Z', '2026-02-30T08:00:00+07:00', '2026-04-31T08:00Z', '2026-00-10T08:00:00Z', '2026-06-31T23:59:59.999Z'])(
    '%s is a day that there is not, and not the day after',
    (text) => {
      expect(timeOf(text, NOW)).toBeNull();
      expect(() => endOf(text, NOW)).toThrow(CliError);
    },
  );

  test('on the 29th of February is one in a leap year', () => {
    expect(timeOf('2028-02-29T08:00:00+07:00', NOW)).toEqual(new Date('2028-02-29T01:00:00Z'));
  });

  test('without seconds, and with parts of one', () => {
    expect(timeOf('2026-11-28T08:00+07:00', NOW)).toEqual(new Date('2026-11-28T01:00:00Z'));
    expect(timeOf('2026-11-28T08:00:00.25Z', NOW)).toEqual(new Date('2026-11-28T08:00:00.250Z'));
  });

  test.each(['2026-11-28T24:00:01Z', '2026-11-28T08:60:00Z', '2026-11-28T08:00:00+99:00', '26-11-28T08:00:00Z', '2026-11-28 08:00:00Z'])(
    '%s is none',
    (text) => expect(timeOf(text, NOW)).toBeNull(),
  );
});

test('a place to begin is a cursor only where it looks like one that the platform gives', () => {
  const last = () => null;
  expect(startOf('a-_9.Z', { now: NOW, last })).toEqual({ at: 'cursor', cursor: 'a-_9.Z', afterEvent: null });
  for (const text of ['a', 'a.', '.b', 'a.b.c', 'a b.c', 'NOW', 'Oldest', '../x.y/z'])
    expect(() => startOf(text, { now: NOW, last }), text).toThrow('is no place to begin');
});

describe('what is to be sent again', () => {
  test('is one event by its id, or what happened since a moment, until now or another one', () => {
    expect(wantedOf(given([ID]), NOW)).toEqual({ eventId: ID });
    expect(wantedOf(given([], { from: '2h' }), NOW)).toEqual({ from: new Date('2026-11-28T08:00:00Z'), until: NOW });
    expect(wantedOf(given([], { from: '2h', to: '1h' }), NOW)).toEqual({
      from: new Date('2026-11-28T08:00:00Z'),
      until: new Date('2026-11-28T09:00:00Z'),
    });
  });

  test.each([
    [[], {}, 'It takes an event’s id, or --from.'],
    [[], { to: '1h' }, 'It takes an event’s id, or --from.'],
    [[ID], { from: '2h' }, 'It takes an event’s id, or --from.'],
    [[ID], { to: '2h' }, 'It takes an event’s id, or --from.'],
    [['evt_1'], {}, '“evt_1” is no event’s id.'],
    [[''], {}, '“” is no event’s id.'],
    [[`${ID}0`], {}, 'is no event’s id.'],
    [[], { from: 'last' }, '--from last is no moment.'],
    [[], { from: 'now' }, '--from now is no moment.'],
    [[], { from: '2h', to: 'soon' }, '--to soon is no moment.'],
    [[], { from: '1h', to: '2h' }, '--to must be after --from.'],
    [[], { from: '1h', to: '60m' }, '--to must be after --from.'],
    [[], { from: '2026-11-28T10:00:00Z' }, '--to must be after --from.'],
    [[], { from: '2026-11-29T10:00:00Z' }, '--to must be after --from.'],
  ])('%j with %j is wrongly asked, in both languages', (words, values, sentence) => {
    const caught = caughtFrom(() => wantedOf(given(words, values), NOW));
    expect(caught).toMatchObject({ exitCode: 2, text: { en: expect.stringContaining(sentence) } });
    for (const { vi, en } of [caught.text, caught.next]) expect(vi).not.toBe(en);
    expect(caught.next.vi).toMatch(/^Viết/);
  });
});

function caughtFrom(work: () => unknown): CliError {
  try {
    work();
  } catch (error) {
    if (error instanceof CliError) return error;
  }
  throw new Error('it was not refused');
}
