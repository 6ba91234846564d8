import type { PartnerEvent } from '@chung/contracts';
import type { FakePlatform } from './fake-platform.ts';
import { type Delivery, newEventId, requestOf, sampleEvent, type WebhookSigner } from './signing.ts';

export interface GradeSettings {
  /** The integration's webhook handler: its address, or the function behind it. */
  readonly receiver: string | ((request: Request) => Response | Promise<Response>);
  /** Whose `key` the integration trusts. */
  readonly signer: WebhookSigner;
  /**
   * How often the benefit of a redemption was given, counted where it happens: rows of a table, messages to a network. Without it and without
   * `platform` the checks of effects are left out.
   */
  readonly activations?: (redemptionId: string) => number | Promise<number>;
  /** The fake platform that the integration's backend calls; then fulfilment is checked too. */
  readonly platform?: FakePlatform;
  /** How long work goes on after the answer; half a second at most unless told. */
  readonly settleSeconds?: number;
}

/** What a check works with. */
export interface Bench {
  readonly signer: WebhookSigner;
  readonly platform: FakePlatform | undefined;
  /** Sends a delivery; the status that came back, or why none did. */
  send(delivery: Delivery): Promise<Answer>;
  /** A redemption that nobody has heard of yet, and its event. */
  redeemed(): Promise<{ readonly redemptionId: string; readonly event: PartnerEvent }>;
  /** How often its benefit was given, once the integration has come to rest; null when nobody counts. */
  effectsOf(redemptionId: string): Promise<number | null>;
}

export interface Answer {
  /** 0 when no answer came. */
  readonly status: number;
  readonly seconds: number;
}

export interface Check {
  readonly id: string;
  readonly title: string;
  readonly weight: 'must' | 'should';
  /** Why it fails, `skipped: …`, or null when all is well. */
  run(bench: Bench): Promise<string | null>;
}

/** The platform gives up after ten. */
const ANSWER_SECONDS = 10;
const SETTLE_SECONDS = 0.5;
const LOOK_MS = 20;

/** Sets up what the checks drive; with a platform, over an offer that has units for all of them. */
export function benchOf({ receiver, signer, activations, platform, settleSeconds = SETTLE_SECONDS }: GradeSettings): Bench {
  const offer = platform?.addOffer({ stock: 1_000, limits: { perMember: 1_000, perMemberPerDay: null } });
  const counted = async (redemptionId: string): Promise<number | null> => {
    if (activations) return activations(redemptionId);
    // Repeats under one key are one effect; that is what the keys are for.
    if (platform) return new Set(fulfilments(platform, redemptionId).map(({ idempotencyKey }) => idempotencyKey)).size;
    return null;
  };
  return {
    signer,
    platform,
    send: (delivery) => send(receiver, delivery),
    redeemed: async () => {
      if (!platform || !offer) {
        const redemptionId = newEventId();
        const event = sampleEvent('redemption.redeemed.v1');
        return { redemptionId, event: { ...event, data: { ...event.data, redemptionId } } };
      }
      const { id } = platform.store.claim(platform.members.lan, offer);
      const event = platform.store.events.at(-1);
      if (!event) throw new Error('A claim writes an event.');
      return { redemptionId: id, event };
    },
    effectsOf: async (redemptionId) => {
      // Some answer first and work then: what counts is where it comes to rest. A second effect may come late, so all of the time is waited.
      const until = performance.now() + settleSeconds * 1000;
      let count = await counted(redemptionId);
      while (count !== null && count < 2 && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        count = await counted(redemptionId);
      }
      return count;
    },
  };
}

/** The calls that fulfilled a redemption, or tried to. */
export const fulfilments = (platform: FakePlatform, redemptionId: string) =>
  platform.calls.filter(({ id, params }) => id === 'partner.redemptions.fulfil' && params['redemptionId'] === redemptionId);

async function send(receiver: GradeSettings['receiver'], delivery: Delivery): Promise<Answer> {
  const began = performance.now();
  const answer = async () => {
    if (typeof receiver !== 'string') return receiver(requestOf(delivery));
    return fetch(requestOf(delivery, receiver), { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_SECONDS * 1000) });
  };
  const status = await answer().then(
    (response) => response.status,
    () => 0,
  );
  return { status, seconds: (performance.now() - began) / 1000 };
}
