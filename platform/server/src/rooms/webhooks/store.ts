import type { PartnerId, WebhookEndpointId, WebhookPauseReason, WebhookSigning } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import type { EndpointRecord, KeyRecord, Position } from './endpoint.ts';

export interface EndpointRow {
  partner_id: PartnerId;
  id: WebhookEndpointId;
  url: string;
  description: string;
  event_types: readonly string[];
  state: 'active' | 'paused';
  pause_reason: WebhookPauseReason | null;
  cursor_txid: string;
  cursor_id: string;
  failing_txid: string | null;
  failing_id: string | null;
  failing_since: Date | null;
  attempts: number;
  next_try_at: Date | null;
  last_error: string;
  created_at: Date;
  updated_at: Date;
}

export const ENDPOINT_COLUMNS = `e.partner_id, e.id, e.url, e.description, e.event_types, e.state, e.pause_reason,
  e.cursor_txid::text AS cursor_txid, e.cursor_id, e.failing_txid::text AS failing_txid, e.failing_id, e.failing_since,
  e.attempts, e.next_try_at, e.last_error, e.created_at, e.updated_at`;

export const endpointOf = (row: EndpointRow): EndpointRecord => ({
  partnerId: row.partner_id,
  id: row.id,
  url: row.url,
  description: row.description,
  eventTypes: row.event_types,
  state: row.state,
  pauseReason: row.pause_reason,
  cursor: { txid: row.cursor_txid, id: row.cursor_id },
  failing:
    row.failing_txid === null || row.failing_id === null || row.failing_since === null
      ? null
      : { at: { txid: row.failing_txid, id: row.failing_id }, since: row.failing_since },
  attempts: row.attempts,
  nextTryAt: row.next_try_at,
  lastError: row.last_error,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export interface KeyRow {
  id: string;
  signing: WebhookSigning;
  public_key: string | null;
  sealed: Buffer;
  created_at: Date;
  retires_at: Date | null;
}

export const KEY_COLUMNS = 'k.id, k.signing, k.public_key, k.sealed, k.created_at, k.retires_at';

export const keyOf = (row: KeyRow): KeyRecord => ({
  id: row.id,
  signing: row.signing,
  publicKey: row.public_key,
  sealed: row.sealed,
  createdAt: row.created_at,
  retiresAt: row.retires_at,
});

/** Who names an endpoint: always with its partner, so that no use case can forget to ask whose it is. */
export interface EndpointRef {
  readonly partnerId: PartnerId;
  readonly id: WebhookEndpointId;
}

export async function findEndpoint(on: Tx, { partnerId, id }: EndpointRef): Promise<EndpointRecord | null> {
  const [row] = await on.query<EndpointRow>(
    `SELECT ${ENDPOINT_COLUMNS} FROM chung.webhook_endpoints e WHERE e.partner_id = $1 AND e.id = $2`,
    [partnerId, id],
  );
  return row ? endpointOf(row) : null;
}

/** Oldest first, which is the order they were added in. */
export async function selectEndpoints(
  db: Db,
  { partnerId, after, limit }: { partnerId: PartnerId; after: string | null; limit: number },
): Promise<readonly EndpointRecord[]> {
  const rows = await db.query<EndpointRow>(
    `SELECT ${ENDPOINT_COLUMNS} FROM chung.webhook_endpoints e
      WHERE e.partner_id = $1 AND ($2::uuid IS NULL OR e.id > $2) ORDER BY e.id LIMIT $3`,
    [partnerId, after, limit],
  );
  return rows.map(endpointOf);
}

/** Keys that still sign at the moment, newest first, by endpoint. */
export async function selectKeys(
  on: Tx,
  { partnerId, ids, at }: { partnerId: PartnerId; ids: readonly string[]; at: Date },
): Promise<ReadonlyMap<string, readonly KeyRecord[]>> {
  const rows = await on.query<KeyRow & { endpoint_id: string }>(
    `SELECT k.endpoint_id, ${KEY_COLUMNS} FROM chung.webhook_keys k
      WHERE k.partner_id = $1 AND k.endpoint_id = ANY ($2::uuid[]) AND (k.retires_at IS NULL OR k.retires_at > $3) ORDER BY k.id DESC`,
    [partnerId, ids, at],
  );
  const grouped = Map.groupBy(rows, ({ endpoint_id }) => endpoint_id);
  return new Map([...grouped].map(([endpointId, keys]) => [endpointId, keys.map(keyOf)]));
}

/** Public keys of an endpoint whoever it belongs to; null when there is no such endpoint. */
export async function selectPublicKeys(
  db: Db,
  endpointId: WebhookEndpointId,
  at: Date,
): Promise<readonly { publicKey: string; retiresAt: Date | null }[] | null> {
  const rows = await db.query<{ public_key: string | null; retires_at: Date | null }>(
    `SELECT k.public_key, k.retires_at FROM chung.webhook_endpoints e
       LEFT JOIN chung.webhook_keys k ON k.partner_id = e.partner_id AND k.endpoint_id = e.id AND k.public_key IS NOT NULL
             AND (k.retires_at IS NULL OR k.retires_at > $2)
      WHERE e.id = $1 ORDER BY k.id DESC`,
    [endpointId, at],
  );
  if (rows.length === 0) return null;
  return rows.flatMap(({ public_key, retires_at }) => (public_key === null ? [] : [{ publicKey: public_key, retiresAt: retires_at }]));
}

/**
 * Adds an endpoint unless the partner has `max` of them. The count is read under a lock of the partner's endpoints, so that two at once
 * cannot both be the last.
 */
export async function insertEndpoint(
  tx: Tx,
  endpoint: EndpointRef & { url: string; description: string; eventTypes: readonly string[]; cursor: Position; max: number },
): Promise<boolean> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`webhooks:${endpoint.partnerId}`]);
  const rows = await tx.query(
    `INSERT INTO chung.webhook_endpoints (partner_id, id, url, description, event_types, state, cursor_txid, cursor_id)
     SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::text[], 'active', $6::xid8, $7::uuid
      WHERE (SELECT count(*) FROM chung.webhook_endpoints WHERE partner_id = $1::uuid) < $8::int
     RETURNING id`,
    [
      endpoint.partnerId,
      endpoint.id,
      endpoint.url,
      endpoint.description,
      endpoint.eventTypes,
      endpoint.cursor.txid,
      endpoint.cursor.id,
      endpoint.max,
    ],
  );
  return rows.length === 1;
}

export async function insertKey(
  tx: Tx,
  { partnerId, id: endpointId }: EndpointRef,
  key: { id: string; signing: WebhookSigning; publicKey: string | null; sealed: Buffer },
): Promise<void> {
  await tx.query(
    `INSERT INTO chung.webhook_keys (partner_id, endpoint_id, id, signing, public_key, sealed) VALUES ($1, $2, $3, $4, $5, $6)`,
    [partnerId, endpointId, key.id, key.signing, key.publicKey, key.sealed],
  );
}

/** The present keys sign until then at the latest; a key that was to retire sooner keeps its time. */
export async function retireKeys(tx: Tx, { partnerId, id }: EndpointRef, at: Date): Promise<void> {
  await tx.query('UPDATE chung.webhook_keys SET retires_at = least(retires_at, $3) WHERE partner_id = $1 AND endpoint_id = $2', [
    partnerId,
    id,
    at,
  ]);
}

/** The newest shared secret, handed out to the first who asks; null for everyone after, and where there is none. */
export async function takeSecret(tx: Tx, { partnerId, id }: EndpointRef): Promise<{ id: string; sealed: Buffer } | null> {
  const [row] = await tx.query<{ id: string; sealed: Buffer }>(
    `UPDATE chung.webhook_keys SET revealed_at = now()
      WHERE partner_id = $1 AND endpoint_id = $2 AND signing = 'v1' AND revealed_at IS NULL AND retires_at IS NULL
     RETURNING id, sealed`,
    [partnerId, id],
  );
  return row ?? null;
}

/**
 * What the partner changes ends the lease, so that the process that delivers takes the endpoint up anew with what is true now. Absent
 * fields stay.
 */
export async function updateEndpoint(
  tx: Tx,
  { partnerId, id }: EndpointRef,
  changes: { url?: string | undefined; description?: string | undefined; eventTypes?: readonly string[] | undefined },
): Promise<EndpointRecord | null> {
  const [row] = await tx.query<EndpointRow>(
    `UPDATE chung.webhook_endpoints e
        SET url = coalesce($3, url), description = coalesce($4, description), event_types = coalesce($5::text[], event_types),
            lease_owner = NULL, lease_until = NULL, updated_at = now()
      WHERE e.partner_id = $1 AND e.id = $2 RETURNING ${ENDPOINT_COLUMNS}`,
    [partnerId, id, changes.url ?? null, changes.description ?? null, changes.eventTypes ?? null],
  );
  return row ? endpointOf(row) : null;
}

/** Rests from now on; its place stays. With `heldBy`, only if that process still delivers. */
export async function pauseEndpoint(
  tx: Tx,
  { partnerId, id }: EndpointRef,
  { reason, heldBy = null }: { reason: WebhookPauseReason; heldBy?: string | null },
): Promise<EndpointRecord | null> {
  const [row] = await tx.query<EndpointRow>(
    `UPDATE chung.webhook_endpoints e
        SET state = 'paused', pause_reason = coalesce(e.pause_reason, $3), next_try_at = NULL,
            lease_owner = NULL, lease_until = NULL, updated_at = now()
      WHERE e.partner_id = $1 AND e.id = $2 AND ($4::uuid IS NULL OR (e.lease_owner = $4 AND e.state = 'active'))
     RETURNING ${ENDPOINT_COLUMNS}`,
    [partnerId, id, reason, heldBy],
  );
  return row ? endpointOf(row) : null;
}

/** Goes on where it stood, at once and with all its tries; with `skipFailing`, behind the event that was refused. */
export async function resumeEndpoint(
  tx: Tx,
  { partnerId, id }: EndpointRef,
  { skipFailing }: { skipFailing: boolean },
): Promise<EndpointRecord | null> {
  const [row] = await tx.query<EndpointRow>(
    `UPDATE chung.webhook_endpoints e
        SET state = 'active', pause_reason = NULL, attempts = 0, next_try_at = NULL,
            cursor_txid = CASE WHEN $3 THEN coalesce(failing_txid, cursor_txid) ELSE cursor_txid END,
            cursor_id = CASE WHEN $3 THEN coalesce(failing_id, cursor_id) ELSE cursor_id END,
            failing_txid = NULL, failing_id = NULL, failing_since = NULL, last_error = '',
            lease_owner = NULL, lease_until = NULL, updated_at = now()
      WHERE e.partner_id = $1 AND e.id = $2 RETURNING ${ENDPOINT_COLUMNS}`,
    [partnerId, id, skipFailing],
  );
  return row ? endpointOf(row) : null;
}

export async function deleteEndpoint(tx: Tx, { partnerId, id }: EndpointRef): Promise<boolean> {
  const rows = await tx.query('DELETE FROM chung.webhook_endpoints WHERE partner_id = $1 AND id = $2 RETURNING id', [partnerId, id]);
  return rows.length === 1;
}
