// Verifying receipts and QR codes offline: no schemas, no registry, no client; small enough for a till's web page.
export { ReceiptError, type ReceiptErrorReason } from './receipt-error.ts';
export { type ReceiptKey, type ReceiptKeySet, type ReceiptKeySource, type ReceiptKeysOptions, receiptKeys } from './receipt-keys.ts';
export {
  type VerifiedPresentation,
  type VerifiedReceipt,
  type VerifyOptions,
  type VerifyReceiptOptions,
  verifyPresentation,
  verifyReceipt,
} from './verify-receipt.ts';
