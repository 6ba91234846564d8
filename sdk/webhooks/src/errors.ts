/**
 * Why a delivery is refused.
 * - `missing_header`, `malformed_header`: it is not signed as Standard Webhooks asks.
 * - `too_old`, `too_new`: its time is more than the tolerance away; a recording, or a wrong clock.
 * - `no_matching_signature`: forged, altered, or signed by a key you do not have.
 * - `invalid_key`: a key you gave cannot be read; this is yours to repair.
 * - `unexpected_payload`: signed well, but not an event of the schemas of this version.
 */
export type WebhookErrorCode =
  | 'missing_header'
  | 'malformed_header'
  | 'too_old'
  | 'too_new'
  | 'no_matching_signature'
  | 'invalid_key'
  | 'unexpected_payload';

/** A delivery that must not be believed. Answer 400, and do nothing with the body. */
export class WebhookError extends Error {
  readonly code: WebhookErrorCode;

  constructor(code: WebhookErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WebhookError';
    this.code = code;
  }
}
