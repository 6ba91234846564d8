import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { decidePartner, decideSubmission } from './admin-operations.ts';
import { EVENT_TYPES, PartnerEvent } from './events.ts';
import { lookUpRedemption, registerPartner, reverseRedemption } from './partner-operations.ts';
import {
  AmountMinor,
  BasisPoints,
  GrantId,
  Instant,
  MAX_AMOUNT_MINOR,
  OfferId,
  PAGE_LIMIT_MAX,
  ProvinceCode,
  pageOf,
  pageQuery,
  Slug,
} from './values.ts';

const takes = (schema: z.ZodType) => (value: unknown) => schema.safeParse(value).success;
const OFFER = '01936b5e-7c00-7000-8000-000000000001';

test('an id is a UUIDv7 and nothing else', () => {
  const others = ['', 'x', '00000000-0000-0000-0000-000000000000', '01936b5e-7c00-4000-8000-000000000001', `${OFFER}' OR 1=1`, 7, null];
  expect(takes(OfferId)(OFFER)).toBe(true);
  expect(others.filter(takes(OfferId))).toEqual([]);
  expect(['short', 'x'.repeat(65), 'has space', 'a/b/c/d/e', '../../etc'].filter(takes(GrantId))).toEqual([]);
});

test('an amount is whole đồng that JSON carries exactly, a rate whole basis points', () => {
  expect([0, 1, MAX_AMOUNT_MINOR].filter(takes(AmountMinor))).toHaveLength(3);
  expect([-1, 0.1, MAX_AMOUNT_MINOR + 1, Number.NaN, Number.POSITIVE_INFINITY, '1', null, 1n].filter(takes(AmountMinor))).toEqual([]);
  expect([-1, 10_001, 0.5].filter(takes(BasisPoints))).toEqual([]);
});

test('every instant of a Date is an instant on the wire; a day or a local time is not', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1900-01-01'), max: new Date('2999-01-01'), noInvalidDate: true }), (date) => {
      expect(takes(Instant)(date.toISOString())).toBe(true);
    }),
  );
  expect(['2026-11-22', '2026-11-22T10:00:00', '2026-13-01T00:00:00Z', '2026-11-22 10:00:00Z'].filter(takes(Instant))).toEqual([]);
});

test('a slug is safe in an address, a province two digits', () => {
  expect(['ab', 'vnpt-money', 'a1-b2', 'x'.repeat(40)].filter(takes(Slug))).toHaveLength(4);
  expect(['a', '-a', 'a-', 'a--b', 'Đối-tác', 'A-B', 'a b', 'a/b', 'x'.repeat(41), 'ab\n'].filter(takes(Slug))).toEqual([]);
  expect(['1', '001', 'ab', '01\n', '٠١'].filter(takes(ProvinceCode))).toEqual([]);
});

test('a page has 1 to 100 rows, 20 unless told, whatever the text of the query', () => {
  const query = z.strictObject(pageQuery);
  expect(query.parse({})).toEqual({ limit: 20 });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), (limit) => {
      const parsed = query.safeParse({ limit });
      if (parsed.success)
        expect(parsed.data.limit >= 1 && parsed.data.limit <= PAGE_LIMIT_MAX && Number.isInteger(parsed.data.limit)).toBe(true);
    }),
  );
  expect(['', '0', '101', '1.5', 'ten', ['1', '2']].filter((limit) => query.safeParse({ limit }).success)).toEqual([]);
  expect(query.safeParse({ cursor: 'x'.repeat(513) }).success).toBe(false);
  expect(pageOf(z.string()).safeParse({ items: [] }).success).toBe(false);
});

const redemption = { redemptionId: OFFER, offerId: OFFER, memberRef: 'pairwise', state: 'REDEEMED' };

test('an event keeps what its type declares and drops the rest, so that no event can carry a name or a phone by accident', () => {
  const whole = {
    ...redemption,
    submissionId: OFFER,
    partnerId: OFFER,
    expiresAt: '2026-11-22T10:00:00Z',
    message: 'xin chào',
    endpointId: OFFER,
    url: 'https://hooks.example.vn/a',
    partBasisPoints: 2_500,
    reversedBasisPoints: 5_000,
    rules: ['R1'],
    clientId: 'app',
    scope: 'openid',
    scopes: ['openid'],
    feeMinor: 1,
    vatMinor: 0,
    vatBasisPoints: 800,
    appId: 'vn.example.gifts',
    versionCode: 1,
    versionName: '1.0.0',
    digest: `sha256:${'a'.repeat(64)}`,
  };
  const personal = { memberId: OFFER, fullName: 'Nguyễn Bảo An', phone: '0912345678', email: 'an@example.vn', code: 'SECRET-1' };
  for (const [type, schema] of Object.entries(EVENT_TYPES)) {
    // The one event whose reason is a word of a list.
    const reason = type === 'webhook.endpoint_paused.v1' ? 'gone' : 'because';
    const kept = schema.parse({ ...whole, reason, ...personal });
    expect([type, Object.keys(kept).filter((name) => name in personal)]).toEqual([type, []]);
    expect([type, schema.safeParse({}).success]).toEqual([type, false]);
    expect(type).toMatch(/^[a-z]+\.[a-z_]+\.v\d+$/);
  }
});

test('an event of another version still has the common shape, so that an old parser can pass it by', () => {
  expect(takes(PartnerEvent)({ id: OFFER, type: 'redemption.redeemed.v2', occurredAt: '2026-11-22T10:00:00Z', data: { new: true } })).toBe(
    true,
  );
  expect(takes(PartnerEvent)({ id: 'x', type: 'redemption.redeemed.v2', occurredAt: '2026-11-22T10:00:00Z', data: {} })).toBe(false);
});

test('a registration is held to its bounds, field by field', () => {
  const good = {
    slug: 'vnpt-money',
    name: 'VNPT Money',
    legalName: 'Trung tâm Dịch vụ tài chính số',
    taxId: '9900000001',
    contactEmail: 'doitac@example.vn',
    owner: { username: 'vnpt.money', displayName: 'Quản lý', password: 'x'.repeat(12) },
  };
  const taken = takes(registerPartner.body);
  expect(taken(good)).toBe(true);
  expect(taken({ ...good, taxId: '9900000001-001' })).toBe(true);
  for (const wrong of [
    { taxId: '990000000' },
    { taxId: '9900000001-01' },
    { contactEmail: 'doitac' },
    { name: ' ' },
    { status: 'active' },
    { owner: { ...good.owner, password: 'x'.repeat(11) } },
    { owner: { ...good.owner, password: 'x'.repeat(201) } },
    { owner: { ...good.owner, username: 'Ab' } },
    { owner: { ...good.owner, username: '-abc' } },
    { owner: { ...good.owner, kind: 'admin' } },
  ])
    expect([wrong, taken({ ...good, ...wrong })]).toEqual([wrong, false]);
});

test('a refusal names its rules, an approval needs none, and a reversal has words', () => {
  const decides = takes(decideSubmission.body);
  expect(decides({ decision: 'approve' })).toBe(true);
  expect(decides({ decision: 'refuse', reasons: [] })).toBe(false);
  expect(decides({ decision: 'refuse' })).toBe(false);
  expect(decides({ decision: 'approve', reasons: [{ rule: 'R1' }] })).toBe(false);
  expect(decides({ decision: 'refuse', reasons: Array.from({ length: 11 }, () => ({ rule: 'R1' })) })).toBe(false);
  expect(takes(decidePartner.body)({ decision: 'delete' })).toBe(false);
  expect(['', '  a  ', 'x'.repeat(501)].filter((reason) => takes(reverseRedemption.body)({ reason }))).toEqual([]);
  expect(['', 'abc', 'x'.repeat(4_097)].filter((presented) => takes(lookUpRedemption.body)({ presented }))).toEqual([]);
});
