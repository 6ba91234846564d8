import type { Text } from '@chung/contracts';
import { refusal } from '../refusal.ts';

const HOST_LENGTH_MAX = 253;
const FIRST_FREE_PORT = 1024;
const HTTPS_PORT = 443;

const refused = (vi: string, en: string) => refusal('webhook_url_refused', { detail: { vi, en } satisfies Text });

/** An endpoint's address as it is kept; refuses what the platform in production would never connect to. */
export function parseAddress(text: string): string {
  if (!URL.canParse(text)) throw refused('Địa chỉ không đúng định dạng URL.', 'The address is not a URL.');
  // The parser has undone every spelling (decimal, octal, hexadecimal), so what is looked at is what would be connected to.
  const url = new URL(text);
  const { protocol, username, password, hash } = url;
  if (protocol !== 'https:') throw refused('Địa chỉ phải dùng https.', 'The address must use https.');
  if (username !== '' || password !== '')
    throw refused('Địa chỉ không được chứa tên và mật khẩu.', 'The address must not carry a name and password.');
  if (hash !== '') throw refused('Địa chỉ không được có phần sau dấu #.', 'The address must not have a fragment.');
  const port = url.port === '' ? HTTPS_PORT : Number(url.port);
  if (port !== HTTPS_PORT && port < FIRST_FREE_PORT)
    throw refused('Cổng phải là 443 hoặc từ 1024 trở lên.', 'The port must be 443, or 1024 and above.');
  if (!isPublicHost(url.hostname))
    throw refused('Địa chỉ phải thuộc mạng internet công cộng.', 'The address must be on the public internet.');
  return url.href;
}

function isPublicHost(host: string): boolean {
  if (host.startsWith('[')) return isPublicV6(host.slice(1, -1));
  if (/^[\d.]+$/.test(host)) return isPublicV4(host.split('.').map(Number));
  const isLocal = !host.replace(/\.$/, '').includes('.') || /\.(localhost|local|internal|home\.arpa)\.?$/.test(host);
  return !isLocal && host.length <= HOST_LENGTH_MAX;
}

/** First addresses and prefix lengths of what is not the public internet (IANA's registry of special addresses). */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const numberOf = (bytes: readonly number[]) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

function isPublicV4(bytes: readonly number[]): boolean {
  return !SPECIAL_V4.some((range) => {
    const [first = '', length] = range.split('/');
    const size = 2 ** (32 - Number(length));
    return Math.floor(numberOf(bytes) / size) === Math.floor(numberOf(first.split('.').map(Number)) / size);
  });
}

/** Global unicast alone (2000::/3), without the ranges in it that embed an IPv4 address, document or serve tests. */
function isPublicV6(host: string): boolean {
  const [head = '', tail] = host.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const [first, last] = [groups(head), groups(tail)];
  const all = tail === undefined ? first : [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
  const [one = 0, two = 0] = all;
  const isGlobal = one >> 13 === 1;
  const isSpecial = (one === 0x2001 && (two < 0x200 || two === 0xdb8)) || one === 0x2002 || (one === 0x3fff && two < 0x1000);
  return isGlobal && !isSpecial && !(one === 0x2620 && two === 0x4f && all[2] === 0x8000);
}
