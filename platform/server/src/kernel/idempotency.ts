import { createHash } from 'node:crypto';
import type { Db, Tx } from './db.ts';
import { DomainError } from './errors.ts';

const MAX_KEY_LENGTH = 255;

/** Reads the `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header-08; quotes of the structured field are optional). */
export function readIdempotencyKey(header: string | undefined): string {
  const key = header?.trim().replace(/^"(.*)"$/, '$1') ?? '';
  if (key === '') throw new DomainError('idempotency_key_required');
  if (key.length > MAX_KEY_LENGTH || !/^[\x21-\x7e]+$/.test(key))
    throw new DomainError('invalid_request', {
      detail: {
        vi: `Idempotency-Key gồm 1 đến ${MAX_KEY_LENGTH} ký tự ASCII, không có khoảng trắng.`,
        en: `An Idempotency-Key has 1 to ${MAX_KEY_LENGTH} visible ASCII characters.`,
      },
    });
  return key;
}

export interface Attempt {
  readonly principal: string;
  readonly key: string;
  readonly operationId: string;
  readonly request: unknown;
}

/**
 * Takes the key in the effect's own transaction. A second request with the key waits here for the first to commit, then
 * gets its reply; if the first fails, its row goes with it and the second runs. So an effect can neither happen twice nor
 * be recorded without having happened.
 */
export async function takeKey(tx: Tx, attempt: Attempt): Promise<{ reply: unknown } | null> {
  const hash = createHash('sha256')
    .update(JSON.stringify([attempt.operationId, attempt.request]))
    .digest();
  const taken = await tx.query(
    `INSERT INTO chung.idempotency_keys (principal, key, operation_id, request_hash) VALUES ($1, $2, $3, $4)
     ON CONFLICT (principal, key) DO NOTHING RETURNING 1`,
    [attempt.principal, attempt.key, attempt.operationId, hash],
  );
  if (taken.length > 0) return null;
  const [earlier] = await tx.query<{ request_hash: Buffer; reply: unknown }>(
    'SELECT request_hash, reply FROM chung.idempotency_keys WHERE principal = $1 AND key = $2',
    [attempt.principal, attempt.key],
  );
  if (!earlier?.request_hash.equals(hash)) throw new DomainError('idempotency_key_reused');
  return { reply: earlier.reply };
}

export async function keepReply(tx: Tx, attempt: Attempt, answer: { status: number; reply: unknown }): Promise<void> {
  await tx.query('UPDATE chung.idempotency_keys SET status = $3, reply = $4 WHERE principal = $1 AND key = $2', [
    attempt.principal,
    attempt.key,
    answer.status,
    JSON.stringify(answer.reply ?? null),
  ]);
}

const KEPT_DAYS = 90;

/** Retention: a reply may hold personal data and is of no use after so long. Claims keep their keys in the redemption, for ever. */
export async function deleteOldKeys(db: Db): Promise<number> {
  const deleted = await db.query(
    `DELETE FROM chung.idempotency_keys WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM chung.idempotency_keys WHERE created_at < now() - make_interval(days => $1) LIMIT 1000)) RETURNING 1`,
    [KEPT_DAYS],
  );
  return deleted.length;
}
