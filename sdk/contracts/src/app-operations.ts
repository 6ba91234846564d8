import { z } from 'zod';
import { operation } from './operation.ts';
import { Partner } from './partner-operations.ts';
import { Digest } from './submission-format.ts';
import { Instant, pageOf, pageQuery, SubmissionId } from './values.ts';

const Words = z.object({ vi: z.string(), en: z.string() });

/** Where in the source; lines and columns count from one. `file` is relative to the app's folder. */
const SourcePlace = z.object({ file: z.string(), line: z.int(), column: z.int() });

/** What `chung check` found, as it stands in a submission. `review` is for a person to look at: the machine cannot tell. */
export const AppFinding = z.object({
  /** E.g. `CH101`; its page is at `docs`. */
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'review']),
  /** The scope, the host, the package. */
  subject: z.string(),
  text: Words,
  at: SourcePlace.nullable(),
  docs: z.string(),
});
export type AppFinding = z.infer<typeof AppFinding>;

/**
 * - `submitted`: in the queue.
 * - `replaced`: a later version of the same app was submitted before this one was looked at.
 */
export const AppSubmissionState = z.enum(['submitted', 'replaced']);
export type AppSubmissionState = z.infer<typeof AppSubmissionState>;

/** A request to publish one version of an app: its source, what was built from it, and what the check said. */
export const AppSubmission = z.object({
  id: SubmissionId,
  /** As in the manifest, e.g. `vn.example.rewards`. */
  appId: z.string(),
  name: Words,
  version: z.object({ code: z.int(), name: z.string() }),
  state: AppSubmissionState,
  /** Of all files, by path and content; the same files again are the same submission. */
  digest: Digest,
  /** Of the files in `bundle/`; null for an app of offers alone. */
  bundleDigest: Digest.nullable(),
  archiveBytes: z.int(),
  files: z.int(),
  findings: z.array(AppFinding),
  /** 1 for the next one; null when it waits no longer. */
  queuePosition: z.int().nullable(),
  /** Seconds since it was submitted: the queue's clock. */
  waitingSeconds: z.int(),
  submittedAt: Instant,
});
export type AppSubmission = z.infer<typeof AppSubmission>;

/** The proof behind the verdict on scopes: every place that needs one. */
export const ScopeReport = z.object({
  used: z.array(z.string()),
  /** Requested and not seen in use, where a place that cannot be analysed leaves it open. */
  undecided: z.array(z.string()),
  uses: z.array(z.object({ scope: z.string(), operation: z.string().nullable(), at: SourcePlace })),
});
export type ScopeReport = z.infer<typeof ScopeReport>;

/** A submission in the reviewers' queue. */
export const QueuedAppSubmission = z.object({ ...AppSubmission.shape, partner: Partner });
export type QueuedAppSubmission = z.infer<typeof QueuedAppSubmission>;

/** All that a reviewer is shown of a submission. */
export const AdminAppSubmission = z.object({
  ...QueuedAppSubmission.shape,
  /** `chung.config.ts` as it was read, with its defaults. */
  manifest: z.record(z.string(), z.unknown()),
  scopes: ScopeReport,
  contents: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })),
});
export type AdminAppSubmission = z.infer<typeof AdminAppSubmission>;

export const submitApp = operation({
  id: 'partner.apps.submit',
  method: 'POST',
  path: '/v1/partner/app-submissions',
  actor: 'partner',
  scope: 'partner.apps:write',
  idempotency: 'row',
  rate: 'bulk',
  /** What the sender reckons the digests to be: an archive that arrives otherwise is refused. `bundleDigest` goes with an app that has pages. */
  query: z.strictObject({ digest: Digest, bundleDigest: Digest.optional() }),
  stream: ['application/gzip'],
  status: 201,
  reply: AppSubmission,
  errors: [
    'archive_refused',
    'digest_differs',
    'checks_failed',
    'app_id_taken',
    'version_not_higher',
    'conflict',
    'partner_not_active',
    'payload_too_large',
    'unsupported_media_type',
  ],
  title: { vi: 'Gửi ứng dụng đi duyệt', en: 'Submit an app' },
});

export const listAppSubmissions = operation({
  id: 'partner.apps.submissions.list',
  method: 'GET',
  path: '/v1/partner/app-submissions',
  actor: 'partner',
  scope: 'partner.apps:read',
  query: z.strictObject({ ...pageQuery, appId: z.string().min(3).max(64).optional() }),
  /** Newest first. */
  reply: pageOf(AppSubmission),
  errors: ['invalid_cursor'],
  title: { vi: 'Các lượt gửi ứng dụng', en: 'List submissions of apps' },
});

export const getAppSubmission = operation({
  id: 'partner.apps.submissions.get',
  method: 'GET',
  path: '/v1/partner/app-submissions/{submissionId}',
  actor: 'partner',
  scope: 'partner.apps:read',
  params: z.strictObject({ submissionId: SubmissionId }),
  reply: AppSubmission,
  errors: ['not_found'],
  title: { vi: 'Xem một lượt gửi ứng dụng', en: 'Get a submission of an app' },
});

export const listQueuedApps = operation({
  id: 'admin.appSubmissions.list',
  method: 'GET',
  path: '/v1/admin/app-submissions',
  actor: 'admin',
  scope: 'admin.reviews:decide',
  query: z.strictObject({ ...pageQuery, state: AppSubmissionState.default('submitted') }),
  /** Waiting: oldest first. The others: newest first. */
  reply: pageOf(QueuedAppSubmission),
  errors: ['invalid_cursor'],
  title: { vi: 'Hàng chờ duyệt ứng dụng', en: 'List submissions of apps for review' },
});

export const getQueuedApp = operation({
  id: 'admin.appSubmissions.get',
  method: 'GET',
  path: '/v1/admin/app-submissions/{submissionId}',
  actor: 'admin',
  scope: 'admin.reviews:decide',
  params: z.strictObject({ submissionId: SubmissionId }),
  reply: AdminAppSubmission,
  errors: ['not_found'],
  title: { vi: 'Xem hồ sơ duyệt một ứng dụng', en: 'Get a submission of an app for review' },
});

export const appOperations = [submitApp, listAppSubmissions, getAppSubmission, listQueuedApps, getQueuedApp] as const;
