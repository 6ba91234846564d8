import { WebhookError } from './errors.ts';
import { eventOf, type WebhookEvent } from './event.ts';
import { bytesOf, type Verifier, verifierOf } from './keys.ts';

/** Headers as `fetch` has them, or as Node's `request.headers`. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** One key or, during a rotation, several. */
  readonly keys: string | readonly string[];
  /** How far the delivery's time may be from yours, both ways; default 300 seconds. */
  readonly toleranceSeconds?: number;
  /** Your clock; for tests. */
  readonly now?: Date;
}

const TOLERANCE_SECONDS = 300;
/** The platform signs with three keys at most; a long list would only be a way to try many forgeries at once. */
const SIGNATURES_MAX = 8;

/**
 * Checks a delivery of the platform and answers its event, or throws `WebhookError`. Follows Standard Webhooks: Ed25519 (`v1a`, keys
 * `whpk_…`) and HMAC-SHA256 (`v1`, secrets `whsec_…`).
 *
 * `payload` is the body as it came, before any JSON parsing: one byte more or less and the signature does not fit. `trust` is the key,
 * several keys, or those with a tolerance. Deliveries come at least once: see `once`.
 *
 * Runs wherever WebCrypto is: Node ≥ 20, browsers, edge runtimes.
 *
 * @example
 * export async function receive(request: Request): Promise<Response> {
 *   const event = await verifyWebhook(await request.text(), request.headers, process.env.CHUNG_WEBHOOK_KEY ?? '');
 *   if (event.type === 'redemption.redeemed.v1') await activate(event.data.redemptionId);
 *   return new Response(null, { status: 204 });
 * }
 *
 * @see https://www.standardwebhooks.com
 */
export async function verifyWebhook(
  payload: string | Uint8Array,
  headers: WebhookHeaders,
  trust: string | readonly string[] | VerifyOptions,
): Promise<WebhookEvent> {
  const options: VerifyOptions = isKeys(trust) ? { keys: trust } : trust;
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = signaturesOf(headerOf(headers, 'webhook-signature'));
  assertTimely(timestamp, options);
  // A dot would let the border between id, time and body be moved under the same signature.
  if (!/^[\w-]{1,128}$/.test(id)) throw new WebhookError('malformed_header', 'webhook-id is not an id.');
  const body = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  const content = contentOf(`${id}.${timestamp}.`, body);
  const verifiers = await Promise.all([options.keys].flat().map(verifierOf));
  if (verifiers.length === 0) throw new WebhookError('invalid_key', 'No key was given.');
  if (!(await anyFits(verifiers, signatures, content)))
    throw new WebhookError('no_matching_signature', 'No signature fits any of the keys.');
  return eventOf(new TextDecoder().decode(body), id);
}

// Not by looking for `keys`: every array has a method of that name.
const isKeys = (trust: string | readonly string[] | VerifyOptions): trust is string | readonly string[] =>
  typeof trust === 'string' || Array.isArray(trust);

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : plainHeader(headers, name);
  if (value === null || value === undefined || value === '') throw new WebhookError('missing_header', `${name} is missing.`);
  // Sent twice, it comes as a list or joined by a comma: which of them did the sender sign?
  if (typeof value !== 'string' || value.includes(',,') || (name !== 'webhook-signature' && value.includes(',')))
    throw new WebhookError('malformed_header', `${name} stands more than once.`);
  return value;
}

/** Node has lower-cased names already; others may not. */
function plainHeader(headers: Exclude<WebhookHeaders, Headers>, name: string): string | readonly string[] | undefined {
  const found = Object.keys(headers).filter((key) => key.toLowerCase() === name);
  return found.length > 1 ? found : headers[found[0] ?? name];
}

interface Signature {
  readonly version: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Space-separated `version,base64`. Versions that we do not know are left out: there may be newer ones beside ours. */
function signaturesOf(header: string): readonly Signature[] {
  const parts = header.split(' ');
  if (parts.length > SIGNATURES_MAX || new Set(parts).size !== parts.length)
    throw new WebhookError('malformed_header', 'webhook-signature has too many signatures, or one twice.');
  return parts.flatMap((part) => {
    const [version = '', encoded = '', ...rest] = part.split(',');
    if (version === '' || encoded === '' || rest.length > 0)
      throw new WebhookError('malformed_header', 'webhook-signature is not a list of version,signature.');
    const bytes = bytesOf(encoded);
    return bytes ? [{ version, bytes }] : [];
  });
}

function assertTimely(timestamp: string, { toleranceSeconds = TOLERANCE_SECONDS, now = new Date() }: Omit<VerifyOptions, 'keys'>): void {
  if (!/^[1-9]\d{0,11}$/.test(timestamp)) throw new WebhookError('malformed_header', 'webhook-timestamp is not in whole seconds.');
  const ageSeconds = now.getTime() / 1000 - Number(timestamp);
  // Asked for what is timely and not for what is not: with a tolerance or a clock that is no number, nothing is.
  if (!(ageSeconds <= toleranceSeconds)) throw new WebhookError('too_old', 'The delivery is too old.');
  if (!(ageSeconds >= -toleranceSeconds)) throw new WebhookError('too_new', 'The delivery is from the future; check your clock.');
}

function contentOf(head: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const start = new TextEncoder().encode(head);
  const content = new Uint8Array(start.length + body.length);
  content.set(start);
  content.set(body, start.length);
  return content;
}

/** A key checks signatures of its own version only, so that a public key can never be taken for an HMAC secret. */
async function anyFits(
  verifiers: readonly Verifier[],
  signatures: readonly Signature[],
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const checks = verifiers.flatMap(({ version, verify }) =>
    signatures.filter((signature) => signature.version === version).map(({ bytes }) => verify(bytes, content).catch(() => false)),
  );
  // All are awaited: how long it takes tells nothing of which one fitted.
  return (await Promise.all(checks)).includes(true);
}
