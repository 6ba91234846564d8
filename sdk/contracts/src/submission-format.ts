import { z } from 'zod';
import type { Text } from './text.ts';

// What `chung submit` sends and what the platform takes: one gzip tar with `source/…`, from which the app is built, and `bundle/…`, what was
// built from it. Both sides read this one table and these rules, so that nothing is packed that would then be refused.

const MEBIBYTE = 1024 ** 2;

/** Bounds of one submission. Sizes are bytes; a path is counted in bytes of UTF-8. */
export const SUBMISSION_LIMITS = {
  /** The archive as it is sent. */
  archiveBytes: 20 * MEBIBYTE,
  /** All files together. */
  unpackedBytes: 64 * MEBIBYTE,
  fileBytes: 10 * MEBIBYTE,
  files: 5_000,
  pathBytes: 240,
} as const;

/** SHA-256 as it is written everywhere: `sha256:` and 64 hexadecimal digits. */
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** The files without which no app can be judged. */
export const SUBMISSION_NEEDS = ['source/chung.config.ts', 'source/package.json', 'source/package-lock.json'] as const;

/** Names that belong to one machine or to nobody else: what was installed, the history, settings and keys. */
const PRIVATE_NAMES =
  /^(node_modules|\.git|\.hg|\.svn|\.chung|\.npmrc|\.netrc|\.ssh|\.aws|\.DS_Store|\.env(\..*)?|id_(rsa|dsa|ecdsa|ed25519))$/i;
const PRIVATE_ENDINGS = /\.(pem|key|p12|pfx|jks|keystore)$/i;
/** Windows would open a device, or cannot write the name at all. */
const DEVICE_NAMES = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ODD_SIGNS = /[\u0000-\u001f\u007f\ufffd\\:*?"<>|]|\p{Bidi_Control}/u;

const say = (vi: string, en: string): Text => ({ vi, en });

/**
 * Whether a file or folder of this name stays on the developer's machine.
 *
 * @example
 * isPrivateName('.env.local'); // true
 */
export const isPrivateName = (name: string): boolean => PRIVATE_NAMES.test(name) || PRIVATE_ENDINGS.test(name);

/**
 * Why a path has no place in a submission; null where it has. `path` is that in the archive, e.g. `source/src/main.tsx`.
 *
 * @example
 * refusalOfPath('source/../../etc/passwd')?.en; // 'leads out of its folder'
 */
export function refusalOfPath(path: string): Text | null {
  if (new TextEncoder().encode(path).length > SUBMISSION_LIMITS.pathBytes) return say('quá dài', 'is too long');
  if (ODD_SIGNS.test(path) || path !== path.normalize('NFC')) return say('có ký tự không được phép', 'has signs that are not allowed');
  const segments = path.split('/');
  if (path.startsWith('/') || segments.some((name) => name === '..' || name === '.'))
    return say('ra ngoài thư mục của nó', 'leads out of its folder');
  if (segments.some((name) => name === '' || name.trim() !== name || name.endsWith('.') || DEVICE_NAMES.test(name)))
    return say('không dùng được trên mọi hệ điều hành', 'cannot be written on every system');
  if (segments.some(isPrivateName)) return say('không bao giờ được gửi đi', 'must never be sent');
  if (segments.length < 2 || (segments[0] !== 'source' && segments[0] !== 'bundle'))
    return say('không nằm trong source/ hay bundle/', 'is neither in source/ nor in bundle/');
  return null;
}

/**
 * The form in which two paths are the same file on a system that does not tell capitals apart.
 *
 * @example
 * foldedPath('source/README.md') === foldedPath('source/readme.md'); // true
 */
export const foldedPath = (path: string): string => path.normalize('NFC').toLowerCase();

/** A file by its path and its content. `sha256` is written in hexadecimal digits, without a prefix. */
export interface ListedFile {
  readonly path: string;
  readonly sha256: string;
}

/**
 * The text whose SHA-256 is the digest of a set of files: a line `<sha256> <path>` for each, sorted by path (by UTF-16 code units, as `<`
 * compares). Neither the compressor nor the machine it ran on has a part in it.
 *
 * @example
 * listingOf([{ path: 'source/package.json', sha256: '9f2c' }]); // '9f2c source/package.json\n'
 */
export function listingOf(files: readonly ListedFile[]): string {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return sorted.map(({ path, sha256 }) => `${sha256} ${path}\n`).join('');
}
