import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { DomainError } from './errors.ts';
import { asOutside, codeOf, isRetryable } from './outside.ts';

const failure = (message: string, code?: unknown) => Object.assign(new Error(message), code === undefined ? {} : { code });

function judged(error: unknown): string {
  const known = asOutside(error);
  if (known === error) return 'as it is';
  return known instanceof DomainError ? `${known.code}, after ${known.extras.retryAfterSeconds} s` : 'something else';
}

test.each([
  ['an administrator ended the connection', '57P01'],
  ['the server crashed', '57P02'],
  ['the server is starting', '57P03'],
  ['the session idled too long', '57P05'],
  ['too many connections', '53300'],
  ['the disk is full', '53100'],
  ['there is no memory', '53200'],
  ['the disk is broken', '58030'],
  ['only reading is allowed, after a failover', '25006'],
  ['the password is being changed', '28P01'],
  ['a statement took too long', '57014'],
  ['a wait for a lock took too long', '55P03'],
  ['a connection failed', '08006'],
  ['a connection does not exist', '08003'],
  ['nobody listens', 'ECONNREFUSED'],
  ['the line was cut', 'ECONNRESET'],
  ['the name does not resolve yet', 'EAI_AGAIN'],
  ['Prisma does not reach it', 'P1001'],
  ['Prisma’s pool has none left', 'P2024'],
])('%s (%s): waiting helps', (_, code) => {
  expect(judged(failure('x', code))).toBe('unavailable, after 2 s');
});

test.each([
  ['a row that is there already', '23505'],
  ['a row that is referred to', '23503'],
  ['a value out of its range', '22003'],
  ['text that is no id', '22P02'],
  ['a column that does not exist', '42703'],
  ['a right that we do not have', '42501'],
  ['a protocol that was broken, which is a bug and no outage', '08P01'],
  ['a class that only looks like that of connections', '0800'],
  ['a file that is missing', 'ENOENT'],
  ['Prisma’s unique constraint', 'P2002'],
])('%s (%s) is an answer, and stays what it is', (_, code) => {
  expect(judged(failure('x', code))).toBe('as it is');
});

test.each([
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
  "Can't reach database server at `127.0.0.1:5432`",
  'Client has encountered a connection error and is not queryable',
  'could not extend file "base/1/2": No space left on device',
  'the database system is starting up',
  'the database system is shutting down',
  'the database system is in recovery mode',
  'canceling statement due to lock timeout',
])('an error without a code is known by its words: %s', (message) => {
  expect(judged(failure(message))).toBe('unavailable, after 2 s');
});

test('what is refused on purpose, and what is no error at all, is handed on untouched', () => {
  const own = new DomainError('not_found', { cause: failure('x', 'ECONNREFUSED') });
  for (const given of [own, 'the database system is starting up', null, undefined, { code: '57P01' }]) expect(asOutside(given)).toBe(given);
});

test('the error that was outside stays the cause, for the log', () => {
  const lost = failure('x', '57P01');
  const known = asOutside(lost);
  expect(known instanceof DomainError && known.cause).toBe(lost);
});

test('only what was rolled back as a whole is run again', () => {
  expect(['40001', '40P01'].map((code) => isRetryable(failure('x', code)))).toEqual([true, true]);
  expect(['23505', '57P01', '55P03', '40002', ''].filter((code) => isRetryable(failure('x', code)))).toEqual([]);
  expect(isRetryable('40001')).toBe(false);
});

test('a code that is no text counts as none', () => {
  expect([failure('x', 7), failure('x', null), failure('x'), 'text', { code: '23505' }].map(codeOf)).toEqual(['', '', '', '', '']);
});

test('a database that is not there, a name that nobody has and a password that is wrong are one answer to a caller', async () => {
  const { serverUrl } = inject('chungDatabase');
  const changed = (change: (url: URL) => void) => {
    const url = new URL(serverUrl);
    change(url);
    return url.href;
  };
  const away = [
    changed((url) => {
      url.port = '1';
    }),
    changed((url) => {
      url.hostname = 'nobody.invalid';
    }),
    changed((url) => {
      url.password = 'wrong';
    }),
  ];
  const told = await Promise.all(
    away.map(async (connectionString) => {
      const client = new pg.Client({ connectionString });
      return judged(await client.connect().catch((error: unknown) => error));
    }),
  );
  expect(told).toEqual(away.map(() => 'unavailable, after 2 s'));
});
