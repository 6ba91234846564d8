// What the catalogue shows can be claimed, what it hides is refused: list, look-up and claim against one naive model, over HTTP,
// for random rules and random members. The list filters in SQL and the others in code, so they could drift apart unseen.
import { type EligibilityCondition, listOffers, type MemberOffer, type OfferId, Problem } from '@chung/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, openPartnerHttp, type PartnerHttp } from '../../../../../test/harness/partner-http.ts';
import { draftOf, publish } from '../../../../../test/harness/partner-rooms.ts';
import type { MemberFacts } from '../offers/index.ts';

let http: PartnerHttp;
beforeAll(async () => {
  http = await openPartnerHttp();
});
afterAll(() => http.close());

type Facts = Omit<MemberFacts, 'memberId'>;
const YEAR = new Date(Date.now() + 7 * 3_600_000).getUTCFullYear();
const PROVINCES = ['01', '24', '79'];
/** One unit of every level, siblings beside them, and one that nobody has. */
const PATHS = [
  ['TW'],
  ['TW', 'HN'],
  ['TW', 'HN', 'HN-CG'],
  ['TW', 'HN', 'HN-CG', 'HN-CG-01'],
  ['TW', 'HN', 'HN-CG', 'HN-CG-01', 'HN-CG-01-A'],
  ['TW', 'HN', 'HN-BD'],
  ['TW', 'BN'],
  [],
];
const UNITS = [...new Set(PATHS.flat()), 'NOBODY'];
const ROLES = ['member', 'officer', 'secretary'] as const;

const facts: fc.Arbitrary<Facts> = fc.record({
  verified: fc.boolean(),
  provinceCode: fc.option(fc.constantFrom(...PROVINCES), { nil: null }),
  unitPath: fc.constantFrom(...PATHS),
  birthYear: fc.option(fc.integer({ min: YEAR - 20, max: YEAR - 14 }), { nil: null }),
  role: fc.constantFrom(...ROLES),
});
const condition: fc.Arbitrary<EligibilityCondition> = fc.oneof(
  fc.constant({ fact: 'verified' as const }),
  fc.record({ fact: fc.constant('province' as const), in: fc.uniqueArray(fc.constantFrom(...PROVINCES), { minLength: 1, maxLength: 2 }) }),
  fc.record({ fact: fc.constant('unit' as const), within: fc.uniqueArray(fc.constantFrom(...UNITS), { minLength: 1, maxLength: 3 }) }),
  fc.record({
    fact: fc.constant('age' as const),
    atLeastYears: fc.integer({ min: 14, max: 18 }),
    belowYears: fc.integer({ min: 15, max: 21 }),
  }),
  fc.record({ fact: fc.constant('role' as const), in: fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 2 }) }),
);
const rule = fc.array(condition, { maxLength: 4 });

/** The rule in the words of the guide: every condition holds, and what is not known holds nothing. */
function meets(asked: EligibilityCondition, member: Facts): boolean {
  if (asked.fact === 'verified') return member.verified;
  if (asked.fact === 'province') return asked.in.some((code) => code === member.provinceCode);
  if (asked.fact === 'unit') return member.unitPath.some((unit) => asked.within.some((code) => code === unit));
  if (asked.fact === 'role') return asked.in.some((role) => role === member.role);
  if (member.birthYear === null) return false;
  const ages = Array.from({ length: 130 }, (_, age) => age).filter((age) => age >= asked.atLeastYears && age < asked.belowYears);
  return ages.some((age) => member.birthYear === YEAR - age);
}

async function listAll(member: Caller): Promise<ReadonlyMap<string, MemberOffer>> {
  const found = new Map<string, MemberOffer>();
  for (let cursor = ''; ; ) {
    const { body } = await member.call('GET', `/v1/offers?limit=100${cursor && `&cursor=${cursor}`}`);
    const page = listOffers.reply.parse(body);
    for (const item of page.items) found.set(item.id, item);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

interface Asked {
  readonly id: OfferId;
  readonly all: readonly EligibilityCondition[];
}

/** Asks for one offer in all three ways, expects what the model says, and answers whether it was for the member. */
async function agree(
  member: Caller,
  { listed, person, offer }: { listed: ReadonlyMap<string, MemberOffer>; person: Facts; offer: Asked },
): Promise<boolean> {
  const { id, all } = offer;
  const about = JSON.stringify({ all, person });
  const missed = all.filter((asked) => !meets(asked, person)).map((asked) => asked.fact);
  const shown = await member.call('GET', `/v1/offers/${id}`);
  const claimed = await member.call('POST', `/v1/offers/${id}/redemptions`, { body: {} });
  if (missed.length === 0) {
    expect([listed.has(id), shown.status, claimed.status], about).toEqual([true, 200, 201]);
    const told = listed.get(id)?.whyForMe ?? [];
    expect(told.map((reason) => reason.fact)).toEqual(all.length === 0 ? ['everyone'] : all.map((asked) => asked.fact));
    expect(told.every((reason) => reason.holds)).toBe(true);
    return true;
  }
  expect([listed.has(id), shown.status, claimed.status], about).toEqual([false, 403, 403]);
  for (const { body } of [shown, claimed]) {
    const problem = Problem.parse(body);
    expect(problem.code).toBe('not_eligible');
    expect(
      problem.reasons?.map((reason) => reason.fact),
      about,
    ).toEqual(missed);
  }
  return false;
}

test('list, look-up and claim agree with the rule for any rule and any member, and each missed condition is named', async () => {
  const partner = await http.rooms.activePartner('agreement');
  const outcomes: boolean[] = [];
  const publishRule = async (all: EligibilityCondition[]): Promise<Asked> => {
    const { id } = await publish(http.rooms, partner.id, draftOf({ eligibility: { version: 1, all } }));
    return { id, all };
  };
  const rules = fc.array(rule, { minLength: 6, maxLength: 10 });
  const people = fc.array(facts, { minLength: 2, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(rules, people, async (written, persons) => {
      const offers = await Promise.all(written.map(publishRule));
      for (const person of persons) {
        const member = http.member(person);
        const listed = await listAll(member);
        outcomes.push(...(await Promise.all(offers.map((offer) => agree(member, { listed, person, offer })))));
      }
    }),
    { numRuns: 8 },
  );
  // A generator that only ever refuses, or never does, would prove nothing.
  expect(outcomes.filter((shown) => shown).length).toBeGreaterThan(5);
  expect(outcomes.filter((shown) => !shown).length).toBeGreaterThan(5);
  // Some hundreds of requests: seconds on a quiet machine, and test machines are shared.
}, 60_000);

test.each(PATHS.filter((path) => path.length > 0).map((path) => [path.at(-1) ?? '', path]))(
  'an offer for unit %s is for all below it and for nobody beside or above it',
  async (code, path) => {
    const partner = await http.rooms.activePartner(`unit-${code.toLowerCase()}`);
    const { id } = await publish(http.rooms, partner.id, draftOf({ eligibility: { version: 1, all: [{ fact: 'unit', within: [code] }] } }));
    for (const other of PATHS) {
      const below = path.every((unit, level) => other[level] === unit);
      const member = http.member({ unitPath: other });
      expect([other, (await listAll(member)).has(id)]).toEqual([other, below]);
      expect([other, (await member.call('POST', `/v1/offers/${id}/redemptions`, { body: {} })).status]).toEqual([other, below ? 201 : 403]);
    }
  },
);

test('a member is of age on New Year’s Day of the year in which they reach it, and out on the one in which they pass it', async () => {
  const partner = await http.rooms.activePartner('ages');
  const all: EligibilityCondition[] = [{ fact: 'age', atLeastYears: 16, belowYears: 31 }];
  const { id } = await publish(http.rooms, partner.id, draftOf({ eligibility: { version: 1, all } }));
  const seen = async (birthYear: number | null) => (await listAll(http.member({ birthYear }))).has(id);
  expect(await Promise.all([YEAR - 15, YEAR - 16, YEAR - 30, YEAR - 31, null].map(seen))).toEqual([false, true, true, false, false]);
});
