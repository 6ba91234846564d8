import { EVENT_TYPES, type EventData, EventId, type EventType, type PartnerEvent } from '@chung/contracts';
import { SAMPLES } from './samples.ts';

/** Signs as the platform does: `v1a` by Ed25519, `v1` by HMAC-SHA256 (Standard Webhooks). */
export interface WebhookSigner {
  readonly version: 'v1a' | 'v1';
  /** What the receiver is given: `whpk_…` or `whsec_…`. */
  readonly key: string;
  /** `version,signature` over `id.seconds.body`. */
  sign(content: string): Promise<string>;
}

/** A delivery as it comes over HTTP. */
export interface Delivery {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

/**
 * Makes a signer with a key of its own.
 *
 * @example
 * const signer = await webhookSigner();
 * process.env.CHUNG_WEBHOOK_KEY = signer.key; // what your receiver believes
 */
export async function webhookSigner(version: 'v1a' | 'v1' = 'v1a'): Promise<WebhookSigner> {
  const written = (signature: ArrayBuffer) => `${version},${base64(new Uint8Array(signature))}`;
  if (version === 'v1') {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const sign = async (content: string) => written(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(content)));
    return { version, key: `whsec_${base64(secret)}`, sign };
  }
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new TypeError('A key pair was expected.');
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const sign = async (content: string) => written(await crypto.subtle.sign('Ed25519', pair.privateKey, new TextEncoder().encode(content)));
  return { version, key: `whpk_${base64(raw)}`, sign };
}

interface SampleOptions {
  /** Of the event; a new one each time unless told. */
  readonly id?: string;
  readonly occurredAt?: Date;
}

/**
 * An event of any type, valid by the contracts, with your values in it.
 *
 * @example
 * const event = sampleEvent('redemption.redeemed.v1', { memberRef: 'ref-lan' });
 */
export function sampleEvent<Type extends EventType>(
  type: Type,
  data: Partial<EventData<Type>> = {},
  { id = newEventId(), occurredAt = new Date() }: SampleOptions = {},
): PartnerEvent {
  const parsed: Readonly<Record<string, unknown>> = EVENT_TYPES[type].parse({ ...SAMPLES[type], ...data });
  return { id: EventId.parse(id), type, occurredAt: occurredAt.toISOString(), data: { ...parsed } };
}

/** A UUIDv7 of now. */
export function newEventId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}

interface SignOptions {
  /** When it is sent, which is what receivers judge its age by; now unless told. */
  readonly at?: Date;
}

/**
 * Writes and signs an event; with several signers as during the rotation of a key.
 *
 * @example
 * const signer = await webhookSigner();
 * const { headers, body } = await signedDelivery(sampleEvent('redemption.redeemed.v1'), signer, { at: new Date('2026-12-01T00:00:00Z') });
 */
export async function signedDelivery(
  event: Pick<PartnerEvent, 'id' | 'type' | 'occurredAt' | 'data'>,
  signers: WebhookSigner | readonly WebhookSigner[],
  { at = new Date() }: SignOptions = {},
): Promise<Delivery> {
  const { id, type, occurredAt, data } = event;
  return signedBody(id, JSON.stringify({ type, timestamp: occurredAt, data, id }), { signers: [signers].flat(), at });
}

/** Signs a body as it is, also one that no event is. */
export async function signedBody(
  id: string,
  body: string,
  { signers, at }: { readonly signers: readonly WebhookSigner[]; readonly at: Date },
): Promise<Delivery> {
  const seconds = Math.floor(at.getTime() / 1000);
  const signatures = await Promise.all(signers.map((signer) => signer.sign(`${id}.${seconds}.${body}`)));
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  };
  return { id, headers, body };
}

/**
 * The delivery as a request to your endpoint.
 *
 * @example
 * const signer = await webhookSigner();
 * const answer = await handler(requestOf(await signedDelivery(sampleEvent('redemption.redeemed.v1'), signer)));
 */
export function requestOf({ headers, body }: Delivery, url = 'https://partner.test/webhooks'): Request {
  return new Request(url, { method: 'POST', headers: { ...headers }, body });
}
