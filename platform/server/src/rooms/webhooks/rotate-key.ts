import type { WebhookEndpoint, WebhookSigning } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { addKey } from './create-endpoint.ts';
import { sealContext } from './endpoint.ts';
import type { WebhookPorts } from './ports.ts';
import { requireEndpoint, withKeys } from './read-endpoints.ts';
import { type EndpointRef, retireKeys, selectKeys, takeSecret, updateEndpoint } from './store.ts';

/** Each live key is one more signature in every header. */
const LIVE_KEYS_MAX = 3;
const HOUR_MS = 3_600_000;

/** A new key signs at once; those before it sign beside it for the overlap, so that no delivery is refused while the receiver changes. */
export async function rotateKey(
  ports: WebhookPorts,
  tx: Tx,
  { ref, signing, overlapHours }: { ref: EndpointRef; signing: WebhookSigning | undefined; overlapHours: number },
): Promise<WebhookEndpoint> {
  // Takes the row's lock, which queues two rotations, and ends the lease, so that the new key is taken up.
  const endpoint = await updateEndpoint(tx, ref, {});
  if (!endpoint) throw new DomainError('not_found');
  const at = ports.now();
  const liveKeys = async () => (await selectKeys(tx, { ...ref, ids: [ref.id], at })).get(ref.id) ?? [];
  // Asked before they retire: without an overlap none is left that would tell how this receiver verifies.
  const [newest] = await liveKeys();
  await retireKeys(tx, ref, new Date(at.getTime() + overlapHours * HOUR_MS));
  const live = await liveKeys();
  if (live.length >= LIVE_KEYS_MAX)
    throw new DomainError('conflict', {
      detail: {
        vi: 'Đang có nhiều khóa cùng hiệu lực; hãy chờ khóa cũ hết hạn.',
        en: 'Several keys are live; wait for the old ones to retire.',
      },
    });
  await addKey(ports, tx, ref, signing ?? newest?.signing ?? 'v1a');
  return withKeys(ports, tx, endpoint);
}

/** Once a key. It stands in no reply that is kept for a repeat, so a lost answer is followed by a rotation. */
export async function revealSecret({ vault }: WebhookPorts, db: Db, ref: EndpointRef): Promise<{ keyId: string; secret: string }> {
  return db.tx(async (tx) => {
    await requireEndpoint(tx, ref);
    const key = await takeSecret(tx, ref);
    if (!key) throw new DomainError('wrong_state');
    return { keyId: key.id, secret: vault.open(key.sealed, sealContext(key.id)) };
  });
}
