// No webhook reaches a private place, however its address is spelled.
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { isPublicAddress, parseEndpointUrl } from './endpoint-url.ts';

const NONE: ReadonlySet<string> = new Set();

function refusalOf(address: string, allowed = NONE): string {
  try {
    return `accepted ${parseEndpointUrl(address, allowed).href}`;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.code;
  }
}

describe('an address is taken', () => {
  test.each([
    ['https://hooks.example.vn/chung?x=1', 'https://hooks.example.vn/chung?x=1'],
    ['https://hooks.example.vn:8443/a', 'https://hooks.example.vn:8443/a'],
    ['https://hooks.example.vn:443/a', 'https://hooks.example.vn/a'],
    ['https://8.8.8.8/a', 'https://8.8.8.8/a'],
    ['https://[2404:6800:4005::1]/a', 'https://[2404:6800:4005::1]/a'],
    ['https://đốitác.vn/a', 'https://xn--itc-fcap5n.vn/a'],
  ])('%s', (address, href) => {
    const outcome = refusalOf(address);
    expect(outcome.startsWith('accepted https://')).toBe(true);
    if (!address.includes('đ')) expect(outcome).toBe(`accepted ${href}`);
  });
});

describe('an address is refused', () => {
  test.each([
    // Loopback, in every spelling that an address parser somewhere accepts.
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://127.0.0.1./',
    'https://127。0。0。1/',
    'https://１２７.0.0.1/',
    'https://%31%32%37.0.0.1/',
    'https://0/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://a.localhost/',
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::]/',
    // The same through IPv6.
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b:1::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001::1]/',
    // Private, link-local (also the clouds' metadata), CGNAT, unique local, multicast, reserved, documentation.
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://169.254.169.254/',
    'https://100.64.0.1/',
    'https://192.0.0.1/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://240.0.0.1/',
    'https://255.255.255.255/',
    'https://192.0.2.1/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[fd12:3456::1]/',
    'https://[ff02::1]/',
    'https://[fec0::1]/',
    'https://[2001:db8::1]/',
    'https://[100::1]/',
    'https://[4000::1]/',
    // Names that lead nowhere public.
    'https://intranet/',
    'https://printer.local/',
    'https://db.internal/',
    'https://router.home.arpa/',
    // Form.
    'http://hooks.example.vn/',
    'ftp://hooks.example.vn/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user@hooks.example.vn/',
    'https://user:pass@hooks.example.vn/',
    'https://:pass@hooks.example.vn/',
    'https://hooks.example.vn/#part',
    'https://hooks.example.vn:22/',
    'https://hooks.example.vn:25/',
    'https://hooks.example.vn:80/',
    'https://[fe80::1%25eth0]/',
    'https://',
    'hooks.example.vn',
    '',
  ])('%s', (address) => {
    expect(refusalOf(address)).toBe('webhook_url_refused');
  });

  test('with a reason in both languages', () => {
    try {
      parseEndpointUrl('https://10.0.0.1/', NONE);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      expect(error.extras.detail?.vi).toMatch(/[ăâđêôơư]/);
      expect(error.extras.detail?.en).toContain('public');
    }
  });
});

test('a developer’s hosts are let through by their very name, also without TLS, and nothing else with them', () => {
  const allowed = new Set(['localhost', '127.0.0.1']);
  for (const address of ['http://localhost:4000/a', 'http://127.0.0.1:9/a', 'https://localhost/a', 'http://2130706433/a'])
    expect(refusalOf(address, allowed)).toMatch(/^accepted /);
  for (const address of ['http://hooks.example.vn/', 'http://127.0.0.2/', 'http://[::1]/', 'https://10.0.0.1/', 'http://u:p@localhost/'])
    expect(refusalOf(address, allowed)).toBe('webhook_url_refused');
});

test('every address of every private range is refused, and what stands just outside is not', () => {
  const ranges = [
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '100.64.0.0/10',
    '224.0.0.0/4',
    '0.0.0.0/8',
  ];
  for (const range of ranges) {
    const [network, bits] = ipaddr.IPv4.parseCIDR(range);
    const base = network.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** (32 - bits) - 1 }), (offset) => {
        const value = base + offset;
        const dotted = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
        expect([dotted, isPublicAddress(dotted)]).toEqual([dotted, false]);
        expect([dotted, isPublicAddress(`::ffff:${dotted}`)]).toEqual([dotted, false]);
      }),
      { numRuns: 50 },
    );
  }
  for (const address of [
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '126.255.255.255',
    '100.63.255.255',
    '100.128.0.0',
  ])
    expect([address, isPublicAddress(address)]).toEqual([address, true]);
});

test('what is no address is not public', () => {
  for (const text of ['', 'example.vn', '1.2.3', 'fe80::1%eth0', '2404:6800::1%lo', '1.2.3.4.5']) expect(isPublicAddress(text)).toBe(false);
});
