import { draftOf } from '../../harness/partner-rooms.ts';
import type { Scenario } from './scenario.ts';

const json = { 'content-type': 'application/json' };
const unknown = { offerId: '01936b5e-7c00-7000-8000-000000000001' };
const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;

/** What is said before an operation is reached: of languages, headers, bodies. */
export const requestScenarios: readonly Scenario[] = [
  {
    title: 'the language of an answer is what is preferred most, and Vietnamese where nothing of ours is',
    play: async (_stage, { call }) => {
      for (const language of [
        'en',
        'en-GB,en;q=0.9,vi;q=0.8',
        'vi-VN,vi;q=0.9,en;q=0.8',
        'en;q=0.3, vi;q=0.9',
        'vi;q=0.3, en;q=0.9',
        'en;q=0, fr',
        'fr, de;q=0.5',
        'fr;q=1, en;q=0.1',
        '*',
        'enm',
        'en;q=nonsense',
        'EN',
      ])
        await call('partner', 'partner.offers.get', { params: unknown, headers: { 'accept-language': language } });
    },
  },
  {
    title: 'a body is judged by its kind, its depth, its texts and its fields, in this order',
    isAboutRefusals: true,
    play: async (_stage, { call }) => {
      const send = (body: string, headers = json) => call('partner', 'partner.offers.create', { body, headers });
      await send('');
      await send('{}');
      await send('[]');
      await send('null');
      await send('"text"');
      await send('{');
      await send('{"a":1}x');
      await send('\uFEFF{"a":1}');
      await send('{"__proto__":{"title":1},"constructor":1}');
      await send('{"title":1,"title":2}');
      for (const levels of [30, 31, 32, 33, 500]) await send(nested(levels));
      await send('{"title":{"vi":"\\u0000","en":"\\ud800"}}');
      await send('{"terms":["\\udc00"],"title":{"vi":"\\u0000"}}');
      for (const type of [
        'application/json; charset=utf-8',
        'APPLICATION/JSON',
        'application/vnd.api+json',
        'text/json',
        'application/x-www-form-urlencoded',
      ])
        await send('{}', { 'content-type': type });
      await call('partner', 'partner.redemptions.confirm', {
        params: { redemptionId: unknown.offerId },
        body: { presented: 'x'.repeat(5_000) },
      });
    },
  },
  {
    title: 'a path, a query and a key as no client writes them',
    isAboutRefusals: true,
    play: async (_stage, { call }) => {
      for (const offerId of [
        '..',
        '%2e%2e',
        'ID',
        '01936B5E-7C00-7000-8000-000000000001',
        ' 01936b5e-7c00-7000-8000-000000000001',
        'đường',
        "' OR 1=1 --",
      ])
        await call('partner', 'partner.offers.get', { params: { offerId } });
      for (const query of [
        { limit: '1e1' },
        { limit: ' 5 ' },
        { limit: '-1' },
        { limit: '٣' },
        { cursor: '' },
        { state: '' },
        { state: 'draft ' },
        { Limit: 1 },
        { 'limit[]': 1 },
      ])
        await call('partner', 'partner.offers.list', { query });
      const body = { stock: 5 };
      for (const key of ['k', '"k"', ' k', 'a b', '"', '""', 'k'.repeat(255), 'k'.repeat(256)])
        await call('partner', 'partner.offers.change', { params: unknown, body, key });
    },
  },
  {
    title: 'a reply that was kept for its key is told again in the language of whoever asks again',
    play: async (_stage, { call }) => {
      const create = (language: string, body: object) =>
        call('partner', 'partner.offers.create', { body, key: 'k-create', headers: { 'accept-language': language } });
      await create('vi', draftOf());
      await create('en', draftOf());
      await create('en', draftOf({ stock: 11 }));
      await create('vi', draftOf({ stock: 11 }));
    },
  },
];
