import { EventId } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import type { Terminal } from '../commands/command.ts';
import { CliError } from '../commands/command.ts';
import type { Try } from './deliver.ts';
import { emptyTally, tellerOf } from './tell.ts';

const event = {
  id: EventId.parse('01936b5e-7c00-7000-8000-000000000001'),
  type: 'redemption.redeemed.v1',
  occurredAt: '2026-11-28T10:00:00.000Z',
  data: { redemptionId: 'r-1' },
};
const tried = (changes: Partial<Try>): Try => ({
  ...{ event, attempt: 1, status: null, error: null, latencyMs: 12, excerpt: null, nextInSeconds: null },
  ...changes,
});

function teller(json: 'given' | 'absent', changes: Partial<Pick<Terminal, 'language' | 'colour'>> = {}) {
  let [out, error] = ['', ''];
  const terminal: Terminal = {
    ...{
      version: '0',
      cwd: '.',
      env: {},
      language: 'en',
      colour: 'off',
      ask: async () => null,
      interruption: () => new AbortController().signal,
    },
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    ...changes,
  };
  return { ...tellerOf({ flag: () => json }, terminal), said: () => ({ out, error }) };
}

describe('to a person', () => {
  test.each([
    [{ status: 204 }, '204  12 ms\n'],
    [{ status: 500, excerpt: 'no\ndatabase', nextInSeconds: 1 }, '500  12 ms  "no\\ndatabase"  try 2 in 1 s\n'],
    [{ error: 'ECONNREFUSED', nextInSeconds: 5, attempt: 3 }, 'ECONNREFUSED  12 ms  nothing runs there  try 4 in 5 s\n'],
    [{ error: 'TIMEOUT' }, 'TIMEOUT  12 ms  given up\n'],
    [{ status: 307, nextInSeconds: 2 }, '307  12 ms  redirects are not followed  try 2 in 2 s\n'],
  ])('a try %j is one line', (changes, line) => {
    const told = teller('absent');
    told.tried(tried(changes));
    expect(told.said().out).toBe(`2026-11-28T10:00:00.000Z  redemption.redeemed.v1        ${event.id}  ${line}`);
  });

  test('an answer is coloured where the terminal is, and words are in its language', () => {
    const told = teller('absent', { colour: 'on', language: 'vi' });
    told.tried(tried({ status: 204 }));
    told.tried(tried({ error: 'ECONNREFUSED', nextInSeconds: 1 }));
    expect(told.said().out).toContain('\u001b[32m204\u001b[39m');
    expect(told.said().out).toContain('\u001b[31mECONNREFUSED\u001b[39m  12 ms  chưa có gì chạy ở đó  lần 2 sau 1 giây');
  });

  test('an event is its line and its data; troubles and the end go beside the output', () => {
    const told = teller('absent');
    told.event(event);
    told.lost(new CliError({ text: { vi: 'Mất mạng.', en: 'It is gone.' }, next: { vi: '', en: '' }, exitCode: 3 }));
    told.back();
    told.done({ ...emptyTally(), events: 1 }, { vi: 'Tiếp.', en: 'Go on.' });
    told.done({ ...emptyTally(), events: 2, delivered: 1, failedTries: 1 }, null);
    expect(told.said().out).toContain('    {\n      "redemptionId": "r-1"\n    }\n');
    expect(told.said().error).toBe('It is gone. Trying again…\nConnected again.\n1 event. Go on.\n2 events, 1 delivered, 1 failed try.\n');
  });
});

test('to a program it is one JSON object a line', () => {
  const told = teller('given');
  told.event(event);
  told.tried(tried({ status: 204 }));
  told.lost(new CliError({ text: { vi: 'a', en: 'b' }, next: { vi: '', en: '' }, exitCode: 3 }));
  told.back();
  told.done({ ...emptyTally(), events: 1, delivered: 1 }, { vi: 'x', en: 'y' });
  const lines = told.said().out.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { kind: 'event', event },
    {
      kind: 'try',
      eventId: event.id,
      type: event.type,
      delivered: true,
      attempt: 1,
      status: 204,
      error: null,
      latencyMs: 12,
      excerpt: null,
      nextInSeconds: null,
    },
    { kind: 'lost', message: 'b' },
    { kind: 'back' },
    { kind: 'done', events: 1, delivered: 1, failedTries: 0, position: null },
  ]);
});
