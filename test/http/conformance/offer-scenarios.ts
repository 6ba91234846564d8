import type { OperationId } from '@chung/contracts';
import { draftOf, inDays } from '../../harness/partner-rooms.ts';
import { byLottery } from '../../harness/queue-stage.ts';
import type { Scenario } from './scenario.ts';
import { claim, codesFor, idOf, published } from './stage.ts';

const body = {};
const words = (vi: string, en: string) => ({ vi, en });

export const offerScenarios: readonly Scenario[] = [
  {
    title: 'an offer is written, refused, changed, approved, changed again',
    play: async (stage, { call }) => {
      const offerId = idOf(await call('partner', 'partner.offers.create', { body: draftOf() }));
      const params = { offerId };
      await call('partner', 'partner.offers.get', { params });
      await call('other', 'partner.offers.get', { params });
      await call('lan', 'offers.get', { params });
      await call('partner', 'partner.offers.change', { params, body });
      await call('partner', 'partner.offers.change', { params, body: { stock: 12 } });
      await call('partner', 'partner.offers.change', { params, body: { title: words('Giảm giá mới', 'A new discount') } });
      await call('other', 'partner.offers.submit', { params, body });
      await call('partner', 'partner.offers.submit', { params, body });
      await call('partner', 'partner.offers.submit', { params, body });
      await call('partner', 'partner.offers.change', { params, body: { stock: 13 } });
      await stage.review(offerId, 'refuse');
      await call('partner', 'partner.offers.get', { params });
      await call('partner', 'partner.offers.submit', { params, body });
      await call('partner', 'partner.offers.change', { params, body: { stock: 14 } });
      await call('partner', 'partner.offers.submit', { params, body });
      await stage.review(offerId);
      await call('partner', 'partner.offers.list', { query: { limit: 1, state: 'published' } });
      await call('lan', 'offers.get', { params });
      await claim(stage.as('lan'), offerId);
      await claim(stage.as('minh'), offerId);
      await call('partner', 'partner.offers.change', { params, body: { stock: 1 } });
      await call('partner', 'partner.offers.change', { params, body: { budgetMinor: 1 } });
      await call('partner', 'partner.offers.change', { params, body: { stock: 20 } });
      await call('partner', 'partner.offers.submit', { params, body });
      await call('partner', 'partner.offers.change', { params, body: { limits: { perMember: 2, perMemberPerDay: null } } });
      await call('lan', 'offers.get', { params });
      await call('lan', 'offers.claim', { params, body });
      await call('partner', 'partner.offers.list', { query: { limit: 1, state: 'draft' } });
    },
  },
  {
    title: 'terms that no offer may have are refused with each field',
    isAboutRefusals: true,
    play: async (_stage, { call }) => {
      const draft = draftOf();
      const write = (changes: object) => call('partner', 'partner.offers.create', { body: { ...draft, ...changes } });
      await write({ stock: 0 });
      await write({ title: words('', 'x') });
      await write({ title: { vi: 'Chỉ tiếng Việt' } });
      await write({ window: { startsAt: inDays(2), endsAt: inDays(1) } });
      await write({ funding: [{ by: 'partner', shareBasisPoints: 5_000 }] });
      await write({
        funding: [
          { by: 'partner', shareBasisPoints: 5_000 },
          { by: 'partner', shareBasisPoints: 5_000 },
        ],
      });
      await write({ surprise: true });
      await write({ title: words('Có \u0000 NUL', 'x') });
      await write({ allocation: { mode: 'lottery', entriesFrom: inDays(2), entriesUntil: inDays(1), acceptMinutes: 5 } });
      await write({ allocation: { mode: 'lottery', entriesFrom: inDays(-9), entriesUntil: inDays(99), acceptMinutes: 5 } });
      await call('partner', 'partner.offers.create', { body: 'no json', headers: { 'content-type': 'application/json' } });
      await call('partner', 'partner.offers.create', { body: '3', headers: { 'content-type': 'application/json' } });
      await call('partner', 'partner.offers.create', { body: 'x', headers: { 'content-type': 'text/plain' } });
      await call('partner', 'partner.offers.list', { query: { state: 'nonsense', limit: 5_000 } });
      await call('partner', 'partner.offers.list', { query: { surprise: 1 } });
      await call('partner', 'partner.offers.get', { params: { offerId: 'x' } });
    },
  },
  {
    title: 'the checks of a submission name their rules: prices, texts, times, limits, codes, eligibility',
    isAboutRefusals: true,
    play: async (stage, { call }) => {
      const submitted = async (changes: Parameters<typeof draftOf>[0]) => {
        const offerId = idOf(await stage.as('partner').call('partner.offers.create', { body: draftOf(changes) }));
        await call('partner', 'partner.offers.submit', { params: { offerId }, body });
      };
      await submitted({ benefit: { kind: 'percentage', rateBasisPoints: 6_000, maxDiscountMinor: null } });
      await submitted({ benefit: { kind: 'percentage', rateBasisPoints: 6_000, maxDiscountMinor: 20_000 } });
      await submitted({ benefit: { kind: 'fixed_amount', discountMinor: 150_000 } });
      await submitted({ regularPriceMinor: 0 });
      await submitted({
        benefit: {
          kind: 'bundle',
          bundlePriceMinor: 90_000,
          items: [
            { name: words('Gói mạng', 'Internet'), regularPriceMinor: 30_000 },
            { name: words('Truyền hình', 'Television'), regularPriceMinor: 40_000 },
          ],
        },
      });
      await submitted({ benefit: { kind: 'cashback', cashbackMinor: 9_000, minimumSpendMinor: 5_000, vestingDays: 7 } });
      await submitted({ benefit: { kind: 'trial', days: 30, renewalPriceMinor: null } });
      await submitted({ title: words('Same', 'same'), summary: words('khong dau', 'No marks'), terms: words('Same', 'Same') });
      await submitted({ window: { startsAt: inDays(-9), endsAt: inDays(-1) } });
      await submitted({ window: { startsAt: inDays(1), endsAt: inDays(400) } });
      await submitted({ window: { startsAt: inDays(1), endsAt: inDays(200) } });
      await submitted({ stock: 2, limits: { perMember: 3, perMemberPerDay: 4 } });
      await submitted({ codes: 'pool', stock: 3 });
      await submitted({
        funding: [
          { by: 'platform', shareBasisPoints: 2_500 },
          { by: 'partner', shareBasisPoints: 7_500 },
        ],
      });
      await submitted({
        fulfilment: { mode: 'partner_confirmed', holdMinutes: 60 * 24 * 30 },
        window: { startsAt: inDays(0), endsAt: inDays(1) },
      });
      await submitted({
        eligibility: {
          version: 1,
          all: [
            { fact: 'age', atLeastYears: 30, belowYears: 20 },
            { fact: 'province', in: ['99', '01'] },
          ],
        },
      });
      await submitted({
        eligibility: {
          version: 1,
          all: [
            { fact: 'province', in: ['01'] },
            { fact: 'province', in: ['79'] },
          ],
        },
      });
    },
  },
  {
    title: 'codes: a file with every kind of line, a generation, a look at the jobs',
    isAboutRefusals: true,
    play: async (stage, { call }) => {
      const offerId = idOf(await call('partner', 'partner.offers.create', { body: draftOf({ codes: 'pool', stock: 3 }) }));
      const params = { offerId };
      const [one, two] = codesFor(2);
      const text = { 'content-type': 'text/plain' };
      const file = `\uFEFF\n\nMã,ghi chú\n"${one}";x\n ${two} \n${one}\nabc\n${'X'.repeat(70)}\nmã có dấu\n\nDUP-0001\nDUP-0001`;
      const job = await call('partner', 'partner.offers.codes.upload', { params, body: file, headers: text });
      await call('partner', 'partner.offers.codes.upload', {
        params,
        body: `${two}\ncode\nNEW-00001\n`,
        headers: { 'content-type': 'text/csv' },
      });
      await call('partner', 'partner.offers.codes.upload', { params, body: '{}', headers: { 'content-type': 'application/json' } });
      await call('partner', 'partner.offers.codes.upload', { params, query: { jobId: idOf(job), offset: 3 }, body: 'x', headers: text });
      await call('partner', 'partner.offers.codes.upload', { params, query: { offset: 3 }, body: 'x', headers: text });
      await call('other', 'partner.offers.codes.upload', { params, body: 'AAAA-0001', headers: text });
      await call('partner', 'partner.offers.codes.generate', { params, body: { count: 5, length: 8 } });
      await call('partner', 'partner.offers.codes.generate', { params, body: { count: 5, alphabet: 'digits' } });
      const made = await call('partner', 'partner.offers.codes.generate', { params, body: { count: 5, prefix: 'QUA-' } });
      await call('partner', 'partner.offers.codes.generate', { params, body: { count: 1 } });
      await call('partner', 'partner.offers.codes.upload', { params, body: 'AAAA-0001', headers: text });
      await call('partner', 'partner.offers.codes.jobs.cancel', { params: { offerId, jobId: idOf(made) }, body });
      await call('partner', 'partner.offers.codes.jobs.cancel', { params: { offerId, jobId: idOf(made) }, body });
      const again = await call('partner', 'partner.offers.codes.generate', { params, body: { count: 5 } });
      await stage.generationsEnd();
      const done = await stage.as('partner').call('partner.offers.codes.jobs.get', { params: { offerId, jobId: idOf(again) } });
      if (done.body['state'] !== 'done' || done.body['added'] !== 5) throw new Error(`the generation is ${JSON.stringify(done.body)}`);
      await call('partner', 'partner.offers.codes.jobs.list', { params, query: { limit: 2 } });
      await call('other', 'partner.offers.codes.jobs.list', { params });
      await call('partner', 'partner.offers.codes.jobs.get', { params: { offerId, jobId: offerId } });
      await call('partner', 'partner.offers.get', { params });
      const plain = idOf(await call('partner', 'partner.offers.create', { body: draftOf() }));
      await call('partner', 'partner.offers.codes.upload', { params: { offerId: plain }, body: 'AAAA-0001', headers: text });
      await call('partner', 'partner.offers.codes.generate', { params: { offerId: plain }, body: { count: 1 } });
    },
  },
  {
    title: 'a change is judged together with what it leaves as it was',
    isAboutRefusals: true,
    play: async (_stage, { call }) => {
      const offerId = idOf(await call('partner', 'partner.offers.create', { body: draftOf(byLottery()) }));
      const params = { offerId };
      await call('partner', 'partner.offers.change', { params, body: { window: { startsAt: inDays(5), endsAt: inDays(6) } } });
      await call('partner', 'partner.offers.change', { params, body: { allocation: { mode: 'first_come', waitingList: 'on' } } });
      await call('partner', 'partner.offers.change', { params, body: { budgetMinor: 5 } });
      await call('partner', 'partner.offers.change', { params, body: { codes: 'pool' } });
      await call('partner', 'partner.offers.change', { params, body: { stock: 0 } });
      await call('partner', 'partner.offers.change', { params: { offerId: '01936b5e-7c00-7000-8000-000000000001' }, body: { stock: 5 } });
    },
  },
  {
    title: 'pages: every item once, cursors of one list alone, limits',
    play: async (stage, { call }) => {
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) ids.push(await published(stage, draftOf({ limits: { perMember: 3, perMemberPerDay: null } })));
      for (const offerId of ids) await claim(stage.as('lan'), offerId);
      const walk = async (who: 'partner', id: OperationId, query: object) => {
        const cursors: unknown[] = [];
        for (let cursor: unknown; cursor !== null && cursors.length < 4; ) {
          const page = await call(who, id, { query: { ...query, limit: 2, ...(cursor !== undefined && { cursor }) } });
          cursor = page.body['nextCursor'];
          cursors.push(cursor);
        }
        return cursors;
      };
      await walk('partner', 'partner.offers.list', {});
      const [first] = await walk('partner', 'partner.redemptions.list', {});
      await walk('partner', 'partner.events.list', {});
      await call('partner', 'partner.offers.list', { query: { cursor: first } });
      for (const limit of ['0', '101', 'x', '1.5', '']) await call('partner', 'partner.offers.list', { query: { limit } });
      await call('partner', 'partner.offers.list', { query: { cursor: 'x'.repeat(600) } });
      await call('partner', 'partner.offers.create', { body: draftOf(), key: 'k'.repeat(256) });
      await call('partner', 'partner.offers.create', { key: 'k' });
    },
  },
];
