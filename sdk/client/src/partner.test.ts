// What a backend is granted at its start, from a platform that refuses scopes in every way that there is.
import type { PartnerScope } from '@chung/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { type Answer, newAppKey, type ScriptedPlatform, scriptedPlatform } from '../testing/scripted-platform.ts';
import { connectPartner } from './partner.ts';

const open: ScriptedPlatform[] = [];
afterEach(() => {
  for (const platform of open.splice(0)) platform.close();
});

/** A start against a platform that answers each request for a token so. */
async function start(token: (scopes: readonly string[], count: number) => Answer, optional: readonly PartnerScope[] = []) {
  const platform = await scriptedPlatform({ token: ({ form }, count) => token((form.get('scope') ?? '').split(' '), count) });
  open.push(platform);
  const settings = { issuer: platform.issuer, clientId: 'app', privateKey: await newAppKey(), scopes: ['partner.offers:read'] } as const;
  const outcome = await connectPartner({ ...settings, optional }).then(
    (client) => ({ granted: [...client.granted].toSorted(), error: null }),
    (error: unknown) => ({ granted: [], error }),
  );
  return { ...outcome, asked: platform.asked('/token').map(({ form }) => form.get('scope')) };
}

const given = (scope?: string): Answer => ({ body: { access_token: 't', token_type: 'Bearer', expires_in: 300, ...(scope && { scope }) } });
const refused = (error: string, scope?: string): Answer => ({ status: 400, body: { error, ...(scope && { scope }) } });
const CODES = 'partner.codes:write';
const EVENTS = 'partner.events:read';

describe('a platform that grants', () => {
  test('all, and does not repeat what, has granted what was asked (RFC 6749 §5.1)', async () => {
    const { granted, asked } = await start(() => given(), [CODES]);
    expect([granted, asked]).toEqual([[CODES, 'partner.offers:read'], [`partner.offers:read ${CODES}`]]);
  });

  test('less than is optional starts without it', async () => {
    expect(await start(() => given('partner.offers:read'), [CODES])).toMatchObject({ granted: ['partner.offers:read'], error: null });
  });

  test('less than is declared does not start, and names what is missing', async () => {
    const { error } = await start(() => given(CODES), [CODES]);
    expect(error).toMatchObject({ name: 'ScopesNotGrantedError', missing: ['partner.offers:read'] });
  });
});

describe('a platform that refuses', () => {
  /** Refuses the first of these that is asked for, as one that finds them one by one. */
  const without =
    (...names: readonly string[]) =>
    (scopes: readonly string[]): Answer => {
      const found = names.find((name) => scopes.includes(name));
      return found ? refused('invalid_scope', found) : given(scopes.join(' '));
    };

  test('optional scopes by name, one by one or together, is asked again without them', async () => {
    const all = `partner.offers:read ${CODES} ${EVENTS}`;
    const oneByOne = await start(without(CODES, EVENTS), [CODES, EVENTS]);
    expect([oneByOne.granted, oneByOne.asked]).toEqual([
      ['partner.offers:read'],
      [all, `partner.offers:read ${EVENTS}`, 'partner.offers:read'],
    ]);
    const together = await start(
      (_scopes, count) => (count === 0 ? refused('invalid_scope', `${CODES} ${EVENTS}`) : given()),
      [CODES, EVENTS],
    );
    expect([together.granted, together.asked]).toEqual([['partner.offers:read'], [all, 'partner.offers:read']]);
  });

  test('a declared scope is not asked again, also where it refuses an optional one with it', async () => {
    for (const names of ['partner.offers:read', `${CODES} partner.offers:read`]) {
      const { error, asked } = await start(() => refused('invalid_scope', names), [CODES]);
      expect(error).toMatchObject({ name: 'ScopesNotGrantedError', missing: ['partner.offers:read'] });
      expect(asked).toHaveLength(1);
    }
  });

  test.each([
    ['without a name', refused('invalid_scope')],
    ['a scope that nobody asked for', refused('invalid_scope', 'partner.revenue:read')],
    ['the app itself', refused('invalid_client')],
    ['an optional scope, but as another error', refused('invalid_target', CODES)],
    ['with names that are no text', { status: 400, body: { error: 'invalid_scope', scope: 7 } }],
  ])('%s is told as it is, and asked once', async (_what, answer) => {
    const { error, asked } = await start(() => answer, [CODES]);
    expect(error).toMatchObject({ error: Reflect.get(Object(answer.body), 'error') });
    expect(asked).toHaveLength(1);
  });

  test('a scope again although it was not asked for any more is told as it is, not asked without end', async () => {
    const { error, asked } = await start(() => refused('invalid_scope', CODES), [CODES, EVENTS]);
    expect(error).toMatchObject({ error: 'invalid_scope' });
    expect(asked).toEqual([`partner.offers:read ${CODES} ${EVENTS}`, `partner.offers:read ${EVENTS}`]);
  });

  test('by falling over is told as it is', async () => {
    const { error, asked } = await start(() => ({ status: 500, body: '<html>' }), [CODES]);
    expect(error).toBeInstanceOf(Error);
    expect(asked).toHaveLength(1);
  });
});
