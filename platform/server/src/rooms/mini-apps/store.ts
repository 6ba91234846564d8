import { AppFinding, AppSubmissionState, type PartnerId, ScopeReport, SubmissionId } from '@chung/contracts';
import { z } from 'zod';
import { constraintOf, type Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { CheckReport, ContainedFile, SubmissionDossier, SubmissionRecord } from './submission.ts';

interface SubmissionRow {
  id: string;
  app_id: string;
  partner_id: PartnerId;
  version_code: number;
  version_name: string;
  state: string;
  digest: string;
  bundle_digest: string | null;
  archive_bytes: number;
  name: { vi: string; en: string };
  file_count: number;
  findings: unknown;
  submitted_at: Date;
  queue_position: bigint | null;
  waiting_seconds: number;
}

interface DossierRow extends SubmissionRow {
  manifest: Record<string, unknown>;
  scopes: unknown;
  files: unknown;
}

// Places are counted, not stored: every decision would move all that wait behind it.
const COLUMNS = `
  s.id, s.app_id, s.partner_id, s.version_code, s.version_name, s.state, s.digest, s.bundle_digest, s.archive_bytes, s.findings, s.submitted_at,
  s.manifest -> 'name' AS name, jsonb_array_length(s.files) AS file_count,
  floor(extract(epoch FROM now() - s.submitted_at))::integer AS waiting_seconds,
  CASE WHEN s.state = 'submitted'
       THEN (SELECT count(*) FROM chung.app_submissions q WHERE q.state = 'submitted' AND q.id <= s.id) END AS queue_position`;

const Contents = z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() }));

const recordOf = (row: SubmissionRow): SubmissionRecord => ({
  id: SubmissionId.parse(row.id),
  appId: row.app_id,
  partnerId: row.partner_id,
  version: { code: row.version_code, name: row.version_name },
  state: AppSubmissionState.parse(row.state),
  digest: row.digest,
  bundleDigest: row.bundle_digest,
  archiveBytes: row.archive_bytes,
  name: row.name,
  fileCount: row.file_count,
  findings: z.array(AppFinding).parse(row.findings),
  queuePosition: row.queue_position === null ? null : Number(row.queue_position),
  waitingSeconds: row.waiting_seconds,
  submittedAt: row.submitted_at,
});

/** Takes an app_id for a partner, or finds who has it, and keeps everybody else's submissions of that app waiting until the transaction ends. */
export async function lockApp(tx: Tx, appId: string, partnerId: PartnerId): Promise<{ readonly partnerId: PartnerId }> {
  await tx.query('INSERT INTO chung.mini_apps (app_id, partner_id) VALUES ($1, $2) ON CONFLICT (app_id) DO NOTHING', [appId, partnerId]);
  const [row] = await tx.query<{ partner_id: PartnerId }>('SELECT partner_id FROM chung.mini_apps WHERE app_id = $1 FOR UPDATE', [appId]);
  if (!row) throw new Error(`the app ${appId} is missing after its insert`);
  return { partnerId: row.partner_id };
}

export async function countApps(tx: Tx, partnerId: PartnerId): Promise<number> {
  const [row] = await tx.query<{ apps: bigint }>('SELECT count(*) AS apps FROM chung.mini_apps WHERE partner_id = $1', [partnerId]);
  return Number(row?.apps ?? 0);
}

/** 0 before the first. */
export async function latestVersionCode(tx: Tx, appId: string): Promise<number> {
  const [row] = await tx.query<{ code: number }>(
    'SELECT coalesce(max(version_code), 0) AS code FROM chung.app_submissions WHERE app_id = $1',
    [appId],
  );
  return row?.code ?? 0;
}

/** Takes what waits of an app out of the queue: a later version stands for it. */
export async function replaceWaiting(tx: Tx, appId: string): Promise<void> {
  await tx.query(`UPDATE chung.app_submissions SET state = 'replaced' WHERE app_id = $1 AND state = 'submitted'`, [appId]);
}

export interface NewSubmission extends Pick<SubmissionRecord, 'id' | 'appId' | 'partnerId' | 'version' | 'digest' | 'bundleDigest'> {
  readonly archive: { readonly digest: string; readonly bytes: number };
  readonly idempotencyKey: string;
  readonly report: CheckReport;
  readonly files: readonly ContainedFile[];
}

export async function insertSubmission(tx: Tx, one: NewSubmission): Promise<void> {
  try {
    await tx.query(
      `INSERT INTO chung.app_submissions (id, app_id, partner_id, version_code, version_name, digest, bundle_digest, archive_digest, archive_bytes,
                                          idempotency_key, manifest, files, findings, scopes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        ...[one.id, one.appId, one.partnerId, one.version.code, one.version.name, one.digest, one.bundleDigest],
        ...[one.archive.digest, one.archive.bytes, one.idempotencyKey],
        ...[one.report.manifest, one.files, one.report.findings, one.report.scopes].map((value) => JSON.stringify(value)),
      ],
    );
  } catch (error) {
    if (constraintOf(error) === 'app_submissions_key_once') throw new DomainError('idempotency_key_reused', { cause: error });
    throw error;
  }
}

export async function findByDigest(on: Tx, partnerId: PartnerId, digest: string): Promise<SubmissionRecord | null> {
  const [row] = await on.query<SubmissionRow>(`SELECT ${COLUMNS} FROM chung.app_submissions s WHERE s.partner_id = $1 AND s.digest = $2`, [
    partnerId,
    digest,
  ]);
  return row ? recordOf(row) : null;
}

/** The digest that was sent under a key; null when the key is new. */
export async function digestUnderKey(on: Tx, partnerId: PartnerId, key: string): Promise<string | null> {
  const [row] = await on.query<{ digest: string }>(
    'SELECT digest FROM chung.app_submissions WHERE partner_id = $1 AND idempotency_key = $2',
    [partnerId, key],
  );
  return row?.digest ?? null;
}

export async function findOfPartner(on: Tx, partnerId: PartnerId, id: SubmissionId): Promise<SubmissionRecord | null> {
  const [row] = await on.query<SubmissionRow>(`SELECT ${COLUMNS} FROM chung.app_submissions s WHERE s.partner_id = $1 AND s.id = $2`, [
    partnerId,
    id,
  ]);
  return row ? recordOf(row) : null;
}

export interface PartnerPage {
  readonly partnerId: PartnerId;
  readonly appId: string | null;
  readonly before: string | null;
  readonly limit: number;
}

export async function listOfPartner(on: Tx, { partnerId, appId, before, limit }: PartnerPage): Promise<readonly SubmissionRecord[]> {
  const rows = await on.query<SubmissionRow>(
    `SELECT ${COLUMNS} FROM chung.app_submissions s
      WHERE s.partner_id = $1 AND ($2::text IS NULL OR s.app_id = $2) AND ($3::uuid IS NULL OR s.id < $3) ORDER BY s.id DESC LIMIT $4`,
    [partnerId, appId, before, limit],
  );
  return rows.map(recordOf);
}

/** The queue is served oldest first; what left it is read newest first. */
export async function listQueue(
  on: Tx,
  page: { state: AppSubmissionState; after: string | null; limit: number },
): Promise<readonly SubmissionRecord[]> {
  const [beyond, order] = page.state === 'submitted' ? ['>', 'ASC'] : ['<', 'DESC'];
  const rows = await on.query<SubmissionRow>(
    `SELECT ${COLUMNS} FROM chung.app_submissions s
      WHERE s.state = $1 AND ($2::uuid IS NULL OR s.id ${beyond} $2) ORDER BY s.id ${order} LIMIT $3`,
    [page.state, page.after, page.limit],
  );
  return rows.map(recordOf);
}

export async function findDossier(on: Tx, id: SubmissionId): Promise<SubmissionDossier | null> {
  const [row] = await on.query<DossierRow>(
    `SELECT ${COLUMNS}, s.manifest, s.scopes, s.files FROM chung.app_submissions s WHERE s.id = $1`,
    [id],
  );
  if (!row) return null;
  return { ...recordOf(row), manifest: row.manifest, scopes: ScopeReport.parse(row.scopes), contents: Contents.parse(row.files) };
}
