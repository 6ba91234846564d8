import type { WebhookEvent } from './event.ts';

/**
 * Remembers which events were dealt with. For several processes keep it in your database: `claim` inserts the id under a unique key in
 * the transaction of your work, and `release` is then the roll-back.
 */
export interface Seen {
  /** True for the first who asks, false for everyone after. */
  claim(id: string): boolean | Promise<boolean>;
  /** Forgets a claim whose work failed, so that the next delivery is dealt with. */
  release(id: string): void | Promise<void>;
}

/**
 * A memory of one process. The oldest ids are forgotten beyond `capacity`: for a development server, or beside a database.
 *
 * @example
 * const seen = memorySeen();
 * seen.claim('01936b5e-7c00-7000-8000-00000000c006'); // true, and false from then on
 */
export function memorySeen({ capacity = 100_000 }: { capacity?: number } = {}): Seen {
  const ids = new Set<string>();
  return {
    claim: (id) => {
      if (ids.has(id)) return false;
      ids.add(id);
      const [oldest] = ids;
      if (ids.size > capacity && oldest !== undefined) ids.delete(oldest);
      return true;
    },
    release: (id) => void ids.delete(id),
  };
}

/**
 * Runs `work` for an event the first time it comes. The platform delivers at least once, and again when you ask for a replay; a recorded
 * delivery that an attacker sends within the tolerance carries the same id too. Answer 2xx in both cases.
 *
 * When `work` throws, the claim is released and the error passed on: answer 500, and the platform tries again.
 *
 * @example
 * import type { WebhookEvent } from '@chung/webhooks';
 *
 * export async function receive(event: WebhookEvent): Promise<'done' | 'repeated'> {
 *   return once(event, seen, () => (event.type === 'redemption.redeemed.v1' ? activate(event.data.redemptionId) : undefined));
 * }
 */
export async function once(event: Pick<WebhookEvent, 'id'>, seen: Seen, work: () => unknown): Promise<'done' | 'repeated'> {
  if (!(await seen.claim(event.id))) return 'repeated';
  try {
    await work();
    return 'done';
  } catch (error) {
    await seen.release(event.id);
    throw error;
  }
}
