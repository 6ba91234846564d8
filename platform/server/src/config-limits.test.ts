import { expect, test } from 'vitest';
import { readConfig, SETTINGS } from './config.ts';
import { StartupError } from './kernel/startup-error.ts';

const WHERE = '/srv/chung';
/** The settings that are complained about; empty when all are right. */
function complaints(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment, WHERE);
    return [];
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    return [...new Set([...error.message.matchAll(/^ {2}- (\w+)/gm)].map(([, name = '']) => name))];
  }
}

test.each([
  ['PORT', ['0', '1', '4100', '65535'], ['-1', '65536', '41.5', 'http', '4100x']],
  ['CHUNG_POOL_SIZE', ['2', '200'], ['1', '201', '2.5', 'many']],
  ['CHUNG_RATE_FACTOR', ['0.01', '1', '10000'], ['0', '0.009', '10001', '-1', 'NaN', 'Infinity']],
  ['CHUNG_DEMO_MEMBERS', ['100', '10000000'], ['99', '10000001', '1e99']],
  ['CHUNG_DEMO', ['0', '1'], ['true', 'false', 'yes', '2']],
  ['CHUNG_SECRET', ['s'.repeat(43)], ['s'.repeat(42)]],
  ['CHUNG_METRICS_TOKEN', ['m'.repeat(16)], ['m'.repeat(15)]],
  ['CHUNG_LOG_LEVEL', ['debug', 'silent', 'fatal'], ['trace', 'INFO', 'none']],
  ['DATABASE_URL', ['postgres://u@h/d', 'postgresql://u:p@h:5432/d'], ['mysql://h/d', 'h/d', 'http://h/d']],
  ['CHUNG_BASE_URL', ['http://localhost:4100', 'https://chung.example.vn'], ['chung.example.vn', 'ftp://chung.example.vn']],
  ['CHUNG_UPSTREAM_LABEL', ['x', 'x'.repeat(60)], ['x'.repeat(61)]],
] as const)('%s is taken at its limits and refused beyond them, by its name alone', (name, right, wrong) => {
  for (const value of right) expect([value, complaints({ [name]: value })]).toEqual([value, []]);
  for (const value of wrong) expect([value, complaints({ [name]: value })]).toEqual([value, [name]]);
});

test.each(['1719', '5060', '6000', '6667', '10080'])('port %s, which no browser opens, is refused with the reason', (port) => {
  expect(() => readConfig({ PORT: port }, WHERE)).toThrow(/PORT: is a port that browsers refuse to open/);
});

test.each(['', ' ', '\t'])('a setting that is %j counts as none, as a compose file leaves it', (blank) => {
  const empty = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, blank]));
  expect(readConfig(empty, WHERE)).toEqual(readConfig({}, WHERE));
});

test('what the server does not know is no setting of ours and no fault', () => {
  expect(readConfig({ PATH: '/bin', CHUNG_NOTHING: 'x' }, WHERE)).toEqual(readConfig({}, WHERE));
});

test('a list is split at its commas, without blanks and without empty places', () => {
  const { CHUNG_TRUSTED_PROXIES: proxies, CHUNG_WEBHOOK_HOSTS: hosts } = readConfig(
    { CHUNG_TRUSTED_PROXIES: ' 10.0.0.0/8 , ::1,,', CHUNG_WEBHOOK_HOSTS: 'localhost' },
    WHERE,
  );
  expect([proxies, hosts]).toEqual([['10.0.0.0/8', '::1'], ['localhost']]);
});

test.each([
  ['.data', '/srv/chung/.data'],
  ['../shared', '/srv/shared'],
  ['/var/lib/chung', '/var/lib/chung'],
])('the data folder %s is %s', (given, expected) => {
  expect(readConfig({ CHUNG_DATA_DIR: given }, WHERE).dataDirectory).toBe(expected);
});

test.each([
  ['http://localhost:4200/', 'http://localhost:4200'],
  ['https://chung.example.vn///', 'https://chung.example.vn'],
])('the address %s is an issuer without a slash at its end', (given, expected) => {
  expect(readConfig({ CHUNG_BASE_URL: given }, WHERE).baseUrl).toBe(expected);
});

test('without an address it is that of its port on this machine', () => {
  expect(readConfig({ PORT: '5123' }, WHERE).baseUrl).toBe('http://localhost:5123');
});

test.each([
  ['no JSON', 'not json'],
  ['a key alone', '{"kty":"EC"}'],
  ['no keys', '{"keys":[]}'],
  ['another curve', '{"keys":[{"kty":"EC","crv":"P-384","kid":"1","d":"x"}]}'],
  ['a key without its name', '{"keys":[{"kty":"EC","crv":"P-256","d":"x"}]}'],
  ['a public key only', '{"keys":[{"kty":"EC","crv":"P-256","kid":"1"}]}'],
])('keys for tokens that are %s are refused, and not shown', (_, text) => {
  expect(complaints({ CHUNG_TOKEN_KEYS: text })).toContain('CHUNG_TOKEN_KEYS');
  expect(() => readConfig({ CHUNG_TOKEN_KEYS: '{"keys":[{"kty":"EC","crv":"P-256","kid":"1","d":7,"x":"PLANTED"}]}' }, WHERE)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('PLANTED') }),
  );
});

test('production lets no webhook reach a private host, and takes every level of detail of the log', () => {
  expect(complaints({ NODE_ENV: 'production', CHUNG_WEBHOOK_HOSTS: 'localhost' })).toContain('CHUNG_WEBHOOK_HOSTS');
  expect(complaints({ NODE_ENV: 'test', CHUNG_WEBHOOK_HOSTS: 'localhost' })).toEqual([]);
});
