// Which platform a command speaks with: tokens go there, so an address is taken only where it is certain whose it is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arguments, CliError } from '../commands/command.ts';
import { issuerOf } from './issuer.ts';
import type { Logins } from './login-store.ts';

const logins = (last: string | null): Logins => ({ version: 1, last, logins: {} });

function given(issuer: string | null): Arguments {
  return { positionals: [], flag: () => 'absent', value: (name) => (name === 'issuer' ? issuer : null), values: () => [] };
}
const issuer = (named: string | null, env: Readonly<Record<string, string>> = {}, last: string | null = null) =>
  issuerOf(given(named), { env }, logins(last));

function refused(named: string | null): CliError {
  try {
    issuer(named);
  } catch (error) {
    if (error instanceof CliError) return error;
  }
  throw new Error(`${named} was taken`);
}

describe('what is said of it', () => {
  test.each([
    ['https://a.example', { CHUNG_ISSUER: 'https://b.example' }, 'https://c.example', 'https://a.example'],
    [null, { CHUNG_ISSUER: 'https://b.example' }, 'https://c.example', 'https://b.example'],
    [null, { CHUNG_ISSUER: '' }, 'https://c.example', 'https://c.example'],
    ['', {}, 'https://c.example', 'https://c.example'],
    [null, {}, 'https://c.example', 'https://c.example'],
  ] as const)('--issuer %j, then %j, then the last login %j: %s', (named, env, last, expected) => {
    expect(issuer(named, env, last)).toBe(expected);
  });

  test('a wrong --issuer is told, and not passed over for the next one', () => {
    expect(() => issuer('chung.example', { CHUNG_ISSUER: 'https://b.example' }, 'https://c.example')).toThrow(
      '“chung.example” is no address',
    );
    expect(() => issuer(null, { CHUNG_ISSUER: 'b.example' }, 'https://c.example')).toThrow('“b.example” is no address');
  });

  test('where nothing is said, there is no platform for everybody: both languages say how to name one', () => {
    expect(() => issuer(null)).toThrow(CliError);
    const error = (() => {
      try {
        issuer(null);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toMatchObject({
      exitCode: 2,
      next: { vi: expect.stringContaining('--issuer'), en: expect.stringContaining('--issuer') },
    });
  });
});

describe('an address', () => {
  const host = fc.stringMatching(/^[a-z][a-z0-9]{0,9}(\.[a-z][a-z0-9]{1,5}){1,3}$/);
  const address = fc
    .tuple(host, fc.stringMatching(/^(:\d{2,4})?(\/[A-Za-z0-9._~%20-]{0,5}){0,3}\/{0,3}$/))
    .map(([name, rest]) => `https://${name}${rest}`);

  test.each([
    ['https://chung.example/', 'https://chung.example'],
    ['https://chung.example///', 'https://chung.example'],
    ['HTTPS://Chung.Example', 'https://chung.example'],
    ['https://chung.example:443', 'https://chung.example'],
    ['https://chung.example:8443/', 'https://chung.example:8443'],
    ['https://example.vn/chung/', 'https://example.vn/chung'],
    ['http://localhost:4100', 'http://localhost:4100'],
    ['http://127.0.0.1:4100/', 'http://127.0.0.1:4100'],
    ['http://[::1]:4100', 'http://[::1]:4100'],
    ['https://đoàn.vn', 'https://xn--on-jia8q.vn'],
  ])('%s is %s, as the platform writes itself', (named, expected) => {
    expect(issuer(named)).toBe(expected);
  });

  test.each([
    'http://chung.example',
    'http://localhost.evil.example:4100',
    'http://127.0.0.1.nip.example',
    'http://127.0.0.2:4100',
    'http://localhost@evil.example',
    'https://user@chung.example',
    'https://:word@chung.example',
    'https://chung.example?next=evil',
    'https://chung.example#part',
    'ws://localhost:4100',
    'file:///etc/passwd',
    'localhost:4100',
    'chung.example',
    '//chung.example',
    'https://',
    'https://chung example',
  ])('%s is refused, with the sentence of both languages', (named) => {
    const { exitCode, text, next } = refused(named);
    expect([exitCode, text.en, text.vi]).toEqual([
      2,
      `“${named}” is no address of a platform.`,
      `“${named}” không phải địa chỉ của một nền tảng.`,
    ]);
    expect(next.vi).not.toBe(next.en);
  });

  test('that was taken once is taken the same again, and never ends with a slash', () => {
    fc.assert(
      fc.property(address, (url) => {
        const once = issuer(url);
        expect(once).not.toMatch(/\/$/);
        expect(issuer(once)).toBe(once);
        expect(new URL(once).origin).toBe(new URL(url).origin);
      }),
      { numRuns: 60 },
    );
  });

  test('over plain http is taken for this machine alone, whatever the name looks like', () => {
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65_535 }), (host, port) => {
        expect(() => issuer(`http://${host}:${port}`)).toThrow(CliError);
        expect(() => issuer(`http://localhost.${host}:${port}`)).toThrow(CliError);
        expect(() => issuer(`http://127.0.0.1.${host}`)).toThrow(CliError);
      }),
      { numRuns: 60 },
    );
  });
});
