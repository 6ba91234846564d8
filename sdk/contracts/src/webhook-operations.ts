import { z } from 'zod';
import { EVENT_TYPES, type EventType } from './events.ts';
import { operation } from './operation.ts';
import { EventId, Instant, pageOf, pageQuery } from './values.ts';

export const WebhookEndpointId = z.uuidv7().brand<'WebhookEndpointId'>();
export type WebhookEndpointId = z.infer<typeof WebhookEndpointId>;
export const WebhookReplayId = z.uuidv7().brand<'WebhookReplayId'>();
export type WebhookReplayId = z.infer<typeof WebhookReplayId>;

/** The most endpoints of one partner: each is a connection and a place in the log that the platform keeps. */
export const WEBHOOK_ENDPOINTS_MAX = 20;
/** How far back a replay may reach. */
export const WEBHOOK_REPLAY_DAYS = 30;

/** `v1a`: Ed25519, the partner holds a public key only. `v1`: HMAC-SHA256 with a shared secret, for receivers that cannot do the other. */
export const WebhookSigning = z.enum(['v1a', 'v1']);
export type WebhookSigning = z.infer<typeof WebhookSigning>;

/** Why an endpoint rests. `gone`: it answered 410. `failing`: every try of one event failed. */
export const WebhookPauseReason = z.enum(['partner', 'gone', 'failing']);
export type WebhookPauseReason = z.infer<typeof WebhookPauseReason>;

// A test event belongs to no list of subscriptions: it is only ever asked for.
const isSubscribable = (type: string): type is EventType => Object.hasOwn(EVENT_TYPES, type) && type !== 'webhook.test.v1';
const WebhookEventType = z.enum(Object.keys(EVENT_TYPES).filter(isSubscribable));

export const WebhookKey = z.object({
  id: z.string(),
  signing: WebhookSigning,
  /** `whpk_…`; null for a shared secret, which is shown once by `partner.webhooks.secret.reveal`. */
  publicKey: z.string().nullable(),
  createdAt: Instant,
  /** Until when it still signs beside its successor; null for the newest key. */
  retiresAt: Instant.nullable(),
});
export type WebhookKey = z.infer<typeof WebhookKey>;

export const WebhookEndpoint = z.object({
  id: WebhookEndpointId,
  url: z.string(),
  description: z.string(),
  /** Empty: every type, also those to come. */
  eventTypes: z.array(z.string()),
  state: z.enum(['active', 'paused']),
  pauseReason: WebhookPauseReason.nullable(),
  /** The event that is being tried again, if the receiver refuses it now. Later events wait behind it. */
  failing: z
    .object({ eventId: EventId, attempts: z.int(), since: Instant, nextTryAt: Instant.nullable(), lastError: z.string() })
    .nullable(),
  keys: z.array(WebhookKey),
  createdAt: Instant,
  updatedAt: Instant,
});
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

const settings = {
  url: z.string().trim().min(10).max(2000),
  description: z.string().trim().max(200),
  eventTypes: z.array(WebhookEventType).max(50),
};

const onEndpoint = { params: z.strictObject({ endpointId: WebhookEndpointId }) } as const;
const asPartner = { actor: 'partner', scope: 'partner.webhooks:write' } as const;

export const listWebhooks = operation({
  ...asPartner,
  id: 'partner.webhooks.list',
  method: 'GET',
  path: '/v1/partner/webhooks',
  query: z.strictObject(pageQuery),
  reply: pageOf(WebhookEndpoint),
  errors: ['invalid_cursor'],
  title: { vi: 'Các địa chỉ webhook', en: 'List webhook endpoints' },
});

export const createWebhook = operation({
  ...asPartner,
  id: 'partner.webhooks.create',
  method: 'POST',
  path: '/v1/partner/webhooks',
  idempotency: 'header',
  body: z.strictObject({
    url: settings.url,
    description: settings.description.default(''),
    eventTypes: settings.eventTypes.default([]),
    signing: WebhookSigning.default('v1a'),
  }),
  status: 201,
  reply: WebhookEndpoint,
  errors: ['partner_not_active', 'webhook_url_refused', 'too_many_webhooks'],
  title: { vi: 'Thêm địa chỉ webhook', en: 'Add a webhook endpoint' },
});

export const getWebhook = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.get',
  method: 'GET',
  path: '/v1/partner/webhooks/{endpointId}',
  reply: WebhookEndpoint,
  errors: ['not_found'],
  title: { vi: 'Xem địa chỉ webhook', en: 'Get a webhook endpoint' },
});

export const changeWebhook = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.change',
  method: 'PATCH',
  path: '/v1/partner/webhooks/{endpointId}',
  idempotency: 'header',
  body: z.strictObject(settings).partial(),
  reply: WebhookEndpoint,
  errors: ['not_found', 'webhook_url_refused'],
  title: { vi: 'Sửa địa chỉ webhook', en: 'Change a webhook endpoint' },
});

export const deleteWebhook = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.delete',
  method: 'DELETE',
  path: '/v1/partner/webhooks/{endpointId}',
  idempotency: 'header',
  status: 204,
  reply: z.undefined(),
  errors: ['not_found'],
  title: { vi: 'Xóa địa chỉ webhook', en: 'Delete a webhook endpoint' },
});

export const pauseWebhook = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.pause',
  method: 'POST',
  path: '/v1/partner/webhooks/{endpointId}/pause',
  idempotency: 'header',
  body: z.strictObject({}),
  reply: WebhookEndpoint,
  errors: ['not_found'],
  title: { vi: 'Tạm dừng gửi webhook', en: 'Pause a webhook endpoint' },
});

export const resumeWebhook = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.resume',
  method: 'POST',
  path: '/v1/partner/webhooks/{endpointId}/resume',
  idempotency: 'header',
  /** `skipFailing` leaves out the one event that the receiver refuses and goes on behind it; it can still be replayed. */
  body: z.strictObject({ skipFailing: z.boolean().default(false) }),
  reply: WebhookEndpoint,
  errors: ['not_found'],
  title: { vi: 'Gửi tiếp webhook từ chỗ đã dừng', en: 'Resume a webhook endpoint, or try again at once' },
});

export const rotateWebhookKey = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.keys.rotate',
  method: 'POST',
  path: '/v1/partner/webhooks/{endpointId}/keys',
  idempotency: 'header',
  /** Deliveries carry the signatures of both keys for `overlapHours`. */
  body: z.strictObject({ signing: WebhookSigning.optional(), overlapHours: z.int().min(0).max(168).default(24) }),
  status: 201,
  reply: WebhookEndpoint,
  errors: ['not_found', 'conflict'],
  title: { vi: 'Đổi khóa ký webhook', en: 'Rotate the key of a webhook endpoint' },
});

export const revealWebhookSecret = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.secret.reveal',
  method: 'POST',
  path: '/v1/partner/webhooks/{endpointId}/secret',
  rate: 'sensitive',
  body: z.strictObject({}),
  /** Once a key: a lost secret is replaced by a new one, never shown again. */
  reply: z.object({ keyId: z.string(), secret: z.string() }),
  errors: ['not_found', 'wrong_state'],
  title: { vi: 'Hiện khóa bí mật (một lần duy nhất)', en: 'Show the shared secret, once' },
});

/** One try to deliver one event. */
export const WebhookAttempt = z.object({
  id: z.string(),
  eventId: EventId,
  eventType: z.string(),
  cause: z.enum(['event', 'replay', 'test']),
  /** 1 to 12; the delays between them are in docs/webhooks.md. */
  attempt: z.int(),
  delivered: z.boolean(),
  /** Null when no answer came. */
  status: z.int().nullable(),
  error: z.string().nullable(),
  latencyMs: z.int(),
  /** The first characters of an answer that was not a success. */
  responseExcerpt: z.string().nullable(),
  nextTryAt: Instant.nullable(),
  at: Instant,
});
export type WebhookAttempt = z.infer<typeof WebhookAttempt>;

export const sendTestWebhook = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.test',
  method: 'POST',
  path: '/v1/partner/webhooks/{endpointId}/test',
  rate: 'sensitive',
  body: z.strictObject({}),
  reply: WebhookAttempt,
  errors: ['not_found'],
  title: { vi: 'Gửi thử một sự kiện', en: 'Send a test event' },
});

export const listWebhookAttempts = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.attempts.list',
  method: 'GET',
  path: '/v1/partner/webhooks/{endpointId}/attempts',
  query: z.strictObject({ ...pageQuery, outcome: z.enum(['delivered', 'failed']).optional(), eventId: EventId.optional() }),
  /** Newest first, of the last 30 days. */
  reply: pageOf(WebhookAttempt),
  errors: ['not_found', 'invalid_cursor'],
  title: { vi: 'Nhật ký gửi webhook', en: 'List the tries of an endpoint' },
});

export const WebhookReplay = z.object({
  id: WebhookReplayId,
  eventId: EventId.nullable(),
  from: Instant,
  until: Instant,
  state: z.enum(['running', 'done', 'failed']),
  delivered: z.int(),
  requestedAt: Instant,
});
export type WebhookReplay = z.infer<typeof WebhookReplay>;

export const replayWebhook = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.replays.create',
  method: 'POST',
  path: '/v1/partner/webhooks/{endpointId}/replays',
  idempotency: 'header',
  rate: 'sensitive',
  /** One event, or those that occurred in `[from, until)`; they come again under their own ids, in order. */
  body: z.union([z.strictObject({ eventId: EventId }), z.strictObject({ from: Instant, until: Instant })]),
  status: 202,
  reply: WebhookReplay,
  errors: ['not_found', 'conflict', 'validation_failed'],
  title: { vi: 'Gửi lại sự kiện', en: 'Replay events' },
});

export const listWebhookReplays = operation({
  ...asPartner,
  ...onEndpoint,
  id: 'partner.webhooks.replays.list',
  method: 'GET',
  path: '/v1/partner/webhooks/{endpointId}/replays',
  query: z.strictObject(pageQuery),
  reply: pageOf(WebhookReplay),
  errors: ['not_found', 'invalid_cursor'],
  title: { vi: 'Các lần gửi lại', en: 'List replays' },
});

export const listWebhookPublicKeys = operation({
  ...onEndpoint,
  id: 'webhooks.keys.list',
  method: 'GET',
  path: '/v1/webhooks/{endpointId}/keys',
  actor: 'public',
  /** The public keys whose signatures an endpoint accepts now; so a receiver can follow a rotation by itself. */
  reply: z.object({ keys: z.array(z.object({ publicKey: z.string(), retiresAt: Instant.nullable() })) }),
  errors: ['not_found'],
  title: { vi: 'Khóa công khai của địa chỉ webhook', en: 'List the public keys of a webhook endpoint' },
});

export const webhookOperations = [
  listWebhooks,
  createWebhook,
  getWebhook,
  changeWebhook,
  deleteWebhook,
  pauseWebhook,
  resumeWebhook,
  rotateWebhookKey,
  revealWebhookSecret,
  sendTestWebhook,
  listWebhookAttempts,
  replayWebhook,
  listWebhookReplays,
  listWebhookPublicKeys,
] as const;
