import { z } from 'zod';
import { operation } from './operation.ts';
import { CodeJobId, Instant, OfferId, pageOf, pageQuery } from './values.ts';

/** The most free codes one pool may hold. */
export const POOL_MAX = 25_000_000;

/** The signs of generated codes. None looks like another: no 0 and O, no 1, I and L, no U that is read as V. */
export const CODE_ALPHABETS = {
  readable: '23456789ABCDEFGHJKMNPQRSTVWXYZ',
  letters: 'ABCDEFGHJKMNPQRSTVWXYZ',
  digits: '0123456789',
} as const;
export type CodeAlphabet = keyof typeof CODE_ALPHABETS;

/** Below this a pool of millions could be guessed at: a random try would hit with a chance that is no longer negligible. */
export const CODE_BITS_MIN = 60;

/**
 * Random bits of a code, without its prefix: that one is known to everybody.
 *
 * @example
 * bitsOfCode({ alphabet: 'digits', length: 19 }) >= CODE_BITS_MIN; // true
 */
export const bitsOfCode = ({ alphabet, length }: { alphabet: CodeAlphabet; length: number }): number =>
  length * Math.log2(CODE_ALPHABETS[alphabet].length);

/** What codes the platform shall make: `prefix`, then `length` random signs of the alphabet. */
export const CodeRecipe = z
  .strictObject({
    count: z.int().min(1).max(POOL_MAX),
    prefix: z
      .string()
      .regex(/^[A-Z0-9-]{0,20}$/)
      .default(''),
    alphabet: z.enum(['readable', 'letters', 'digits']).default('readable'),
    length: z.int().min(8).max(40).default(13),
  })
  .superRefine((recipe, context) => {
    const needed = Math.ceil(CODE_BITS_MIN / bitsOfCode({ ...recipe, length: 1 }));
    if (recipe.length < needed)
      context.addIssue({ code: 'too_small', origin: 'number', minimum: needed, inclusive: true, path: ['length'], input: recipe.length });
  });
export type CodeRecipe = z.infer<typeof CodeRecipe>;

/**
 * - `running`: codes are being added; each batch can be claimed from its commit on.
 * - `interrupted`: an upload whose connection or server was lost; send the rest of the file from `bytesTaken` on.
 * - `done`, `cancelled`, `failed`: over. The codes that were added before stay in the pool.
 */
export const CodeJobState = z.enum(['running', 'interrupted', 'done', 'cancelled', 'failed']);
export type CodeJobState = z.infer<typeof CodeJobState>;

/** An upload or a generation of codes. It tells counts and line numbers, never a code. */
export const CodeJob = z.object({
  id: CodeJobId,
  offerId: OfferId,
  kind: z.enum(['upload', 'generation']),
  state: CodeJobState,
  /** Lines with something in them (or codes made): `added + duplicates + rejected`. */
  rowsRead: z.int(),
  added: z.int(),
  duplicates: z.int(),
  rejected: z.int(),
  /** The first hundred of each; lines are counted from 1. */
  rejectedLines: z.array(z.object({ line: z.int(), reason: z.string() })),
  duplicateLines: z.array(z.int()),
  /** Bytes of the file whose codes are kept for certain; always the start of a line. */
  bytesTaken: z.int(),
  /** From `Content-Length`; null when the client did not say. */
  bytesTotal: z.int().nullable(),
  /** Codes to make; null for an upload. */
  rowsTotal: z.int().nullable(),
  /** 0–100; null while nobody knows the whole. */
  percent: z.int().nullable(),
  /** Over the time in which the job ran. */
  rowsPerSecond: z.int(),
  /** Stable code of what went wrong. */
  error: z.string().nullable(),
  startedAt: Instant,
  updatedAt: Instant,
  finishedAt: Instant.nullable(),
});
export type CodeJob = z.infer<typeof CodeJob>;

const onOffer = z.strictObject({ offerId: OfferId });
const onJob = z.strictObject({ offerId: OfferId, jobId: CodeJobId });

export const uploadCodes = operation({
  id: 'partner.offers.codes.upload',
  method: 'POST',
  path: '/v1/partner/offers/{offerId}/codes',
  actor: 'partner',
  scope: 'partner.codes:write',
  rate: 'bulk',
  params: onOffer,
  /** Both to go on with an interrupted upload: its job, and its `bytesTaken`, from which on the file is sent. */
  query: z
    .strictObject({ jobId: CodeJobId.optional(), offset: z.coerce.number().int().min(0).optional() })
    .refine(({ jobId, offset }) => (jobId === undefined) === (offset === undefined), { path: ['offset'] }),
  stream: ['text/plain', 'text/csv'],
  status: 201,
  reply: CodeJob,
  errors: ['not_found', 'wrong_state', 'conflict', 'import_running', 'unsupported_media_type', 'payload_too_large', 'partner_not_active'],
  title: { vi: 'Nạp mã cho ưu đãi', en: 'Upload codes for an offer' },
});

export const generateCodes = operation({
  id: 'partner.offers.codes.generate',
  method: 'POST',
  path: '/v1/partner/offers/{offerId}/codes/generate',
  actor: 'partner',
  scope: 'partner.codes:write',
  idempotency: 'header',
  params: onOffer,
  body: CodeRecipe,
  status: 202,
  reply: CodeJob,
  errors: ['not_found', 'wrong_state', 'import_running', 'partner_not_active'],
  title: { vi: 'Tạo mã cho ưu đãi', en: 'Generate codes for an offer' },
});

export const listCodeJobs = operation({
  id: 'partner.offers.codes.jobs.list',
  method: 'GET',
  path: '/v1/partner/offers/{offerId}/codes/jobs',
  actor: 'partner',
  scope: 'partner.offers:read',
  params: onOffer,
  query: z.strictObject(pageQuery),
  reply: pageOf(CodeJob),
  errors: ['not_found', 'invalid_cursor'],
  title: { vi: 'Các lượt nạp và tạo mã', en: 'List uploads and generations of codes' },
});

export const getCodeJob = operation({
  id: 'partner.offers.codes.jobs.get',
  method: 'GET',
  path: '/v1/partner/offers/{offerId}/codes/jobs/{jobId}',
  actor: 'partner',
  scope: 'partner.offers:read',
  params: onJob,
  reply: CodeJob,
  errors: ['not_found'],
  title: { vi: 'Xem tiến độ nạp mã', en: 'Get an upload or generation of codes' },
});

export const cancelCodeJob = operation({
  id: 'partner.offers.codes.jobs.cancel',
  method: 'POST',
  path: '/v1/partner/offers/{offerId}/codes/jobs/{jobId}/cancel',
  actor: 'partner',
  scope: 'partner.codes:write',
  idempotency: 'header',
  params: onJob,
  body: z.strictObject({}),
  reply: CodeJob,
  errors: ['not_found', 'wrong_state'],
  title: { vi: 'Dừng nạp hoặc tạo mã', en: 'Cancel an upload or generation of codes' },
});

export const codeOperations = [uploadCodes, generateCodes, listCodeJobs, getCodeJob, cancelCodeJob] as const;
