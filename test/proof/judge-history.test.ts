// Histories forged so that each is wrong in one way: a checker that cannot fail proves nothing.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Entry, type FinalRedemption, HistoryWriter, OFFER_COLUMNS, REDEMPTION_COLUMNS, readHistory, writeTable } from './history.ts';
import { judgeHistory } from './judge-history.ts';

const entry = (changes: Partial<Entry>): Entry => ({
  operation: 'claim',
  invoked: 10,
  returned: 20,
  member: 'm1',
  offer: 'o1',
  key: 'k1',
  outcome: 'ok',
  redemption: changes.outcome === undefined || changes.outcome === 'ok' ? 'r1' : '',
  detail: '',
  ...changes,
});
const row = (changes: Partial<FinalRedemption> = {}): FinalRedemption => ({
  id: 'r1',
  offer: 'o1',
  member: 'm1',
  key: 'k1',
  state: 'REDEEMED',
  ...changes,
});
const second = { key: 'k2', redemption: 'r2', member: 'm2' };
const rowTwo = row({ id: 'r2', key: 'k2', member: 'm2' });
const refused = (changes: Partial<Entry>) => entry({ outcome: 'offer_sold_out', redemption: '', key: 'k9', member: 'm9', ...changes });

interface Case {
  readonly entries: readonly Entry[];
  readonly redemptions?: readonly FinalRedemption[];
  readonly stock?: number;
  readonly perMember?: number;
}

function broken({ entries, redemptions = [row()], stock = 1, perMember = 1 }: Case): string[] {
  const rules = judgeHistory({ entries, redemptions, offers: [{ offer: 'o1', stock, perMember }] });
  return rules.filter((rule) => rule.broken > 0).map(({ name }) => name.split(' ')[0] ?? '');
}

test.each<[string, Case]>([
  ['one claim, acknowledged', { entries: [entry({})] }],
  ['a claim that got no answer and happened', { entries: [entry({ outcome: 'lost', redemption: '' })] }],
  ['a claim that got no answer and did not happen', { entries: [entry({ outcome: 'lost', redemption: '' })], redemptions: [] }],
  ['a lost claim, asked for again', { entries: [entry({ outcome: 'lost', redemption: '' }), entry({ invoked: 30, returned: 40 })] }],
  ['sold out after the last unit went', { entries: [entry({}), refused({ invoked: 30, returned: 40 })] }],
  ['sold out at the same time as the last unit went', { entries: [entry({}), refused({ invoked: 5, returned: 11 })] }],
  [
    'sold out while a lost claim may have had the unit',
    { entries: [entry({ outcome: 'lost', redemption: '' }), refused({ invoked: 30, returned: 40 })] },
  ],
  [
    'a unit that was given back and taken again',
    {
      entries: [
        entry({}),
        entry({ operation: 'cancel', invoked: 30, returned: 40, key: 'c' }),
        entry({ ...second, invoked: 31, returned: 50 }),
      ],
      redemptions: [row({ state: 'RELEASED' }), rowTwo],
    },
  ],
  [
    'one unit more after the stock was raised',
    {
      entries: [
        entry({}),
        entry({ operation: 'stock', detail: '2', redemption: '', invoked: 30, returned: 40 }),
        entry({ ...second, invoked: 35, returned: 36 }),
      ],
      redemptions: [row(), rowTwo],
    },
  ],
  [
    'a second use of a key on another offer, refused',
    { entries: [entry({}), entry({ offer: 'o2', invoked: 30, returned: 40, outcome: 'idempotency_key_reused' })] },
  ],
])('%s is in order', (_name, one) => {
  expect(broken(one)).toEqual([]);
});

test.each<[string, string, Case]>([
  ['H0', 'an answer of 500', { entries: [entry({}), entry({ key: 'k3', outcome: 'internal' })] }],
  ['H1', 'an acknowledged claim that is not there', { entries: [entry({})], redemptions: [] }],
  ['H1', 'an acknowledged claim with another id', { entries: [entry({ redemption: 'r7' })] }],
  [
    'H1',
    'an acknowledged claim that is there twice',
    { entries: [entry({})], redemptions: [row(), row({ id: 'r5' })], stock: 2, perMember: 2 },
  ],
  [
    'H2',
    'a key that first made something and then is sold out',
    { entries: [entry({}), entry({ invoked: 30, returned: 40, outcome: 'offer_sold_out' })] },
  ],
  ['H2', 'a key that works again on another offer', { entries: [entry({}), entry({ offer: 'o2', invoked: 30, returned: 40 })] }],
  ['H2', 'a key with two codes', { entries: [entry({ detail: 'A' }), entry({ invoked: 30, returned: 40, detail: 'B' })] }],
  [
    'H3',
    'a lost claim that happened twice',
    { entries: [entry({ outcome: 'lost' })], redemptions: [row(), row({ id: 'r5' })], stock: 2, perMember: 2 },
  ],
  ['H3', 'a redemption nobody asked for', { entries: [entry({})], redemptions: [row(), rowTwo], stock: 2 }],
  [
    'H4',
    'a code for two redemptions',
    { entries: [entry({ detail: 'A' }), entry({ ...second, detail: 'A' })], redemptions: [row(), rowTwo], stock: 2 },
  ],
  ['H5', 'a cancellation that did not last', { entries: [entry({}), entry({ operation: 'cancel', invoked: 30, returned: 40 })] }],
  [
    'H5',
    'a reversal that came undone',
    { entries: [entry({}), entry({ operation: 'reverse', invoked: 30, returned: 40 })], redemptions: [row({ state: 'FULFILLED' })] },
  ],
  ['H6', 'more redemptions than stock', { entries: [entry({}), entry(second)], redemptions: [row(), rowTwo] }],
  [
    'H6',
    'a unit taken again before it was given back',
    {
      entries: [
        entry({}),
        entry({ ...second, invoked: 21, returned: 25 }),
        entry({ operation: 'cancel', invoked: 30, returned: 40, key: 'c' }),
      ],
      redemptions: [row({ state: 'RELEASED' }), rowTwo],
    },
  ],
  ['H7', 'sold out before anything was taken', { entries: [refused({ invoked: 1, returned: 5 }), entry({})] }],
  ['H7', 'sold out with units left', { entries: [entry({}), refused({ invoked: 30, returned: 40 })], stock: 2 }],
  [
    'H7',
    'sold out although the hold had expired and was swept',
    {
      entries: [
        entry({}),
        entry({ operation: 'lapse', invoked: 25, returned: 26, outcome: 'lost', redemption: 'r1' }),
        entry({ operation: 'expire', invoked: 30, returned: 40 }),
        refused({ invoked: 41, returned: 42 }),
      ],
      redemptions: [row({ state: 'EXPIRED' })],
    },
  ],
  [
    'H8',
    'a member with two of one',
    { entries: [entry({}), entry({ key: 'k2', redemption: 'r2' })], redemptions: [row(), row({ id: 'r2', key: 'k2' })], stock: 2 },
  ],
  ['H10', 'a hold that ended before its time', { entries: [entry({})], redemptions: [row({ state: 'EXPIRED' })] }],
  ['H9', 'a limit that nobody had reached', { entries: [entry({ outcome: 'limit_reached', key: 'k4' })], redemptions: [] }],
])('%s tells %s', (rule, _name, one) => {
  expect(broken(one)).toContain(rule);
});

test('a history is read back from its files as it was written, and a file that is cut off is refused', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chung-history-'));
  try {
    const writer = new HistoryWriter(path.join(folder, 'claims-1.tsv'));
    writer.add(entry({ detail: 'AB-1' }));
    writer.flush();
    writeTable(path.join(folder, 'redemptions.tsv'), [{ ...row() }], REDEMPTION_COLUMNS);
    writeTable(path.join(folder, 'offers.tsv'), [{ offer: 'o1', stock: 1, perMember: 1 }], OFFER_COLUMNS);
    const history = { entries: [entry({ detail: 'AB-1' })], redemptions: [row()], offers: [{ offer: 'o1', stock: 1, perMember: 1 }] };
    expect(readHistory(folder)).toEqual(history);
    const file = path.join(folder, 'claims-1.tsv');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, -3));
    expect(() => readHistory(folder)).toThrow('cut off');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
