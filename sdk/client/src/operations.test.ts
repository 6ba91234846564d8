import type { OperationId } from '@chung/contracts';
import { OPERATIONS } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { operationsOver } from './operations.ts';
import type { LooseInput } from './request.ts';

/** A tree over the whole registry that keeps what it was asked. */
function tree(answer: (id: string, input: LooseInput) => unknown = () => ({ items: [], nextCursor: null })) {
  const asked: { id: OperationId; input: LooseInput }[] = [];
  const root = operationsOver(OPERATIONS, async (id, input) => {
    asked.push({ id, input });
    return answer(id, input);
  });
  const at = (id: string): unknown => id.split('.').reduce<unknown>((place, name) => (place as Record<string, unknown>)[name], root);
  return {
    asked,
    root,
    at: at as (id: string) => ((...input: unknown[]) => unknown) & { all(...input: unknown[]): AsyncIterable<unknown> },
  };
}

describe('the tree', () => {
  test('has every operation at its name, and nothing stands both as an operation and as a folder', () => {
    const { at } = tree();
    for (const { id } of OPERATIONS) expect([id, typeof at(id)]).toEqual([id, 'function']);
  });

  test('puts each field where the declaration wants it: path, query or body', async () => {
    const { asked, at } = tree();
    await at('offers.list')({ q: 'cáp quang', limit: 5 });
    await at('partner.redemptions.reverse')({ redemptionId: 'r', reason: 'wrong line' }, { idempotencyKey: 'k' });
    await at('partner.offers.codes.upload')({ offerId: 'o', body: 'A\nB', contentType: 'text/csv' });
    await at('me.grants.scopes.withdraw')({ grantId: 'g', scope: 'offers:read' });
    await at('me.get')();
    expect(asked.map(({ id, input }) => [id, JSON.parse(JSON.stringify(input))])).toEqual([
      ['offers.list', { params: {}, query: { q: 'cáp quang', limit: 5 } }],
      ['partner.redemptions.reverse', { params: { redemptionId: 'r' }, body: { reason: 'wrong line' }, idempotencyKey: 'k' }],
      ['partner.offers.codes.upload', { params: { offerId: 'o' }, query: {}, body: 'A\nB', contentType: 'text/csv' }],
      ['me.grants.scopes.withdraw', { params: { grantId: 'g', scope: 'offers:read' }, query: {} }],
      ['me.get', { params: {}, query: {} }],
    ]);
  });

  test('walks a list with its path and its filters, page by page', async () => {
    const pages = [
      { items: [1, 2], nextCursor: 'b' },
      { items: [3], nextCursor: null },
    ];
    const { asked, at } = tree(() => pages[asked.length - 1]);
    const seen: unknown[] = [];
    for await (const item of at('partner.offers.codes.jobs.list').all({ offerId: 'o' })) seen.push(item);
    expect(seen).toEqual([1, 2, 3]);
    expect(asked.map(({ input }) => [input.params, input.query])).toEqual([
      [{ offerId: 'o' }, {}],
      [{ offerId: 'o' }, { cursor: 'b' }],
    ]);
  });

  test('is nobody’s to change, and knows no name that is no operation', () => {
    const { root, at } = tree();
    const loose = root as Record<string, Record<string, unknown>>;
    expect(() => {
      if (loose['offers']) loose['offers']['claim'] = () => 'mine';
    }).toThrow(TypeError);
    expect(() => Object.assign(at('offers.list'), { all: null })).toThrow(TypeError);
    expect(['constructor', 'toString', '__proto__', 'then'].map((name) => loose[name])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('refuses a registry in which one operation stands below another', () => {
    const at = (id: string) => ({ id, method: 'GET', path: '/', bodyType: 'none' }) as const;
    expect(() => operationsOver([at('a.b'), at('a.b.c')], async () => null)).toThrow('a.b.c stands below another');
  });

  test('no field has two places: a path, a query and a body never share a name', () => {
    for (const { id, path, query, body } of OPERATIONS) {
      const shape = (schema: unknown) => Object.keys((schema as { shape?: object } | null)?.shape ?? {});
      const names = [...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''), ...shape(query), ...shape(body)];
      expect([id, names.filter((name, index) => names.indexOf(name) !== index)]).toEqual([id, []]);
    }
  });
});
