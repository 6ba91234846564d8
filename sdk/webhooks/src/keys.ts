import { WebhookError } from './errors.ts';

/** A key prepared for checking: true for a signature that it made over the content. */
export interface Verifier {
  readonly version: 'v1a' | 'v1';
  verify(signature: Uint8Array<ArrayBuffer>, content: Uint8Array<ArrayBuffer>): Promise<boolean>;
}

const ED25519_BYTES = 32;
/** Standard Webhooks asks for 24 to 64 bytes; a shorter secret can be guessed. */
const SECRET_BYTES_MIN = 24;
/** Importing costs more than checking, and a partner has a handful of keys. */
const CACHE_MAX = 32;
const cache = new Map<string, Promise<Verifier>>();

/** Prepares `whpk_…` (Ed25519) or `whsec_…` (HMAC-SHA256). Throws `invalid_key` for anything else, also for a private `whsk_…`. */
export function verifierOf(key: string): Promise<Verifier> {
  const known = cache.get(key);
  if (known) return known;
  const made = importKey(key);
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(key, made);
  return made;
}

async function importKey(key: string): Promise<Verifier> {
  if (key.startsWith('whpk_')) return ed25519(bytesOf(key.slice('whpk_'.length)));
  if (key.startsWith('whsec_')) return hmac(bytesOf(key.slice('whsec_'.length)));
  throw new WebhookError('invalid_key', 'A key begins with whpk_ (public key) or whsec_ (shared secret).');
}

async function ed25519(bytes: Uint8Array<ArrayBuffer> | null): Promise<Verifier> {
  if (bytes?.length !== ED25519_BYTES) throw new WebhookError('invalid_key', 'A whpk_ key is 32 bytes in base64.');
  const key = await crypto.subtle.importKey('raw', bytes, 'Ed25519', false, ['verify']);
  return { version: 'v1a', verify: (signature, content) => crypto.subtle.verify('Ed25519', key, signature, content) };
}

async function hmac(bytes: Uint8Array<ArrayBuffer> | null): Promise<Verifier> {
  if (!bytes || bytes.length < SECRET_BYTES_MIN) throw new WebhookError('invalid_key', 'A whsec_ secret is at least 24 bytes in base64.');
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  // The comparison is WebCrypto's, which takes the same time for every wrong signature.
  return { version: 'v1', verify: (signature, content) => crypto.subtle.verify('HMAC', key, signature, content) };
}

/** Base64 without forgiveness: two spellings of one signature would be two ways past a list of seen ones. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) return null;
  const text = atob(base64);
  return btoa(text) === base64 ? Uint8Array.from(text, (character) => character.charCodeAt(0)) : null;
}
