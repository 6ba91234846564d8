import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeReturn } from './session-router.ts';

const BASE = 'https://chung.example.vn';
const to = (wanted: unknown) => safeReturn(wanted, 'member', BASE);

describe('the way back after signing in', () => {
  test.each([
    '/offers',
    '/offers?q=%C4%91&page=2#top',
    '/a//b',
    '/a/./b/..//c',
    '/partner/',
    '/%2f%2fevil.example',
    '/?next=https://evil.example',
    '/@evil.example',
  ])('%s stays on this site', (wanted) => {
    const url = new URL(to(wanted), BASE);
    expect([url.origin, url.pathname.startsWith('//')]).toEqual([BASE, false]);
  });

  test.each([
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '\\\\evil.example',
    '/.//evil.example',
    '/..//evil.example',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '/.%2E//evil.example',
    '/%2e%2e//evil.example/%2e%2e',
    '/./\\evil.example',
    'https:evil.example',
    'https://evil.example',
    'HTTPS://evil.example',
    'http:/evil.example',
    'evil.example',
    '@evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\nLocation: https://evil.example',
    '\n//evil.example',
    ' //evil.example',
    '/\u00a0/evil.example',
    '/\u2028/evil.example',
    '/\u0000/evil.example',
    '/\u0085/evil.example',
    '',
    '/',
    `/${'a'.repeat(2000)}`,
    undefined,
    null,
    ['/offers'],
    { toString: () => '/offers' },
  ])('%j leads home', (wanted) => expect(to(wanted)).toBe('/'));

  test.each(['/。/evil.example', '/／evil.example', '/⁄evil.example', '/\ufe68evil.example', '/．．//evil.example'])(
    '%s, a look-alike of a sign, is only a path',
    (wanted) => {
      const url = new URL(to(wanted), BASE);
      expect([url.origin, url.pathname.startsWith('//')]).toEqual([BASE, false]);
    },
  );

  test('each app has its own home', () => {
    expect([safeReturn('x', 'partner', BASE), safeReturn('x', 'admin', BASE)]).toEqual(['/partner/', '/admin/']);
  });

  test('no mixture of dots, slashes and signs finds a way out, as header or as link', () => {
    const bit = fc.constantFrom(
      '/',
      '//',
      '.',
      '..',
      '%2e',
      '%2E',
      '%2f',
      '%5c',
      '\\',
      '@',
      ':',
      'evil.example',
      '?',
      '#',
      ';',
      'a',
      '\t',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 12 }), (bits) => {
        const answer = to(`/${bits.join('')}`);
        expect(new URL(answer, BASE).origin).toBe(BASE);
        expect(answer).toMatch(/^\/(?![/\\])/);
        expect(answer).not.toMatch(/[\\\s]/);
        // Sent once more through the same door it stays where it is.
        expect(to(answer)).toBe(answer);
      }),
      { numRuns: 2000 },
    );
  });
});
