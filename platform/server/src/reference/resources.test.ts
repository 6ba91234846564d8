import { OPERATIONS, type OperationSpec } from '@chung/contracts';
import { expect, test } from 'vitest';
import { anchorOf, operationLink, operationPlace, RESOURCES, resourceOf } from './resources.ts';

const ALL: readonly OperationSpec[] = OPERATIONS;
const [sample] = ALL;
if (!sample) throw new Error('there is no operation');
const named = (id: string): OperationSpec => ({ ...sample, id });

test('every operation that there is belongs to a page with words, none is left to its first word', () => {
  const stray = ALL.filter((operation) => !RESOURCES.includes(resourceOf(operation))).map(({ id }) => id);
  expect(stray).toEqual([]);
});

test('every page has operations, a name of its own and words in both languages', () => {
  const used = new Set(ALL.map((operation) => resourceOf(operation).page));
  expect(RESOURCES.map(({ page }) => page).filter((page) => !used.has(page))).toEqual([]);
  expect(new Set(RESOURCES.map(({ page }) => page)).size).toBe(RESOURCES.length);
  for (const { title } of RESOURCES) {
    expect([title.vi, title.en]).not.toContain('');
    expect(title.vi).not.toBe(title.en);
  }
});

test.each([
  ['offers.list', 'offers'],
  ['offers.queue.join', 'queues'],
  ['partner.offers.create', 'partner-offers'],
  ['partner.offers.codes.upload', 'partner-codes'],
  ['partner.profile.get', 'partner'],
  ['partners.register', 'partner'],
  ['partnership.list', 'partnership'],
  ['offersx.list', 'offersx'],
  ['news', 'news'],
])('%s stands on the page %s: the longest beginning of whole words wins', (id, page) => {
  expect(resourceOf(named(id)).page).toBe(page);
});

test('an anchor is the one that the heading of the operation gets, and no two on a page are one', () => {
  expect(anchorOf(named('partner.offers.codes.upload'))).toBe('partnerofferscodesupload');
  const places = ALL.map(operationPlace);
  expect(new Set(places).size).toBe(places.length);
});

test('a link leads from wherever it stands to the page and to the heading in it', () => {
  expect(operationLink(named('offers.list'), '../api')).toBe('[`offers.list`](../api/offers.md#offerslist)');
});
