export { WebhookError, type WebhookErrorCode } from './errors.ts';
export type { WebhookEvent } from './event.ts';
export { memorySeen, once, type Seen } from './once.ts';
export { type VerifyOptions, verifyWebhook, type WebhookHeaders } from './verify.ts';
