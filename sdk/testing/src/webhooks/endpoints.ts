import type { WebhookEndpoint, WebhookSigning } from '@chung/contracts';
import { refusal } from '../refusal.ts';
import { webhookSigner } from '../signing.ts';
import type { Store } from '../state/state.ts';
import type { FakeEndpoint, FakeKey } from './records.ts';

/** Each live key is one more signature in every header. */
const LIVE_KEYS_MAX = 3;
const HOUR_MS = 3_600_000;

/** Keys that still sign, newest first. */
export const liveKeys = (store: Store, { keys }: FakeEndpoint): FakeKey[] =>
  keys.filter(({ retiresAt }) => retiresAt === null || Date.parse(retiresAt) > store.now().getTime());

/** A new key of its own. */
export async function makeKey(store: Store, signing: WebhookSigning): Promise<FakeKey> {
  const signer = await webhookSigner(signing);
  return {
    id: store.newId(),
    signing,
    publicKey: signing === 'v1a' ? signer.key : null,
    createdAt: store.now().toISOString(),
    retiresAt: null,
    signer,
    isRevealed: false,
  };
}

/** A new key signs at once; those before it sign beside it for the overlap. */
export async function rotateKey(
  store: Store,
  endpoint: FakeEndpoint,
  { signing, overlapHours }: { readonly signing: WebhookSigning | undefined; readonly overlapHours: number },
): Promise<void> {
  const until = store.now().getTime() + overlapHours * HOUR_MS;
  const before = liveKeys(store, endpoint);
  const lives = before.filter(({ retiresAt }) => Math.min(until, timeOf(retiresAt)) > store.now().getTime());
  if (lives.length >= LIVE_KEYS_MAX)
    throw refusal('conflict', {
      detail: {
        vi: 'Đang có nhiều khóa cùng hiệu lực; hãy chờ khóa cũ hết hạn.',
        en: 'Several keys are live; wait for the old ones to retire.',
      },
    });
  const key = await makeKey(store, signing ?? before[0]?.signing ?? 'v1a');
  // One that was to retire sooner keeps its time.
  for (const old of endpoint.keys) old.retiresAt = new Date(Math.min(until, timeOf(old.retiresAt))).toISOString();
  endpoint.keys.unshift(key);
}

const timeOf = (instant: string | null): number => (instant === null ? Number.POSITIVE_INFINITY : Date.parse(instant));

/** What the partner sees: of keys only what may be known. */
export function endpointView(store: Store, endpoint: FakeEndpoint): WebhookEndpoint {
  const { id, url, description, eventTypes, state, pauseReason, failing, createdAt, updatedAt } = endpoint;
  return {
    id,
    url,
    description,
    eventTypes: [...eventTypes],
    state,
    pauseReason,
    failing: failing && { ...failing },
    keys: liveKeys(store, endpoint),
    createdAt,
    updatedAt,
  };
}

/** What a partner changes is seen by its time. */
export function touched(store: Store, endpoint: FakeEndpoint, changes: Partial<FakeEndpoint> = {}): FakeEndpoint {
  return Object.assign(endpoint, changes, { updatedAt: store.now().toISOString() });
}
