import type { EventId, Partner, WebhookAttempt, WebhookEndpoint, WebhookKey, WebhookReplay } from '@chung/contracts';
import type { WebhookSigner } from '../signing.ts';

export interface FakeKey extends WebhookKey {
  readonly signer: WebhookSigner;
  retiresAt: string | null;
  isRevealed: boolean;
}

/** Where a stream of deliveries stands that an endpoint refuses now. */
export interface Failing {
  readonly eventId: EventId;
  readonly since: string;
  attempts: number;
  nextTryAt: string | null;
  lastError: string;
}

export interface FakeEndpoint {
  readonly id: WebhookEndpoint['id'];
  readonly partnerId: Partner['id'];
  readonly createdAt: string;
  url: string;
  description: string;
  eventTypes: readonly string[];
  state: WebhookEndpoint['state'];
  pauseReason: WebhookEndpoint['pauseReason'];
  /** How many of the platform's events it has passed: delivered, skipped or not asked for. */
  passed: number;
  failing: Failing | null;
  /** Newest first, with those that have retired. */
  readonly keys: FakeKey[];
  /** Newest first. */
  readonly attempts: WebhookAttempt[];
  /** Newest first. */
  readonly replays: FakeReplay[];
  updatedAt: string;
}

export interface FakeReplay extends WebhookReplay {
  state: WebhookReplay['state'];
  delivered: number;
  failing: Failing | null;
  /** The events it sends, oldest first; those before `at` are sent. */
  readonly eventIds: readonly EventId[];
  at: number;
}
