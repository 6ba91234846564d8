/**
 * Why a receipt or presentation was refused:
 * - `malformed`: not a compact JWS as the platform writes it (parts, base64url, JSON, fields, a header with more or less);
 * - `wrong_algorithm`: the header asks for anything but EdDSA, `none` and HS256 among them;
 * - `wrong_type`: a receipt where a presentation was asked for, or the reverse;
 * - `unknown_key`: signed by a key that is not in the set, no longer or never;
 * - `bad_signature`: not a byte of the content can be trusted;
 * - `wrong_issuer`, `wrong_audience`: of another platform, for another partner;
 * - `expired`, `not_yet_valid`: outside its time by your clock;
 * - `keys_unavailable`: the key set could not be fetched and there is none that is young enough.
 */
export type ReceiptErrorReason =
  | 'malformed'
  | 'wrong_algorithm'
  | 'wrong_type'
  | 'unknown_key'
  | 'bad_signature'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'expired'
  | 'not_yet_valid'
  | 'keys_unavailable';

/** Thrown rather than returned: a refusal that nobody looks at must not pass for a good receipt. */
export class ReceiptError extends Error {
  override readonly name = 'ReceiptError';
  readonly reason: ReceiptErrorReason;

  constructor(reason: ReceiptErrorReason, cause?: unknown) {
    super(`The receipt was refused: ${reason}.`, { cause });
    this.reason = reason;
  }
}
