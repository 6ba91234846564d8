import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser } from './oauth-browser.ts';
import { type OauthPlatform, PASSWORD, pkce, startOauthPlatform } from './oauth-platform.ts';

let platform: OauthPlatform;
beforeAll(async () => {
  platform = await startOauthPlatform();
});
afterAll(() => platform?.close());

test('a member signs in to the member app by code and PKCE and the API knows them by cookie', async () => {
  const member = await platform.addMember();
  const browser = new Browser(platform.baseUrl);
  const page = await browser.open('/session/member/login?return_to=/offers%3Fq%3D1');
  expect(page.status).toBe(200);
  expect(page.text).toContain('Tên đăng nhập');
  const after = await browser.submit(page, { username: member.username, password: PASSWORD }, '/sign-in');
  expect(after.url.pathname + after.url.search).toBe('/offers?q=1');

  const session = JSON.parse((await browser.send('/session/member')).text);
  expect(session).toMatchObject({ signedIn: true, actor: 'member', user: { displayName: `Nguyễn Thị ${member.username}` } });
  const seen = await browser.send('/v1/probe', { headers: { 'x-chung-app': 'member' } });
  expect(JSON.parse(seen.text)).toMatchObject({ actor: 'member', memberId: member.memberId, clientId: 'chung-member', partnerId: null });
});

test('a partner’s backend gets a token for itself and the API sees the partner', async () => {
  const app = await platform.addApp();
  const backend = await platform.backendOf(app);
  const tokens = await client.clientCredentialsGrant(backend, { scope: 'partner.offers:read', resource: platform.resource });
  const answer = await fetch(`${platform.resource}/probe`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  expect(await answer.json()).toMatchObject({
    actor: 'partner',
    partnerId: app.partnerId,
    scopes: ['partner.offers:read'],
    accountId: null,
  });
});

test('a member allows a partner’s app and the app gets tokens for them', async () => {
  const app = await platform.addApp({
    scopes: ['offers:read', 'member.profile:read', 'redemptions:read'],
    optionalScopes: ['redemptions:read'],
  });
  const member = await platform.addMember();
  const backend = await platform.backendOf(app);
  const { verifier, challenge } = await pkce();
  const url = await client.buildAuthorizationUrlWithPAR(backend, {
    redirect_uri: app.redirectUri,
    scope: 'openid offers:read member.profile:read redemptions:read',
    state: 's',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const browser = new Browser(platform.baseUrl);
  const consent = await browser.signIn(await browser.open(url), member.username, PASSWORD);
  expect(consent.text).toContain('Để làm member.profile:read');
  const back = await browser.submit(consent, { decision: 'allow' }, '/consent');
  expect(back.url.origin).toBe('https://app.example.vn');
  const tokens = await client.authorizationCodeGrant(backend, back.url, {
    pkceCodeVerifier: verifier,
    expectedState: 's',
    idTokenExpected: true,
  });
  expect(tokens.scope?.split(' ').sort()).toEqual(['member.profile:read', 'offers:read', 'openid']);
  expect(tokens.claims()?.sub).toBe(platform.pairwise.subject(app.partnerId, member.memberId));
  const answer = await fetch(`${platform.resource}/probe`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  expect(await answer.json()).toMatchObject({ actor: 'member', memberId: member.memberId, partnerId: app.partnerId });
});
