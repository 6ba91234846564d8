import { z } from 'zod';
import { PartnerOffer } from './offer.ts';
import { operation } from './operation.ts';
import { Partner, PartnerStatus, Submission } from './partner-operations.ts';
import { Currency, ImportId, Instant, PartnerId, pageOf, pageQuery, SubmissionId } from './values.ts';

export const AdminSubmission = z.object({
  ...Submission.shape,
  partner: Partner,
  offer: PartnerOffer,
  /** Seconds since it was submitted: the queue's clock. */
  waitingSeconds: z.int(),
  decision: z
    .object({
      decision: z.enum(['approve', 'refuse']),
      reasons: z.array(z.object({ rule: z.string(), note: z.string() })),
      decidedAt: Instant,
      decidedBy: z.string(),
    })
    .nullable(),
});
export type AdminSubmission = z.infer<typeof AdminSubmission>;

export const listSubmissions = operation({
  id: 'admin.submissions.list',
  method: 'GET',
  path: '/v1/admin/submissions',
  actor: 'admin',
  scope: 'admin.reviews:decide',
  query: z.strictObject({ ...pageQuery, state: z.enum(['waiting', 'approved', 'refused']).default('waiting') }),
  reply: pageOf(AdminSubmission),
  errors: ['invalid_cursor'],
  title: { vi: 'Hàng chờ duyệt', en: 'List submissions' },
});

export const getSubmission = operation({
  id: 'admin.submissions.get',
  method: 'GET',
  path: '/v1/admin/submissions/{submissionId}',
  actor: 'admin',
  scope: 'admin.reviews:decide',
  params: z.strictObject({ submissionId: SubmissionId }),
  reply: AdminSubmission,
  errors: ['not_found'],
  title: { vi: 'Xem một hồ sơ duyệt', en: 'Get a submission' },
});

export const decideSubmission = operation({
  id: 'admin.submissions.decide',
  method: 'POST',
  path: '/v1/admin/submissions/{submissionId}/decision',
  actor: 'admin',
  scope: 'admin.reviews:decide',
  idempotency: 'header',
  params: z.strictObject({ submissionId: SubmissionId }),
  body: z.discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('approve') }),
    z.strictObject({
      decision: z.literal('refuse'),
      /** Rule numbers of the rule library; at least one, so that a partner always learns which rule and why. */
      reasons: z
        .array(z.strictObject({ rule: z.string().min(1).max(40), note: z.string().trim().max(500).default('') }))
        .min(1)
        .max(10),
    }),
  ]),
  reply: AdminSubmission,
  errors: ['not_found', 'wrong_state', 'partner_not_active', 'validation_failed'],
  title: { vi: 'Duyệt hoặc từ chối', en: 'Decide a submission' },
});

export const ReviewRule = z.object({ rule: z.string(), text: z.object({ vi: z.string(), en: z.string() }) });

export const listReviewRules = operation({
  id: 'admin.reviewRules.list',
  method: 'GET',
  path: '/v1/admin/review-rules',
  actor: 'admin',
  scope: 'admin.reviews:decide',
  reply: z.object({ items: z.array(ReviewRule) }),
  title: { vi: 'Thư viện quy tắc duyệt', en: 'List the review rules' },
});

export const listPartners = operation({
  id: 'admin.partners.list',
  method: 'GET',
  path: '/v1/admin/partners',
  actor: 'admin',
  scope: 'admin.partners:manage',
  query: z.strictObject({ ...pageQuery, status: PartnerStatus.optional() }),
  reply: pageOf(Partner),
  errors: ['invalid_cursor'],
  title: { vi: 'Danh sách đối tác', en: 'List partners' },
});

export const decidePartner = operation({
  id: 'admin.partners.decide',
  method: 'POST',
  path: '/v1/admin/partners/{partnerId}/decision',
  actor: 'admin',
  scope: 'admin.partners:manage',
  idempotency: 'header',
  params: z.strictObject({ partnerId: PartnerId }),
  body: z.strictObject({ decision: z.enum(['approve', 'refuse', 'suspend', 'reinstate']), reason: z.string().trim().max(500).default('') }),
  reply: Partner,
  errors: ['not_found', 'wrong_state'],
  title: { vi: 'Duyệt, từ chối hoặc tạm ngưng đối tác', en: 'Approve, refuse or suspend a partner' },
});

export const MemberImport = z.object({
  id: ImportId,
  state: z.enum(['running', 'done', 'failed']),
  rowsRead: z.int(),
  inserted: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  /** The first rejected rows; the report file holds all. */
  firstErrors: z.array(z.object({ row: z.int(), column: z.string(), reason: z.string() })),
  startedAt: Instant,
  finishedAt: Instant.nullable(),
});
export type MemberImport = z.infer<typeof MemberImport>;

export const importMembers = operation({
  id: 'admin.members.import',
  method: 'POST',
  path: '/v1/admin/members/import',
  actor: 'admin',
  scope: 'admin.members:import',
  rate: 'bulk',
  stream: ['text/csv'],
  reply: MemberImport,
  errors: ['import_rejected', 'import_running', 'unsupported_media_type'],
  title: { vi: 'Nhập danh sách đoàn viên', en: 'Import a member register' },
});

export const listMemberImports = operation({
  id: 'admin.members.imports.list',
  method: 'GET',
  path: '/v1/admin/members/imports',
  actor: 'admin',
  scope: 'admin.members:import',
  query: z.strictObject(pageQuery),
  reply: pageOf(MemberImport),
  errors: ['invalid_cursor'],
  title: { vi: 'Các lượt nhập danh sách', en: 'List imports' },
});

export const getTrialBalance = operation({
  id: 'admin.ledger.trialBalance',
  method: 'GET',
  path: '/v1/admin/ledger/trial-balance',
  actor: 'admin',
  scope: 'admin.insights:read',
  reply: z.object({
    asOf: Instant,
    accounts: z.array(
      z.object({
        account: z.string(),
        name: z.object({ vi: z.string(), en: z.string() }),
        currency: z.union([Currency, z.literal('UNIT')]),
        debitMinor: z.int(),
        creditMinor: z.int(),
        balanceMinor: z.int(),
      }),
    ),
    /** One line a currency; `differenceMinor` is 0 or the books are wrong. */
    totals: z.array(z.object({ currency: z.string(), debitMinor: z.int(), creditMinor: z.int(), differenceMinor: z.int() })),
    journals: z.int(),
  }),
  title: { vi: 'Bảng cân đối thử', en: 'Get the trial balance' },
});

export const AuditEntry = z.object({
  id: z.string(),
  at: Instant,
  actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  action: z.string(),
  target: z.string(),
  requestId: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const listAudit = operation({
  id: 'admin.audit.list',
  method: 'GET',
  path: '/v1/admin/audit',
  actor: 'admin',
  scope: 'admin.audit:read',
  query: z.strictObject({ ...pageQuery, action: z.string().max(80).optional(), target: z.string().max(120).optional() }),
  reply: pageOf(AuditEntry),
  errors: ['invalid_cursor'],
  title: { vi: 'Nhật ký kiểm toán', en: 'List audit entries' },
});

export const adminOperations = [
  listSubmissions,
  getSubmission,
  decideSubmission,
  listReviewRules,
  listPartners,
  decidePartner,
  importMembers,
  listMemberImports,
  getTrialBalance,
  listAudit,
] as const;
