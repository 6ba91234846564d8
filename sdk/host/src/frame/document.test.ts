// What is written into the frame's document and its headers, and what can never get into them. That browsers obey is shown with the bundler,
// in @chung/cli.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { connectionAllowlist, type FrameSettings, frameDocument, integrityOf, remoteNameOf } from './index.ts';

const SETTINGS: FrameSettings = {
  appId: 'vn.example.gift-shop',
  entryUrl: 'https://assets.example/sha256/ab/remoteEntry.js',
  runtimeUrl: 'https://assets.example/frame/runtime.js',
  allowedHosts: ['api.example.vn', 'media.example.vn:8443'],
  language: 'vi',
  title: 'Quà tặng',
};

function policyOf(settings: Partial<FrameSettings> = {}): ReadonlyMap<string, readonly string[]> {
  const { headers } = frameDocument({ ...SETTINGS, ...settings });
  const directives = (headers['content-security-policy'] ?? '').split('; ').map((directive) => directive.split(' '));
  return new Map(directives.map(([name = '', ...values]) => [name, values]));
}

describe('the policy', () => {
  test('allows nothing but the bundle’s own folder, the frame’s script and the declared hosts', () => {
    const folder = 'https://assets.example/sha256/ab/';
    expect(Object.fromEntries(policyOf())).toEqual({
      'default-src': ["'none'"],
      'script-src': [folder, SETTINGS.runtimeUrl],
      'style-src': [folder, "'unsafe-inline'"],
      'img-src': [folder, 'https://api.example.vn', 'https://media.example.vn:8443', 'data:', 'blob:'],
      'font-src': [folder, 'data:'],
      'media-src': [folder, 'https://api.example.vn', 'https://media.example.vn:8443', 'blob:'],
      'connect-src': [
        ...[folder, 'https://api.example.vn', 'https://media.example.vn:8443', 'wss://api.example.vn', 'wss://media.example.vn:8443'],
      ],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ['*'],
      sandbox: ['allow-scripts'],
    });
  });

  test('makes it a sandbox without an origin wherever it is opened, and runs no text as a program', () => {
    expect(policyOf().get('sandbox')).toEqual(['allow-scripts']);
    expect(policyOf().get('script-src')?.join()).not.toMatch(/unsafe|\*|data:|blob:/);
  });

  test('names the hosts that may hold the frame, where they are told', () => {
    expect(policyOf({ hostOrigins: ['https://app.example.vn/path'] }).get('frame-ancestors')).toEqual(['https://app.example.vn']);
  });

  test('opens more while an app is developed, and only then', () => {
    const development = { origins: ['http://127.0.0.1:4000'] };
    expect(policyOf({ development }).get('connect-src')).toContain('http://127.0.0.1:4000');
    expect(policyOf({ development }).get('script-src')).toEqual(policyOf().get('script-src'));
    expect(frameDocument({ ...SETTINGS, development }).headers['connection-allowlist']).toContain('"http://127.0.0.1:4000"');
  });
});

test('the other headers: no referrer, no guessing of types, no sensors, and no connection but the declared', () => {
  const { headers } = frameDocument(SETTINGS);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'permissions-policy': expect.stringMatching(/camera=\(\).*geolocation=\(\).*microphone=\(\)/),
  });
  expect(headers['connection-allowlist']).toBe(
    '("https://assets.example/sha256/ab/*" "https://assets.example/frame/runtime.js" "https://api.example.vn" "https://media.example.vn:8443" "wss://api.example.vn" "wss://media.example.vn:8443")',
  );
  expect(connectionAllowlist([])).toBe('()');
});

describe('the document', () => {
  test('says what its script is to load, with the bytes that it must have, and announces the first files', () => {
    const preload = [
      { url: 'https://assets.example/sha256/ab/1.js', integrity: 'sha256-b' },
      { url: 'https://assets.example/sha256/ab/2.css', integrity: 'sha256-c' },
    ];
    const { html } = frameDocument({ ...SETTINGS, entryIntegrity: 'sha256-a', runtimeIntegrity: 'sha256-r', preload });
    expect(html).toContain('<html lang="vi">');
    expect(html).toContain('<title>Quà tặng</title>');
    expect(html).toContain(
      '<script src="https://assets.example/frame/runtime.js" crossorigin="anonymous" integrity="sha256-r" data-remote="vn$example$gift_shop" data-entry="https://assets.example/sha256/ab/remoteEntry.js" data-integrity="sha256-a"></script>',
    );
    expect(html).toContain(
      '<link rel="preload" as="style" crossorigin="anonymous" href="https://assets.example/sha256/ab/2.css" integrity="sha256-c">',
    );
    expect(html).toContain('<div id="root"></div>');
  });

  test('holds whatever an app is called as text, and never as markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '/', 'script', ' onload=', 'x', '\n', 'ư') }), (title) => {
        const { html } = frameDocument({ ...SETTINGS, title });
        const shown = /<title>([^<>"']*)<\/title>/.exec(html)?.[1] ?? 'broken';
        const back = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" } as Readonly<Record<string, string>>;
        expect(shown.replaceAll(/&([a-z]+|#\d+);/g, (_, name: string) => back[name] ?? '?')).toBe(title);
        expect(html.match(/<script/g)).toHaveLength(1);
      }),
    );
  });

  test.each([
    ['entryUrl', 'javascript:alert(1)'],
    ['entryUrl', 'https://user:pass@assets.example/remoteEntry.js'],
    ['entryUrl', 'https://assets.example/a;script-src *'],
    ['entryUrl', "https://assets.example/'unsafe-inline'/x.js"],
    ['entryUrl', 'https://assets.example/a,b'],
    ['runtimeUrl', 'data:text/javascript,alert(1)'],
    ['runtimeUrl', 'runtime.js'],
  ] as const)('refuses %s %s, which could carry more than it says', (name, value) => {
    expect(() => frameDocument({ ...SETTINGS, [name]: value })).toThrow(TypeError);
  });

  test.each(['*', '*.example.vn', 'api.example.vn/path', 'https://api.example.vn', "x; script-src 'unsafe-eval'", 'a b', ''])(
    'refuses the host “%s”',
    (host) => {
      expect(() => frameDocument({ ...SETTINGS, allowedHosts: [host] })).toThrow(TypeError);
    },
  );
});

test('a container’s name is an identifier, and another one for each app', () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/);
  const appId = fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('.'));
  fc.assert(fc.property(appId, (id) => /^[a-z][\w$]*$/.test(remoteNameOf(id))));
  fc.assert(fc.property(appId, appId, (one, other) => (remoteNameOf(one) === remoteNameOf(other)) === (one === other)));
});

test('integrity is the digest in the words of HTML', () => {
  expect(integrityOf('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08')).toBe(
    'sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=',
  );
});
