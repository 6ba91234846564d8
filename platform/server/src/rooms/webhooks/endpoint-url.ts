import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { DomainError } from '../../kernel/errors.ts';

/** Hosts that a developer lets through, also without TLS and also on a private address; empty in production. */
export type AllowedHosts = ReadonlySet<string>;

const MAX_HOST_LENGTH = 253;
/** Below 1024 stand mail, shells and directories, which must not be made to listen to us; the web's own port is enough there. */
const FIRST_FREE_PORT = 1024;
const HTTPS_PORT = 443;

/**
 * Only addresses of the public internet: everything that ipaddr.js has in a named range (private, loopback, link-local, CGNAT, multicast,
 * reserved, documentation, NAT64, 6to4, Teredo, mapped …) is refused, so a range that is new to the library is the only gap.
 */
export function isPublicAddress(address: string): boolean {
  // A zone index (fe80::1%eth0) names an interface of this very machine.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // Global unicast is 2000::/3 (RFC 4291 §2.4); what lies outside is unassigned, or embeds an IPv4 address in some translator's way.
  return parsed.kind() === 'ipv4' || (parsed.toByteArray()[0] ?? 0) >> 5 === 1;
}

/** The host as a connection takes it: an IPv6 address without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

const refused = (vi: string, en: string) => new DomainError('webhook_url_refused', { detail: { vi, en } });

/**
 * Parses an endpoint's address and throws `webhook_url_refused` with the reason. The WHATWG parser has already undone every spelling
 * (decimal, octal, hexadecimal, IDN dots), so that what is checked here is what will be connected to. Names are checked when they are
 * resolved, at each connection.
 */
export function parseEndpointUrl(text: string, allowed: AllowedHosts): URL {
  if (!URL.canParse(text)) throw refused('Địa chỉ không đúng định dạng URL.', 'The address is not a URL.');
  const url = new URL(text);
  const host = hostOf(url);
  const letThrough = allowed.has(host);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && letThrough))
    throw refused('Địa chỉ phải dùng https.', 'The address must use https.');
  if (url.username !== '' || url.password !== '')
    throw refused('Địa chỉ không được chứa tên và mật khẩu.', 'The address must not carry a name and password.');
  if (url.hash !== '') throw refused('Địa chỉ không được có phần sau dấu #.', 'The address must not have a fragment.');
  if (!letThrough) assertPublicHost(url, host);
  return url;
}

function assertPublicHost(url: URL, host: string): void {
  const port = url.port === '' ? HTTPS_PORT : Number(url.port);
  if (port !== HTTPS_PORT && port < FIRST_FREE_PORT)
    throw refused('Cổng phải là 443 hoặc từ 1024 trở lên.', 'The port must be 443, or 1024 and above.');
  const isName = isIP(host) === 0;
  // A name without a dot, or under these, never leads to the public internet.
  const isLocalName = !host.replace(/\.$/, '').includes('.') || /\.(localhost|local|internal|home\.arpa)\.?$/.test(host);
  if ((isName && (isLocalName || host.length > MAX_HOST_LENGTH)) || (!isName && !isPublicAddress(host)))
    throw refused('Địa chỉ phải thuộc mạng internet công cộng.', 'The address must be on the public internet.');
}
