import type { FakePlatform } from './fake-platform.ts';
import { FAKE_PARTNER } from './fixtures.ts';
import { type Delivery, signedDelivery, type WebhookSigner } from './signing.ts';

/**
 * The events of Sao Bắc as signed deliveries, oldest first: each twice, or the newest first, where the switches say so.
 *
 * @example
 * for (const delivery of await deliveriesOf(platform, signer)) await handler(requestOf(delivery));
 */
export async function deliveriesOf(platform: FakePlatform, signer: WebhookSigner): Promise<readonly Delivery[]> {
  const { deliveries } = platform.switches.faults;
  const at = platform.clock.now();
  const events = platform.store.events.filter(({ partnerId }) => partnerId === FAKE_PARTNER.id);
  const signed = await Promise.all(events.map((event) => signedDelivery(event, signer, { at })));
  if (deliveries === 'reordered') return signed.toReversed();
  return deliveries === 'duplicated' ? signed.flatMap((one) => [one, one]) : signed;
}
