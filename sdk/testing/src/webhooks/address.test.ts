// Where the fake platform would send webhooks: a partner who tests an address here must not be surprised by the platform.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DomainError } from '../../../../platform/server/src/kernel/errors.ts';
import { parseEndpointUrl } from '../../../../platform/server/src/rooms/webhooks/endpoint-url.ts';
import { Refusal } from '../refusal.ts';
import { parseAddress } from './address.ts';

/** What became of an address: how it is kept, or why it is refused, in both languages. */
function outcomeOf(parse: () => string): unknown {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, detail: error.details.detail };
    if (error instanceof DomainError) return { code: error.code, detail: error.extras.detail };
    throw error;
  }
}
const here = (text: string) => outcomeOf(() => parseAddress(text));
const onPlatform = (text: string) => outcomeOf(() => parseEndpointUrl(text, new Set()).href);

test.each([
  ['https://partner.example.vn/hooks', 'https://partner.example.vn/hooks'],
  ['https://PARTNER.example.vn:443/Hooks', 'https://partner.example.vn/Hooks'],
  ['https://đốitác.example.vn/a b?c=d', 'https://xn--itc-fla1v254n.example.vn/a%20b?c=d'],
  ['https://partner.example.vn:1024/', 'https://partner.example.vn:1024/'],
  ['https://8.8.8.8', 'https://8.8.8.8/'],
  ['https://134744072/', 'https://8.8.8.8/'],
  ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
])('%s is taken, written as it is connected to', (text, kept) => {
  expect(onPlatform(text)).toBe(here(text));
  expect(here(text)).toBe(kept);
});

test.each([
  ['not an address', 'The address is not a URL.'],
  ['http://partner.example.vn/', 'The address must use https.'],
  ['wss://partner.example.vn/', 'The address must use https.'],
  ['https://name@partner.example.vn/', 'The address must not carry a name and password.'],
  ['https://:word@partner.example.vn/', 'The address must not carry a name and password.'],
  ['https://partner.example.vn/#part', 'The address must not have a fragment.'],
  ['https://partner.example.vn:1023/', 'The port must be 443, or 1024 and above.'],
  ['https://partner.example.vn:80/', 'The port must be 443, or 1024 and above.'],
  ['https://partner/', 'The address must be on the public internet.'],
  ['https://partner.internal/', 'The address must be on the public internet.'],
  ['https://partner.home.arpa./', 'The address must be on the public internet.'],
  ['https://0x7f.1/', 'The address must be on the public internet.'],
  ['https://0251.0376.0251.0376/', 'The address must be on the public internet.'],
  ['https://[::ffff:8.8.8.8]/', 'The address must be on the public internet.'],
])('%s is refused: %s', (text, sentence) => {
  expect(here(text)).toMatchObject({
    code: 'webhook_url_refused',
    detail: { en: sentence, vi: expect.stringMatching(/^(Địa chỉ|Cổng) /) },
  });
});

/** Ranges that are not the public internet, by their first and last address. */
const SPECIAL: readonly [first: string, last: string][] = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.31.196.0', '192.31.196.255'],
  ['192.52.193.0', '192.52.193.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['192.175.48.0', '192.175.48.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '239.255.255.255'],
  ['240.0.0.0', '255.255.255.255'],
];
const numberOf = (address: string) => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
const isTaken = (address: string | number) => typeof here(`https://${address}/`) === 'string';

test.each(SPECIAL)('from %s to %s nothing is reached; before and behind it what the platform says', (first, last) => {
  expect([first, last].map(isTaken)).toEqual([false, false]);
  const neighbours = [numberOf(first) - 1, numberOf(last) + 1].filter((one) => one >= 0 && one < 2 ** 32);
  for (const one of neighbours) expect(here(`https://${one}/`)).toEqual(onPlatform(`https://${one}/`));
});

test.each([
  ['2000::', true],
  ['3fff:fff:ffff::', false],
  ['3fff:1000::', true],
  ['3fff:ffff::', true],
  ['4000::', false],
  ['1fff:ffff::', false],
  ['2001::1', false],
  ['2001:1ff:ffff::', false],
  ['2001:200::', true],
  ['2001:db7:ffff::', true],
  ['2001:db8::1', false],
  ['2001:db9::', true],
  ['2002:808:808::', false],
  ['2003::1', true],
  ['2620:4f:8000::1', false],
  ['2620:4f:8001::1', true],
  ['64:ff9b::808:808', false],
  ['fc00::1', false],
  ['fe80::1', false],
  ['ff02::1', false],
])('[%s] is reached: %s', (address, taken) => {
  expect(isTaken(`[${address}]`)).toBe(taken);
  expect(here(`https://[${address}]/`)).toEqual(onPlatform(`https://[${address}]/`));
});

describe('whatever is asked for, the answer is the platform’s', () => {
  const byte = fc.oneof(fc.constantFrom(0, 1, 2, 10, 100, 127, 168, 169, 172, 192, 198, 203, 224, 240, 255), fc.nat({ max: 255 }));
  const group = fc.oneof(
    fc.constantFrom(
      0,
      1,
      0x64,
      0x100,
      0x2001,
      0x2002,
      0x2620,
      0x3ffe,
      0x3fff,
      0xfc00,
      0xfe80,
      0xff02,
      0xff9b,
      0xdb8,
      0x1ff,
      0x200,
      0xfff,
      0x1000,
      0x4f,
      0x8000,
    ),
    fc.nat({ max: 0xffff }),
  );

  test('for addresses of IPv4', () => {
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), (bytes) => {
        const text = `https://${bytes.join('.')}/`;
        expect(here(text)).toEqual(onPlatform(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('for addresses of IPv6, short and long', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), fc.nat({ max: 6 }), (groups, zeroes) => {
        const written = groups.map((one, index) => (index > 7 - zeroes ? 0 : one).toString(16)).join(':');
        const text = `https://[${written}]/`;
        expect(here(text)).toEqual(onPlatform(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('for names, ports and everything around them', () => {
    const label = fc.constantFrom('partner', 'local', 'localhost', 'internal', 'home', 'arpa', 'vn', 'x'.repeat(63), 'đối', '1', '0x1');
    const url = fc.record({
      scheme: fc.constantFrom('https', 'http', 'ftp', 'HTTPS', ''),
      user: fc.constantFrom('', 'a@', 'a:b@', ':b@', '@'),
      host: fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.')),
      end: fc.constantFrom('', '.', ':443', ':80', ':1023', ':1024', ':65535', ':65536', ':0'),
      rest: fc.constantFrom('', '/', '/a#', '/a#b', '?q=#', '/%', '/a b'),
    });
    fc.assert(
      fc.property(url, ({ scheme, user, host, end, rest }) => {
        const text = `${scheme}://${user}${host}${end}${rest}`;
        expect(here(text)).toEqual(onPlatform(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
