// `@chung/client/partner` against the real platform: signing in, what it is granted, renewing, and tokens bound to a key.
import { connectPartner } from '@chung/client/partner';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';

let running: TestPlatform;
beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());

function app(slug = 'vinaphone') {
  const partner = running.demo.partners.find((one) => one.slug === slug);
  if (!partner) throw new Error(`the demo has ${slug}`);
  return { issuer: running.demo.issuer, clientId: partner.client.client_id, privateKey: partner.client.private_key_jwk };
}

test.each(['bearer', 'dpop'] as const)('signs in with its key and calls what it declares (%s)', async (proof) => {
  const chung = await connectPartner({ ...app(), scopes: ['partner.offers:read', 'partner.events:read'], proof });
  expect([...chung.granted].toSorted()).toEqual(['partner.events:read', 'partner.offers:read']);
  const titles: string[] = [];
  for await (const offer of chung.partner.offers.list.all({ limit: 1 })) titles.push(offer.title.vi);
  expect(titles.length).toBeGreaterThan(1);
  const { items } = await chung.partner.events.list({ limit: 1 });
  expect(items.length).toBeLessThanOrEqual(1);
  const provinces = await chung.provinces.list();
  expect(provinces.items).toHaveLength(34);
});

test('a refusal is the platform’s own, with its code, also where a token is bound to a key', async () => {
  for (const proof of ['bearer', 'dpop'] as const) {
    const chung = await connectPartner({ ...app(), scopes: ['partner.offers:read'], proof });
    const missing = chung.partner.offers.get({ offerId: '01936b5e-7c00-7000-8000-000000000001' }).catch((error: unknown) => error);
    expect(await missing).toMatchObject({ name: 'ApiError', status: 404, code: 'not_found' });
  }
});

test('a scope that the platform does not grant is named at the start; an optional one is just not there', async () => {
  const mytv = app('mytv');
  await running.owner.query(`UPDATE chung.apps SET scopes = array_remove(scopes, 'partner.codes:write') WHERE client_id = $1`, [
    mytv.clientId,
  ]);
  const needing = connectPartner({ ...mytv, scopes: ['partner.offers:read', 'partner.codes:write'] });
  await expect(needing).rejects.toMatchObject({ name: 'ScopesNotGrantedError', missing: ['partner.codes:write'] });
  const chung = await connectPartner({
    ...mytv,
    scopes: ['partner.offers:read'],
    optional: ['partner.codes:write', 'partner.events:read'],
  });
  expect([chung.has('partner.codes:write'), chung.has('partner.events:read')]).toEqual([false, true]);
  expect((await chung.partner.offers.list()).items.length).toBeGreaterThan(0);
});

test('a token that the platform no longer takes is replaced once, and the call goes through', async () => {
  const chung = await connectPartner({ ...app(), scopes: ['partner.offers:read'] });
  const plain = globalThis.fetch;
  const answers: number[] = [];
  try {
    globalThis.fetch = async (input, init) => {
      const headers = new Headers(init?.headers);
      // As after a restart with other keys: the first token is worth nothing any more.
      if (answers.length === 0 && headers.has('authorization')) headers.set('authorization', 'Bearer worthless');
      const answer = await plain(input, { ...init, headers });
      if (String(input).includes('/v1/')) answers.push(answer.status);
      return answer;
    };
    expect((await chung.partner.offers.list({ limit: 1 })).items).toHaveLength(1);
  } finally {
    globalThis.fetch = plain;
  }
  expect(answers).toEqual([401, 200]);
});

test('a key that is not the app’s is refused by the platform, in one clear sentence', async () => {
  const { privateKey } = app('mytv');
  const stranger = connectPartner({ ...app(), privateKey, scopes: ['partner.offers:read'] });
  await expect(stranger).rejects.toMatchObject({ error: 'invalid_client' });
});

test('a caller who gives up is let go at once', async () => {
  for (const proof of ['bearer', 'dpop'] as const) {
    const chung = await connectPartner({ ...app(), scopes: ['partner.offers:read'], proof });
    const gone = AbortSignal.abort(new Error('never mind'));
    await expect(chung.partner.offers.list({}, { signal: gone })).rejects.toThrow('never mind');
  }
});
