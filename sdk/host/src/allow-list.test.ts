// What a mini-app can be given at all, held against the registry operation by operation.
import { OPERATIONS, type OperationSpec, SCOPES } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { type AllowedOperation, allowListOf, MINI_APP_OPERATIONS } from './allow-list.ts';

const SPECS = new Map(OPERATIONS.map((one): [string, OperationSpec] => [one.id, one]));
const given: ReadonlySet<string> = new Set(MINI_APP_OPERATIONS.map(({ id }) => id));
const withheld = OPERATIONS.filter(({ id }) => !given.has(id)).map(({ id }) => id);

test.each([...given])('%s asks for a scope that a member grants, or is a reading for anybody', (id) => {
  const spec = SPECS.get(id);
  expect(spec?.bodyType).not.toBe('stream');
  if (spec?.actor === 'public') expect([spec.method, spec.scope]).toEqual(['GET', null]);
  else {
    expect(spec?.actor).toBe('member');
    const scope = spec?.scope ? SCOPES[spec.scope] : null;
    expect(scope?.holder).toBe('member');
    expect(scope?.sensitivity).not.toBe('first-party');
  }
});

test.each(withheld)('%s is never given: it writes for anybody, uploads, or is not a member’s to grant', (id) => {
  const spec = SPECS.get(id);
  const scope = spec?.scope ? SCOPES[spec.scope] : null;
  const reasons = [
    spec?.actor === 'partner' || spec?.actor === 'admin',
    spec?.actor === 'public' && spec.method !== 'GET',
    spec?.bodyType === 'stream',
    scope?.sensitivity === 'first-party',
    spec?.actor === 'member' && scope === null,
  ];
  expect(reasons).toContain(true);
  expect(() => allowListOf([{ id } as AllowedOperation])).toThrow(new TypeError(`A mini-app can never be given ${id}.`));
});

describe('a list of a host', () => {
  test('has what it names and nothing else, for every version unless told', () => {
    const list = allowListOf([{ id: 'offers.list', minimumHost: 4 }, { id: 'me.get' }]);
    expect([...list].map(([id, { minimumHost, operation }]) => [id, minimumHost, operation.id])).toEqual([
      ['offers.list', 4, 'offers.list'],
      ['me.get', 0, 'me.get'],
    ]);
    expect(list.get('redemptions.list')).toBeUndefined();
  });

  test.each(['', 'nonsense', 'constructor', '__proto__', 'toString', 'OFFERS.LIST', 'offers.list '])('does not start with “%s”', (id) => {
    expect(() => allowListOf([{ id: 'me.get' }, { id } as AllowedOperation])).toThrow(TypeError);
  });

  test('that is empty lets nothing through', () => {
    expect(allowListOf([]).size).toBe(0);
  });
});
