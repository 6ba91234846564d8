// The catalogue as a member sees it: what is listed, what is found, and what of an offer is told.
import type { OfferCategory, OfferKind } from '@chung/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchPatterns, searchTextOf } from '../../../../platform/server/src/rooms/offers/search-text.ts';
import { createFakePlatform, FAKE_PARTNER, type OfferLike, OTHER_PARTNER } from '../index.ts';

const NOW = '2026-11-22T13:00:00.000Z';

interface Query {
  readonly q?: string;
  readonly category?: OfferCategory;
  readonly kind?: OfferKind;
}

/** An empty catalogue, and Lan in the platform's own app. */
function started() {
  const platform = createFakePlatform({ startAt: NOW });
  platform.store.offers.clear();
  const member = { actor: 'member' as const, member: platform.members.lan, partnerId: null, scopes: new Set(['offers:read'] as const) };
  const list = async (query: Query = {}): Promise<readonly string[]> => {
    const { items } = Object(await platform.invoke(member, 'offers.list', { query: { ...query } }));
    return items.map(({ title }: { title: { en: string } }) => title.en);
  };
  const add = (en: string, changes: OfferLike = {}, partner = FAKE_PARTNER) =>
    platform.addOffer({ title: { vi: en, en }, ...changes }, partner);
  return { platform, list, add, member };
}

describe('what is listed', () => {
  test('is what is open now: from the moment it opens to the moment before it ends', async () => {
    const { platform, list, add } = started();
    add('A', { window: { startsAt: '2026-11-22T14:00:00Z', endsAt: '2026-11-22T15:00:00Z' } });
    const seen: (readonly string[])[] = [];
    for (const at of ['13:59:59.999', '14:00:00.000', '14:59:59.999', '15:00:00.000']) {
      platform.clock.stopAt(`2026-11-22T${at}Z`);
      seen.push(await list());
    }
    expect(seen).toEqual([[], ['A'], ['A'], []]);
  });

  test('is what is published, of partners that are active, for this member', async () => {
    const { platform, list, add } = started();
    const states = ['draft', 'submitted', 'refused', 'paused', 'ended'] as const;
    for (const state of states) add(state).state = state;
    add('for officers', { eligibility: { version: 1, all: [{ fact: 'role', in: ['officer'] }] } });
    add('for secretaries', { eligibility: { version: 1, all: [{ fact: 'role', in: ['secretary'] }] } });
    add('of another', {}, OTHER_PARTNER);
    expect(await list()).toEqual(['of another', 'for officers']);
    platform.setPartnerStatus(OTHER_PARTNER, 'suspended');
    expect(await list()).toEqual(['for officers']);
  });

  test('stands by when it was published last, not by when it was written', async () => {
    const { platform, list, add } = started();
    const first = add('first');
    add('second');
    Object.assign(first, { state: 'submitted' });
    platform.store.submissions.push({
      ...{ id: platform.store.newId() as never, offer: first, termsVersion: 2, findings: [], submittedAt: NOW, state: 'waiting' },
    });
    platform.review(first.id);
    expect(await list()).toEqual(['first', 'second']);
  });

  test('by kind and category is what has both', async () => {
    const { list, add } = started();
    add('gift', { category: 'telecom' });
    add('rate', { category: 'telecom', benefit: { kind: 'percentage', rateBasisPoints: 1_000, maxDiscountMinor: null } });
    add('rate at home', { category: 'home', benefit: { kind: 'percentage', rateBasisPoints: 1_000, maxDiscountMinor: null } });
    expect(await list({ kind: 'percentage' })).toEqual(['rate at home', 'rate']);
    expect(await list({ category: 'telecom', kind: 'percentage' })).toEqual(['rate']);
    expect(await list({ category: 'finance' })).toEqual([]);
  });
});

describe('what is found', () => {
  test.each([
    ['goi du lieu', true],
    ['GÓI', true],
    ['gói dữ liệu'.normalize('NFD'), true],
    ['lieu goi', true],
    ['data month', true],
    ['ata', false],
    ['do va', true],
    ['sao bac', true],
    ['gói khác', false],
    ['60gb', true],
    ['%', false],
    ['_', false],
    ['đ', true],
  ])('“%s”: %s', async (q, isFound) => {
    const { list, add } = started();
    add('Data', {
      title: { vi: 'Gói dữ liệu tháng', en: 'Monthly data' },
      summary: { vi: 'Đỏ và vàng, 60GB.', en: 'Red and gold.' },
    });
    expect((await list({ q })).length === 1).toBe(isFound);
  });

  test('is what the platform finds, for any words', async () => {
    const { list, add, platform } = started();
    const { terms, partner } = add('Quà', {
      title: { vi: 'Gói dữ liệu tháng Mười Một', en: 'Data for a month' },
      summary: { vi: 'Đường truyền 5G, không giới hạn!', en: 'No limits, 5G.' },
    });
    const stored = searchTextOf([terms.title.vi, terms.title.en, terms.summary.vi, terms.summary.en, partner.name]);
    const word = fc.constantFrom(
      'goi',
      'Gói',
      'dữ',
      'd',
      'đ',
      '5',
      '5g',
      'limits',
      'imits',
      '-',
      '%',
      'muoi mot',
      'SAO',
      'bắc',
      'x',
      'giới.hạn',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 10 }), fc.constantFrom(' ', ', ', '  '), async (words, between) => {
        const q = words.join(between);
        const patterns = searchPatterns(q);
        const isFound = patterns.length > 0 && patterns.every((pattern) => stored.includes(pattern.slice(1, -1)));
        expect((await list({ q })).length === 1).toBe(isFound);
      }),
      { numRuns: 150 },
    );
    expect(platform.calls.every(({ outcome }) => outcome === 'ok')).toBe(true);
  });
});

test('an offer tells whether it is sold out and how often it was used, and nothing of its stock, codes or rule', async () => {
  const { platform, add, member } = started();
  const offer = add('A', { stock: 1, codes: 'pool', eligibility: { version: 1, all: [{ fact: 'verified' }] } });
  const get = async (): Promise<object> => Object(await platform.invoke(member, 'offers.get', { params: { offerId: offer.id } }));
  expect(await get()).toMatchObject({ soldOut: false, usedByMember: 0, whyForMe: [{ fact: 'verified', holds: true }] });
  const taken = platform.store.claim(platform.members.lan, offer);
  expect(await get()).toMatchObject({ soldOut: true, usedByMember: 1 });
  platform.store.move(taken, 'REVERSED', { reason: 'trả hàng' });
  expect(await get()).toMatchObject({ soldOut: false, usedByMember: 0 });
  for (const name of ['stock', 'budgetMinor', 'eligibility', 'funding', 'counts', 'termsVersion'])
    expect(await get()).not.toHaveProperty(name);
});
