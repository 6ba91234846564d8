import { SCOPE_NAMES, SCOPES, type Scope } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { checkNewApp, type NewApp, purposeOf } from './app.ts';

const words = { vi: 'Để chào bạn', en: 'To greet you' };
const right: NewApp = {
  clientId: 'app',
  partnerId: newId(),
  name: 'Ứng dụng',
  jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] },
  redirectUris: ['https://app.example.vn/callback'],
  scopes: ['openid', 'member.profile:read', 'offers:read'],
  purposes: { 'member.profile:read': words, 'offers:read': words },
};

/** Which fields a registration is refused for; none when it passes. */
function problemsOf(changed: Partial<NewApp>): readonly string[] {
  try {
    checkNewApp({ ...right, ...changed });
    return [];
  } catch (error) {
    if (error instanceof DomainError && error.code === 'validation_failed')
      return (error.extras.fields ?? []).map(({ path, code }) => `${path} ${code}`);
    throw error;
  }
}

const redirect = (uri: string) => problemsOf({ redirectUris: [uri] });

describe('redirect addresses of a new app', () => {
  test.each([
    'https://app.example.vn/callback',
    'https://app.example.vn:8443/callback?app=1',
    'https://xn--ng-uja.example.vn/cb',
    'http://localhost/cb',
    'http://localhost:3000/cb',
    'http://127.0.0.1:5173/cb',
    'http://[::1]:5173/cb',
  ])('%s is taken', (uri) => expect(redirect(uri)).toEqual([]));

  test.each([
    ['a name before the host, which hides the host', 'https://bank.example.vn@evil.example/'],
    ['a name and password', 'https://user:secret@app.example.vn/cb'],
    ['a password alone', 'https://:secret@app.example.vn/cb'],
    ['a fragment', 'https://app.example.vn/cb#token'],
    ['an empty fragment', 'https://app.example.vn/cb#'],
    ['a backslash, which some read as a slash', 'https://app.example.vn\\@evil.example/'],
    ['a backslash in the path', 'https://app.example.vn/\\evil.example'],
    ['a tab that parsers drop', 'https://app.example\t.vn/cb'],
    ['a line break that parsers drop', 'https://app.example.vn/\ncb'],
    ['a space', 'https://app.example.vn/c b'],
    ['a space in front', ' https://app.example.vn/cb'],
    ['a semicolon in the host, which ends a rule of our policy', 'https://a;script-src/cb'],
    ['quotes in the host', `https://a'b/cb`],
    ['a NUL', 'https://app.example.vn/\0'],
    ['a full-width dot, which is normalised to a dot', 'https://app。example.vn/cb'],
    ['a look-alike letter', 'https://аpp.example.vn/cb'],
    ['plain http to a host', 'http://app.example.vn/cb'],
    ['plain http to another machine of the loopback net', 'http://127.0.0.2/cb'],
    ['plain http to every interface', 'http://0.0.0.0/cb'],
    ['plain http to a host that begins like loopback', 'http://127.0.0.1.evil.example/cb'],
    ['plain http to a host that ends like loopback', 'http://evil.localhost/cb'],
    ['plain http to the loopback name with a dot', 'http://localhost./cb'],
    ['plain http to another IPv6 address', 'http://[2001:db8::1]/cb'],
    ['plain http to loopback inside IPv6', 'http://[::ffff:127.0.0.1]/cb'],
    ['a script', 'javascript:alert(1)'],
    ['a script in capitals', 'JaVaScRiPt:alert(1)'],
    ['a script with an authority', 'javascript://app.example.vn/%0aalert(1)'],
    ['data', 'data:text/html,<script>alert(1)</script>'],
    ['a blob', 'blob:https://app.example.vn/1'],
    ['a file', 'file:///etc/passwd'],
    ['an own scheme', 'vn.example.app:/cb'],
    ['a websocket', 'wss://app.example.vn/cb'],
    ['a port that does not exist', 'https://app.example.vn:99999/cb'],
    ['a relative address', '/callback'],
    ['an address without a scheme', '//app.example.vn/cb'],
    ['nothing', ''],
  ])('422: %s', (_what, uri) => expect(redirect(uri)).toEqual(['redirectUris not_allowed']));

  test('422: one bad address among good ones is found', () => {
    expect(problemsOf({ redirectUris: [...right.redirectUris, 'ftp://app.example.vn/', 'http://localhost/'] })).toEqual([
      'redirectUris not_allowed',
    ]);
  });

  test('whatever is accepted leads by https, or to this machine, and says nothing of a person', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('@', ':', '\\', '//', '#', '[::1]', 'localhost', '127.0.0.1', 'evil.example'),
    );
    const made = fc.tuple(fc.constantFrom('http:', 'https:', 'javascript:', 'HTTP:', ''), fc.array(part, { maxLength: 6 }));
    fc.assert(
      fc.property(made, ([scheme, parts]) => {
        const uri = `${scheme}//${parts.join('')}`;
        if (redirect(uri).length > 0) return;
        const url = new URL(uri);
        expect([url.username, url.password, url.hash]).toEqual(['', '', '']);
        expect(url.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('keys of a new app', () => {
  test.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'])('422: a key with its private member %s', (name) => {
    const key = { kty: 'RSA', n: 'n', e: 'AQAB', [name]: 'secret' };
    expect(problemsOf({ jwks: { keys: [...right.jwks.keys, key] } })).toEqual(['jwks private_key']);
  });

  test('422: without a key nobody could prove to be the app', () => {
    expect(problemsOf({ jwks: { keys: [] } })).toEqual(['jwks required']);
  });

  test('what is refused never repeats the private key', () => {
    const leak = () => checkNewApp({ ...right, jwks: { keys: [{ kty: 'EC', d: 'very-secret-number' }] } });
    expect(leak).toThrow(DomainError);
    try {
      leak();
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('very-secret-number');
    }
  });
});

describe('scopes of a new app', () => {
  const worded = (scope: Scope): Partial<NewApp> => ({ scopes: [scope], purposes: { [scope]: words } });

  test.each(SCOPE_NAMES.filter((scope) => SCOPES[scope].sensitivity === 'first-party'))('422: %s is the platform’s own', (scope) => {
    expect(problemsOf(worded(scope))).toEqual(['scopes not_allowed']);
  });

  test.each(SCOPE_NAMES.filter((scope) => SCOPES[scope].sensitivity !== 'first-party'))('%s can be asked for with a purpose', (scope) => {
    expect(problemsOf(worded(scope))).toEqual([]);
  });

  test.each(
    SCOPE_NAMES.filter((scope) => SCOPES[scope].holder === 'member' && SCOPES[scope].sensitivity !== 'first-party' && scope !== 'openid'),
  )('422: %s without a purpose, or with an empty one, because the member reads it', (scope) => {
    for (const purposes of [{}, { [scope]: { vi: '', en: 'Why' } }, { [scope]: { vi: 'Vì sao', en: ' \t' } }])
      expect(problemsOf({ scopes: [scope], purposes })).toEqual(['purposes required']);
  });

  test('a scope that is no scope is refused by name, and inherited names are none', () => {
    for (const name of ['no:such', 'toString', '__proto__', 'constructor', '']) {
      const scopes: Scope[] = JSON.parse(JSON.stringify([name]));
      expect(problemsOf({ scopes })).toEqual(['scopes unknown']);
    }
  });

  test('422: an optional scope must be among the scopes', () => {
    expect(problemsOf({ optionalScopes: ['member.profile:read'] })).toEqual([]);
    expect(problemsOf({ optionalScopes: ['redemptions:read'] })).toEqual(['optionalScopes unknown']);
  });

  test('everything that is wrong is told at once', () => {
    const all = problemsOf({
      jwks: { keys: [] },
      redirectUris: ['x'],
      scopes: ['admin.audit:read'],
      optionalScopes: ['storage:use'],
      purposes: {},
    });
    expect(all).toEqual(['jwks required', 'redirectUris not_allowed', 'scopes not_allowed', 'optionalScopes unknown']);
  });
});

test('a member reads the app’s own purpose; where none is kept, what the scope is', () => {
  const app = { purposes: { 'member.profile:read': { ...words, version: 3 } } };
  expect(purposeOf(app, 'member.profile:read')).toEqual({ ...words, version: 3 });
  expect(purposeOf(app, 'openid')).toEqual({ ...SCOPES.openid.title, version: 1 });
});
