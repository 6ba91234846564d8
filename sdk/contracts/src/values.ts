import { z } from 'zod';

// Ids are UUIDv7 on the wire and in the database: they sort by time, need no sequence and can be made on any node.
// One brand each, so that an offer's id cannot be passed where a member's is asked.
const id = <Brand extends string>() => z.uuidv7().brand<Brand>();

export const OfferId = id<'OfferId'>();
export type OfferId = z.infer<typeof OfferId>;
export const PartnerId = id<'PartnerId'>();
export type PartnerId = z.infer<typeof PartnerId>;
export const MemberId = id<'MemberId'>();
export type MemberId = z.infer<typeof MemberId>;
export const AccountId = id<'AccountId'>();
export type AccountId = z.infer<typeof AccountId>;
export const RedemptionId = id<'RedemptionId'>();
export type RedemptionId = z.infer<typeof RedemptionId>;
export const SubmissionId = id<'SubmissionId'>();
export type SubmissionId = z.infer<typeof SubmissionId>;
export const ImportId = id<'ImportId'>();
export type ImportId = z.infer<typeof ImportId>;
export const CodeJobId = id<'CodeJobId'>();
export type CodeJobId = z.infer<typeof CodeJobId>;
export const EventId = id<'EventId'>();
export type EventId = z.infer<typeof EventId>;

/** The grant's own id as the authorization server made it (not a UUID). */
export const GrantId = z
  .string()
  .min(8)
  .max(64)
  .regex(/^[\w-]+$/)
  .brand<'GrantId'>();
export type GrantId = z.infer<typeof GrantId>;

/**
 * The largest single amount, in minor units: a hundred billion đồng. JSON numbers carry 90,000 of them exactly, so that sums over many
 * redemptions stay exact too.
 */
export const MAX_AMOUNT_MINOR = 100_000_000_000;

/** An amount in the currency's minor unit; VND has none, so this is đồng. Never a float. */
export const AmountMinor = z.int().min(0).max(MAX_AMOUNT_MINOR);

export const Currency = z.enum(['VND']);
export type Currency = z.infer<typeof Currency>;

/** An instant: RFC 3339 with an offset. Windows are half-open: `[startsAt, endsAt)`. */
export const Instant = z.iso.datetime({ offset: true });

/** Share or rate in hundredths of a percent: 10,000 is the whole. */
export const BasisPoints = z.int().min(0).max(10_000);

/** Province code of the market's register (34 since July 2025; two digits for Vietnam). */
export const ProvinceCode = z.string().regex(/^\d{2}$/);

/** Short lower-case name that is part of addresses. */
export const Slug = z
  .string()
  .min(2)
  .max(40)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

export const PAGE_LIMIT_DEFAULT = 20;
export const PAGE_LIMIT_MAX = 100;

/** What every list takes: an opaque signed cursor and a page size. */
export const pageQuery = {
  cursor: z.string().min(1).max(512).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
};

/**
 * What every list answers; `nextCursor` is null on the last page.
 *
 * @example
 * const page = pageOf(OfferId).parse({ items: [offerId], nextCursor: null });
 */
export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
