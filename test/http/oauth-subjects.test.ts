// Who a member is to each partner, on the whole platform: one id a partner, the same wherever that partner looks, and no way to join two.
import * as oauth from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DemoFile } from '../../platform/server/src/demo/file.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { backendOf, throughPages } from '../harness/tokens.ts';
import { Visitor } from '../harness/visitor.ts';

let running: TestPlatform;
beforeAll(async () => {
  running = await startTestPlatform();
}, 120_000);
afterAll(() => running?.close());

type DemoPartner = DemoFile['partners'][number];
const at = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index];
  if (item === undefined) throw new Error('the demo is smaller than this test thinks');
  return item;
};

/** A member signs in to a partner's app and allows everything it asks. */
async function signIn(partner: DemoPartner, person: { username: string; password: string }, visitor = new Visitor()) {
  const config = await backendOf(running.baseUrl, partner.client);
  const verifier = oauth.randomPKCECodeVerifier();
  const url = await oauth.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: at(partner.client.redirect_uris, 0),
    scope: 'openid member.profile:read offers:read',
    resource: `${running.baseUrl}/v1`,
    state: 'x',
    nonce: 'n',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const back = await throughPages(visitor, url.href, person);
  const checks = { pkceCodeVerifier: verifier, expectedState: 'x', expectedNonce: 'n', idTokenExpected: true };
  const tokens = await oauth.authorizationCodeGrant(config, back, checks, { resource: `${running.baseUrl}/v1` });
  return { config, tokens };
}

const get = async (path: string, token: string) => {
  const answer = await fetch(running.baseUrl + path, { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.json() };
};
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** Every place where a partner's app reads who the member is. */
async function everySubject(partner: DemoPartner, person: { username: string; password: string }) {
  const { config, tokens } = await signIn(partner, person);
  const [me, introspected] = [await get('/v1/me', tokens.access_token), await oauth.tokenIntrospection(config, tokens.access_token)];
  const userinfo = await oauth.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '');
  const { rows } = await running.owner.query(
    `SELECT data->>'memberRef' AS ref FROM chung.outbox WHERE type = 'consent.granted.v1' AND data->>'clientId' = $1 ORDER BY id DESC LIMIT 1`,
    [partner.client.client_id],
  );
  return {
    idToken: tokens.claims()?.sub,
    accessToken: claimsOf(tokens.access_token).sub,
    introspection: introspected.sub,
    userinfo: userinfo.sub,
    me: me.body.id,
    ...(rows[0] && { event: rows[0].ref }),
  };
}

test('one partner sees one id of a member in tokens, userinfo, introspection, the API and events', async () => {
  const subjects = await everySubject(at(running.demo.partners, 0), at(running.demo.members, 0));
  expect(Object.keys(subjects)).toContain('event');
  expect(new Set(Object.values(subjects)).size).toBe(1);
  expect(subjects.me).toMatch(/^[\w-]{32}$/);
});

test('another partner sees another id, another member has another id, and the same member comes back as the same', async () => {
  const [one, two] = [at(running.demo.partners, 0), at(running.demo.partners, 1)];
  const [an, binh] = [at(running.demo.members, 0), at(running.demo.members, 1)];
  const subjects = [await everySubject(one, an), await everySubject(two, an), await everySubject(one, binh)].map(({ me }) => me);
  expect(new Set(subjects).size).toBe(3);
  expect((await everySubject(one, an)).me).toBe(subjects[0]);
});

test('neither the member’s id, code, name of account, phone nor e-mail is in what an app without these scopes gets', async () => {
  const person = at(running.demo.members, 0);
  const { config, tokens } = await signIn(at(running.demo.partners, 0), person);
  const { rows } = await running.owner.query(`SELECT id, member_id FROM chung.accounts WHERE username = $1`, [person.username]);
  const seen = JSON.stringify([
    claimsOf(tokens.access_token),
    tokens.claims(),
    await oauth.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? ''),
    await oauth.tokenIntrospection(config, tokens.access_token),
    (await get('/v1/me', tokens.access_token)).body,
  ]);
  for (const secret of [rows[0].id, rows[0].member_id, person.username, '"phone"', '"email"', 'birthYear'])
    expect(seen).not.toContain(secret);
});

test('userinfo answers the app’s own token with the id alone, and nobody else’s', async () => {
  const { config, tokens } = await signIn(at(running.demo.partners, 0), at(running.demo.members, 0));
  expect(await get('/oauth/userinfo', tokens.access_token)).toEqual({ status: 200, body: { sub: tokens.claims()?.sub } });
  const own = await oauth.clientCredentialsGrant(config, { scope: 'partner.offers:read' });
  const refused = await get('/oauth/userinfo', own.access_token);
  expect([refused.status, refused.body.code]).toEqual([403, 'insufficient_scope']);
  const none = await fetch(`${running.baseUrl}/oauth/userinfo`);
  expect([none.status, (await none.json()).code]).toEqual([401, 'unauthenticated']);
});

test('a scope that the member takes back in the member app is gone from the partner’s token within a second', async () => {
  const person = at(running.demo.members, 2);
  const { tokens } = await signIn(at(running.demo.partners, 1), person);
  expect((await get('/v1/me', tokens.access_token)).body).toHaveProperty('profile');
  const { id } = (
    await running.owner.query(`SELECT g.id FROM chung.grants AS g JOIN chung.accounts AS a ON a.id = g.account_id WHERE a.username = $1`, [
      person.username,
    ])
  ).rows[0];
  const { rows } = await running.owner.query(`SELECT member_id FROM chung.accounts WHERE username = $1`, [person.username]);
  await running.platform.identity.withdrawScope({ memberId: rows[0].member_id, grantId: id, scope: 'member.profile:read', language: 'vi' });
  await expect
    .poll(async () => (await get('/v1/me', tokens.access_token)).body, { timeout: 1000, interval: 50 })
    .not.toHaveProperty('profile');
  expect((await get('/v1/me', tokens.access_token)).status).toBe(200);
});
