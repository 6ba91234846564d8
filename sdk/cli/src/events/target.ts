import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { CliError } from '../commands/command.ts';
import { urlOf } from '../older-node.ts';

/** Where deliveries are forwarded to. */
export interface Target {
  readonly url: string;
}

/** This machine and networks that are not the internet: a container's address, a phone in the same room. */
const LOCAL = new BlockList();
for (const [address, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  LOCAL.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  LOCAL.addSubnet(address, bits, 'ipv6');

/**
 * Checks the address of `--forward-to`: events are about real members, so they leave this machine and its network only when that was asked for
 * by name (`--allow-remote`), and then by https alone. Rejects with a `CliError`.
 */
export async function targetOf(text: string, remote: 'allowed' | 'refused'): Promise<Target> {
  const url = urlOf(/^\d+$/.test(text) ? `http://localhost:${text}` : text);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') throw noAddress(text);
  if (await isLocal(url.hostname)) return { url: url.href };
  if (remote === 'refused') throw isRemote(url);
  if (url.protocol !== 'https:') throw isOpen(url);
  return { url: url.href };
}

async function isLocal(hostname: string): Promise<boolean> {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  if (isIP(host) !== 0) return isLocalAddress(host);
  // A name of this network, such as another container's; one that is not known at all will say so when it is tried.
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.length > 0 && found.every(({ address }) => isLocalAddress(address));
}

function isLocalAddress(address: string): boolean {
  return LOCAL.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

const noAddress = (text: string) =>
  new CliError({
    text: { vi: `“${text}” không phải địa chỉ http.`, en: `“${text}” is no http address.` },
    next: { vi: 'Ví dụ: --forward-to http://localhost:3000/webhooks.', en: 'E.g. --forward-to http://localhost:3000/webhooks.' },
    exitCode: 2,
  });

const isRemote = ({ host }: URL) =>
  new CliError({
    text: {
      vi: `${host} không ở trên máy này hay mạng nội bộ; sự kiện là dữ liệu về đoàn viên thật.`,
      en: `${host} is neither on this machine nor in its network, and events are about real members.`,
    },
    next: {
      vi: 'Nếu đúng là muốn vậy, thêm --allow-remote; máy chủ chạy lâu dài thì nên đăng ký webhook.',
      en: 'If that is meant, add --allow-remote; a server that stays should have a webhook endpoint of its own.',
    },
    exitCode: 2,
  });

const isOpen = ({ host }: URL) =>
  new CliError({
    text: { vi: `Ra ngoài mạng nội bộ thì phải dùng https: ${host}.`, en: `Outside this network it must be https: ${host}.` },
    next: { vi: `Viết: --forward-to https://${host}/…`, en: `Write --forward-to https://${host}/…` },
    exitCode: 2,
  });
