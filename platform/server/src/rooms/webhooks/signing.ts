import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { WebhookSigning } from '@chung/contracts';

/** A new key: `secret` is sealed at once, `publicKey` may be shown to anyone. */
export interface MadeKey {
  readonly signing: WebhookSigning;
  /** `whsk_…` (Ed25519 seed) or `whsec_…` (HMAC secret). */
  readonly secret: string;
  /** `whpk_…`; null for a shared secret. */
  readonly publicKey: string | null;
}

/** One key ready to sign. */
export type Signer = (content: string) => string | Promise<string>;

const signInThread = promisify(sign);
const SECRET_BYTES = 32;
/** PKCS#8 of an Ed25519 key is this followed by its 32 bytes (RFC 8410 §7); Node reads no bare seed. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Keys as Standard Webhooks writes them: base64 behind a prefix that says what it is, so that a leaked one is recognised. */
export function makeKey(signing: WebhookSigning): MadeKey {
  if (signing === 'v1') return { signing, secret: `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`, publicKey: null };
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-SECRET_BYTES);
  const shown = publicKey.export({ format: 'der', type: 'spki' }).subarray(-SECRET_BYTES);
  return { signing, secret: `whsk_${seed.toString('base64')}`, publicKey: `whpk_${shown.toString('base64')}` };
}

/** Prepares a key once. Ed25519 signs in libuv's threads: on the main one it was a third of all the time of delivering. */
export function signerOf(secret: string): Signer {
  const [prefix = '', encoded = ''] = secret.split('_', 2);
  const bytes = Buffer.from(encoded, 'base64');
  if (prefix === 'whsec') return (content) => `v1,${createHmac('sha256', bytes).update(content).digest('base64')}`;
  const key: KeyObject = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, bytes]), format: 'der', type: 'pkcs8' });
  return async (content) => `v1a,${(await signInThread(null, Buffer.from(content), key)).toString('base64')}`;
}

/** The three headers of Standard Webhooks; during a rotation the signatures of all live keys stand side by side. */
export async function signedHeaders(
  signers: readonly Signer[],
  { id, payload, at }: { id: string; payload: string; at: Date },
): Promise<Readonly<Record<string, string>>> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const content = `${id}.${timestamp}.${payload}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': (await Promise.all(signers.map((one) => one(content)))).join(' '),
  };
}
