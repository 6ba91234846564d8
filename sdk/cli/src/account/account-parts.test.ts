import { expect, test } from 'vitest';
import { CliError } from '../commands/command.ts';
import { LANDING_HEADERS, landingPage } from './landing-page.ts';
import { browserOf } from './open-browser.ts';
import { platformError } from './refusals.ts';

const words = (text: string) => ({ vi: text, en: text });

test('what stands on the landing page stays text, and its policy lets in its own style alone', () => {
  const hostile = `<script>alert("x")</script>&'`;
  const page = landingPage({ kind: 'bad', title: words(hostile), more: words(hostile) });
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;');
  expect(LANDING_HEADERS['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+';/);
  expect(LANDING_HEADERS['cache-control']).toBe('no-store');
});

test.each([
  [{ BROWSER: '/usr/bin/firefox', DISPLAY: ':0' }, 'linux', ['/usr/bin/firefox']],
  [{ BROWSER: 'none', DISPLAY: ':0' }, 'linux', null],
  [{}, 'linux', null],
  [{ DISPLAY: ':0' }, 'linux', ['xdg-open']],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', ['xdg-open']],
  [{}, 'darwin', ['open']],
  [{}, 'win32', ['rundll32', 'url.dll,FileProtocolHandler']],
] as const)('with %j on %s the browser is %j', (env, platform, browser) => {
  expect(browserOf({ env }, platform)).toEqual(browser);
});

test('an error that is neither the platform’s nor the network’s stays what it is', () => {
  const to = { issuer: 'https://chung.example', as: 'person' as const };
  for (const own of [new RangeError('a bug'), new CliError({ text: words('a'), next: words('b'), exitCode: 2 }), 'text', null])
    expect(platformError(own, to)).toBe(own);
});

test('what the network says is told by its code, however deep it stands', () => {
  const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' });
  const told = platformError(new TypeError('fetch failed', { cause }), { issuer: 'https://chung.example', as: 'person' });
  expect(told).toMatchObject({ exitCode: 3, text: { en: 'https://chung.example cannot be reached (ENOTFOUND).' } });
});
