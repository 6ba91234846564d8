// What members, partners and admins can ask, at the bounds and one beyond; and what replies must never carry, whoever fills them in.
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { decidePartner, decideSubmission, getTrialBalance, listAudit, listSubmissions } from './admin-operations.ts';
import { AppSubmission, listQueuedApps, submitApp } from './app-operations.ts';
import { claimOffer, listOffers, Me, withdrawScope } from './member-operations.ts';
import { MemberOffer } from './offer.ts';
import { OPENS } from './opens.ts';
import type { OperationSpec } from './operation.ts';
import { listPartnerEvents, reverseRedemption } from './partner-operations.ts';
import { Draw, DrawTicket, QUEUE_PLACE_MAX, QueueEntry } from './queue.ts';
import { listDrawTickets } from './queue-operations.ts';
import { PartnerRedemption, Redemption } from './redemption.ts';
import { OPERATIONS } from './registry.ts';
import { isScope, type MemberScope, type PartnerScope, SCOPES } from './scopes.ts';
import { Language, textUpTo } from './text.ts';

const ID = '01936b5e-7c00-7000-8000-000000000001';
const NOON = '2026-11-22T12:00:00+07:00';
const takes = (schema: z.ZodType | null) => (value: unknown) => schema?.safeParse(value).success;
const operations: readonly OperationSpec[] = OPERATIONS;

describe('a member', () => {
  test('searches by words of up to 100 signs, a category and a kind', () => {
    const listed = takes(listOffers.query);
    expect([{ q: 'ă'.repeat(100) }, { category: 'telecom', kind: 'cashback' }, { q: '' }].map(listed)).toEqual([true, true, true]);
    expect([{ q: 'ă'.repeat(101) }, { category: 'cars' }, { kind: 'free' }, { q: ['a', 'b'] }, { province: '01' }].map(listed)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
    expect(listOffers.query.parse({ q: '  cáp quang ' })).toEqual({ limit: 20, q: 'cáp quang' });
  });

  test('says nothing with a claim that could change what it costs or whose it is', () => {
    expect(takes(claimOffer.body)({})).toBe(true);
    for (const more of [{ memberId: ID }, { priceMinor: 0 }, { code: 'X' }]) expect(takes(claimOffer.body)(more)).toBe(false);
  });

  test('withdraws a scope also when this version does not know it any more', () => {
    const params = (scope: string) => takes(withdrawScope.params)({ grantId: 'grant-123456', scope });
    expect([params('offers:read'), params('old.scope:read'), params(''), params('x'.repeat(65))]).toEqual([true, true, false, false]);
  });
});

describe('what scopes open of a reply', () => {
  test('are parts that the reply has and can do without, each by a scope that a member grants', () => {
    for (const [id, parts] of Object.entries(OPENS)) {
      const operation = operations.find((one) => one.id === id);
      const json = z.toJSONSchema(operation?.reply ?? z.never(), { io: 'output', unrepresentable: 'any' });
      for (const [part, scope] of Object.entries(parts)) {
        expect([id, part, Object.hasOwn(json.properties ?? {}, part), json.required?.includes(part)]).toEqual([id, part, true, false]);
        expect([scope, isScope(scope) && SCOPES[scope].holder, scope === operation?.scope]).toEqual([scope, 'member', false]);
      }
    }
  });

  test('are all parts of a member that may be missing: none is open by accident', () => {
    const parts = Object.entries(Me.shape).flatMap(([name, schema]) => (schema.safeParse(undefined).success ? [name] : []));
    expect(parts.toSorted()).toEqual(Object.keys(OPENS['me.get']).toSorted());
  });
});

describe('what a reply leaves out, whoever fills it in', () => {
  const redemption = {
    ...{ id: ID, offerId: ID, offerTitle: { vi: 'Quà', en: 'Gift' }, state: 'REDEEMED', termsVersion: 1 },
    ...{ claimedAt: NOON, expiresAt: null, updatedAt: NOON },
    ...{
      memberRef: 'pairwise',
      codeHint: '…7K2',
      code: 'SECRET-7K2',
      memberId: ID,
      phone: '0912345678',
      partner: { id: ID, name: 'VNPT' },
    },
  };

  test('the partner’s view of a redemption has neither the code nor who the member is', () => {
    const seen = PartnerRedemption.parse(redemption);
    expect(JSON.stringify(seen)).not.toMatch(/SECRET|0912345678/);
    expect(Object.keys(seen)).not.toContain('memberId');
  });

  test('the member’s view has the code and not the id under which the partner knows them', () => {
    const seen = Redemption.parse(redemption);
    expect(seen.code).toBe('SECRET-7K2');
    expect(Object.keys(seen)).not.toContain('memberRef');
  });

  test('an offer as members see it has no stock, budget, funding or rules', () => {
    const names = Object.keys(MemberOffer.shape);
    for (const inner of ['stock', 'counts', 'budgetMinor', 'funding', 'eligibility', 'state']) expect(names).not.toContain(inner);
  });

  test('a part of a redemption that was taken back is told in basis points and only where there is one', () => {
    const part = (reversedBasisPoints: unknown) => takes(Redemption)({ ...redemption, reversedBasisPoints });
    expect([undefined, 0, 10_000, 10_001, null].map(part)).toEqual([true, true, true, false, false]);
  });
});

describe('a partner', () => {
  test('takes back a part from one basis point up, never the whole as a part', () => {
    const part = (partBasisPoints: unknown) => takes(reverseRedemption.body)({ reason: 'Khách trả lại', partBasisPoints });
    expect([undefined, 1, 9_999, 0, 10_000, 0.5, '1'].map(part)).toEqual([true, true, true, false, false, false, false]);
  });

  test('reads events from now, from an instant, or from where it stopped', () => {
    const from = (value: unknown) => takes(listPartnerEvents.query)({ from: value });
    expect(['now', NOON, undefined].map(from)).toEqual([true, true, true]);
    expect(['yesterday', 'NOW', '2026-11-22', 0].map(from)).toEqual([false, false, false, false]);
  });

  test('submits under the digest of what it sends', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const query = takes(submitApp.query);
    expect([query({ digest }), query({ digest, bundleDigest: digest })]).toEqual([true, true]);
    expect([query({}), query({ digest: '0'.repeat(64) }), query({ digest, bundleDigest: '' }), query({ digest, force: '1' })]).toEqual(
      Array.from({ length: 4 }, () => false),
    );
    expect([submitApp.accepts, submitApp.idempotency]).toEqual([['application/gzip'], 'row']);
  });

  test('hears of its submission where it stands in the queue, or that it waits no longer', () => {
    const submission = {
      ...{ id: ID, appId: 'vn.example.gifts', name: { vi: 'Quà', en: 'Gifts' }, version: { code: 1, name: '1.0.0' }, state: 'submitted' },
      ...{
        digest: `sha256:${'0'.repeat(64)}`,
        bundleDigest: null,
        archiveBytes: 1,
        files: 1,
        findings: [],
        waitingSeconds: 0,
        submittedAt: NOON,
      },
    };
    const at = (queuePosition: unknown) => takes(AppSubmission)({ ...submission, queuePosition });
    expect([at(1), at(null), at(undefined), at('1')]).toEqual([true, true, false, false]);
  });
});

describe('an admin', () => {
  test('is shown what waits unless they ask for something else', () => {
    expect(listSubmissions.query.parse({})).toEqual({ limit: 20, state: 'waiting' });
    expect(listQueuedApps.query.parse({})).toEqual({ limit: 20, state: 'submitted' });
    expect([takes(listSubmissions.query)({ state: 'all' }), takes(listQueuedApps.query)({ state: 'waiting' })]).toEqual([false, false]);
  });

  test('refuses with one to ten rules, and a note to each of 500 signs at most', () => {
    const refused = (reasons: unknown) => takes(decideSubmission.body)({ decision: 'refuse', reasons });
    const rules = (count: number) => Array.from({ length: count }, () => ({ rule: 'R1' }));
    expect([1, 10, 11].map((count) => refused(rules(count)))).toEqual([true, true, false]);
    expect([500, 501].map((length) => refused([{ rule: 'R1', note: 'ă'.repeat(length) }]))).toEqual([true, false]);
    expect([refused([{ rule: '' }]), refused([{ rule: 'x'.repeat(41) }]), refused([{ note: 'R1' }])]).toEqual([false, false, false]);
  });

  test('decides on a partner in one of four ways, with words or without', () => {
    const body = decidePartner.body;
    expect(body.parse({ decision: 'suspend' })).toEqual({ decision: 'suspend', reason: '' });
    expect(['approve', 'refuse', 'reinstate', 'erase'].map((decision) => takes(body)({ decision }))).toEqual([true, true, true, false]);
  });

  test('looks for audit entries by names that have a length', () => {
    expect([80, 81].map((length) => takes(listAudit.query)({ action: 'x'.repeat(length) }))).toEqual([true, false]);
    expect([120, 121].map((length) => takes(listAudit.query)({ target: 'x'.repeat(length) }))).toEqual([true, false]);
  });

  test('sees sums of the books that may be below zero, and units beside money', () => {
    const account = { account: '1200', name: { vi: 'Phải thu', en: 'Receivable' }, debitMinor: 0, creditMinor: 5, balanceMinor: -5 };
    const books = (currency: string) =>
      takes(getTrialBalance.reply)({ asOf: NOON, accounts: [{ ...account, currency }], totals: [], journals: 1 });
    expect(['VND', 'UNIT', 'USD'].map(books)).toEqual([true, true, false]);
  });
});

describe('a queue', () => {
  const entry = { offerId: ID, state: 'WAITING', joinedAt: NOON, place: 1, promisedUntil: null, ticket: null, rank: null };
  const draw = {
    ...{ offerId: ID, algorithm: 'chung-draw-v1', state: 'OPEN', commitment: 'a'.repeat(64), entriesFrom: NOON, entriesUntil: NOON },
    ...{ digest: null, tickets: null, seed: null, units: null, committedAt: NOON, closedAt: null, drawnAt: null },
  };

  test('counts places and ranks from one', () => {
    for (const field of ['place', 'rank'])
      expect([0, 1, QUEUE_PLACE_MAX + 1, null, 1.5].map((value) => takes(QueueEntry)({ ...entry, [field]: value }))).toEqual([
        false,
        true,
        true,
        true,
        false,
      ]);
    expect([takes(DrawTicket)({ ticket: 't', rank: 0 }), takes(DrawTicket)({ ticket: 't', rank: null })]).toEqual([false, true]);
  });

  test('is drawn in a way that has a name, from 32 bytes in hex', () => {
    expect(takes(Draw)(draw)).toBe(true);
    expect(takes(Draw)({ ...draw, algorithm: 'chung-draw-v2' })).toBe(false);
    for (const field of ['commitment', 'digest', 'seed'])
      expect(
        ['a'.repeat(63), 'A'.repeat(64), `0x${'a'.repeat(62)}`, 'g'.repeat(64)].filter((hex) => takes(Draw)({ ...draw, [field]: hex })),
      ).toEqual([]);
    expect([takes(Draw)({ ...draw, commitment: null }), takes(Draw)({ ...draw, seed: 'f'.repeat(64) })]).toEqual([false, true]);
  });

  test('is read in larger pages than other lists, for whoever checks it whole', () => {
    const limit = (value: string) => takes(listDrawTickets.query)({ limit: value });
    expect([limit('1'), limit('5000'), limit('5001'), limit('0')]).toEqual([true, true, false, false]);
    expect(listDrawTickets.query.parse({})).toEqual({ limit: 1_000 });
  });
});

test('a text for people is there in both languages, without blanks around it, and counted in signs after that', () => {
  const text = textUpTo(5);
  expect(text.parse({ vi: ' Quà  ', en: '\tGift\n' })).toEqual({ vi: 'Quà', en: 'Gift' });
  expect(takes(text)({ vi: '     Chợ     ', en: 'x' })).toBe(true);
  for (const wrong of [{ vi: 'Quà' }, { vi: 'Quà', en: '' }, { vi: '\u00a0', en: 'x' }, { vi: 'abcdef', en: 'x' }, 'Quà', null])
    expect([wrong, takes(text)(wrong)]).toEqual([wrong, false]);
  expect(['vi', 'en', 'VI', 'vi-VN', ''].map(takes(Language))).toEqual([true, true, false, false, false]);
});

test('the scopes of members and partners are apart, and the platform’s own are in neither', () => {
  expectTypeOf<Extract<MemberScope, PartnerScope>>().toBeNever();
  expectTypeOf<Extract<MemberScope | PartnerScope, 'grants:manage' | 'admin.audit:read'>>().toBeNever();
  expectTypeOf<'openid' | 'payments:charge'>().toExtend<MemberScope>();
  expectTypeOf<'partner.codes:write'>().toExtend<PartnerScope>();
});
