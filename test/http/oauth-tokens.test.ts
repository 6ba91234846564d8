import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorize, exchange, flowOf, memberTokens, nativeTokens, oauthErrorOf, probe } from './oauth-flows.ts';
import { type OauthPlatform, sha256, startOauthPlatform, type TestApp } from './oauth-platform.ts';

let platform: OauthPlatform;
let app: TestApp;
let username: string;
beforeAll(async () => {
  platform = await startOauthPlatform();
  app = await platform.addApp();
  username = (await platform.addMember()).username;
});
afterAll(() => platform?.close());

const backendToken = async () => {
  const backend = await platform.backendOf(app);
  return { backend, token: (await client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' })).access_token };
};

describe('codes and refresh tokens', () => {
  test('400: a replayed code is refused, and what the first use gave is revoked', async () => {
    const flow = await flowOf(platform, app);
    const { url } = await authorize(platform, flow, { username });
    const tokens = await exchange(flow, url);
    expect((await probe(platform, tokens.access_token)).status).toBe(200);
    expect(await oauthErrorOf(exchange(flow, url))).toBe('invalid_grant');
    await pause();
    expect(await probe(platform, tokens.access_token)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect(await oauthErrorOf(client.refreshTokenGrant(flow.backend, tokens.refresh_token ?? ''))).toBe('invalid_grant');
  });

  test('a refresh token rotates; a reused one ends the whole authorization', async () => {
    const { flow, tokens } = await memberTokens(platform, app, { username });
    const second = await client.refreshTokenGrant(flow.backend, tokens.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    expect((await probe(platform, second.access_token)).status).toBe(200);
    expect(await oauthErrorOf(client.refreshTokenGrant(flow.backend, tokens.refresh_token ?? ''))).toBe('invalid_grant');
    await pause();
    expect(await oauthErrorOf(client.refreshTokenGrant(flow.backend, second.refresh_token ?? ''))).toBe('invalid_grant');
    expect((await probe(platform, second.access_token)).status).toBe(401);
    expect((await probe(platform, tokens.access_token)).status).toBe(401);
  });

  test('a code or refresh token sent twice at once gives at most one answer, and then nothing works', async () => {
    const flow = await flowOf(platform, app);
    const { url } = await authorize(platform, flow, { username });
    const codes = await Promise.allSettled([exchange(flow, url), exchange(flow, url), exchange(flow, url)]);
    expect(codes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    const { flow: other, tokens } = await memberTokens(platform, app, { username });
    const refresh = () => client.refreshTokenGrant(other.backend, tokens.refresh_token ?? '');
    const refreshed = await Promise.allSettled([refresh(), refresh(), refresh()]);
    const given = refreshed.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value);
    expect(given.length).toBeLessThanOrEqual(1);
    await pause();
    for (const answer of given) expect((await probe(platform, answer.access_token)).status).toBe(401);
  });

  test('400: another app cannot use a code or a refresh token', async () => {
    const flow = await flowOf(platform, app);
    const { url } = await authorize(platform, flow, { username });
    const thief = await platform.backendOf(await platform.addApp());
    expect(await oauthErrorOf(exchange({ ...flow, backend: thief }, url))).toBe('invalid_grant');
    const { tokens } = await memberTokens(platform, app, { username });
    expect(await oauthErrorOf(client.refreshTokenGrant(thief, tokens.refresh_token ?? ''))).toBe('invalid_grant');
  });

  test('a stolen database opens nothing: codes, cookies and refresh tokens are not in it', async () => {
    const { tokens } = await memberTokens(platform, app, { username });
    const rows = await platform.db.query<{ row: string }>(`SELECT a::text AS row FROM chung.oidc_artifacts AS a`);
    expect(rows.some(({ row }) => row.includes(tokens.refresh_token ?? 'none'))).toBe(false);
  });
});

describe('access tokens at the API', () => {
  test('they are ES256 JWTs of RFC 9068 with short life', async () => {
    const { token } = await backendToken();
    const [header, claims] = token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
    expect(header).toMatchObject({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(claims).toMatchObject({ iss: platform.baseUrl, aud: platform.resource, client_id: app.clientId, scope: 'partner.offers:read' });
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(600);
  });

  test('401: nothing, nonsense, a bare word and an ID token are refused with a challenge that names the metadata', async () => {
    const { tokens } = await memberTokens(platform, app, { username });
    const none = await fetch(`${platform.resource}/probe`);
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('resource_metadata="')]);
    for (const bad of ['nonsense', 'a.b.c', tokens.id_token ?? '', `${tokens.access_token}x`]) {
      const answer = await probe(platform, bad);
      expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
      expect(answer.challenge).toContain('error="invalid_token"');
    }
  });

  test('401: a token signed by us for another audience, issuer or use, or by another key, is refused', async () => {
    const { token } = await backendToken();
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const own = await importJWK(platform.signingKey, 'ES256');
    const { privateKey: foreign } = await generateKeyPair('ES256');
    const forge = (changed: object, { typ = 'at+jwt', key = own } = {}) =>
      new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg: 'ES256', typ }).sign(key);
    expect((await probe(platform, await forge({}))).status).toBe(200);
    const spoilt = [
      forge({ aud: 'https://other.example' }),
      forge({ iss: 'https://other.example' }),
      forge({ exp: claims.iat - 60 }),
      forge({}, { typ: 'JWT' }),
      forge({}, { key: foreign }),
      forge({ client_id: 'nobody' }),
      forge({ gid: 'no-such-grant' }),
    ];
    for (const bad of await Promise.all(spoilt))
      expect(await probe(platform, bad)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    // Scopes beyond what the app is approved for are worth nothing even in a signed token.
    expect(
      (await probe(platform, await forge({ jti: 'x', scope: 'partner.offers:read partner.revenue:read admin.audit:read' }))).body.scopes,
    ).toEqual(['partner.offers:read']);
  });
});

describe('DPoP', () => {
  test('a public client’s token needs a fresh proof for each call', async () => {
    const { config, dpop, tokens } = await nativeTokens(platform, { username, scope: 'openid offers:read' });
    expect(tokens.token_type).toBe('dpop');
    const call = () =>
      client.fetchProtectedResource(config, tokens.access_token, new URL(`${platform.resource}/probe?x=1`), 'POST', null, undefined, {
        DPoP: dpop,
      });
    expect(await (await call()).json()).toMatchObject({ actor: 'member', clientId: 'chung-cli', scopes: ['openid', 'offers:read'] });
    expect((await call()).status).toBe(200);
    // Without the proof it is only a stolen string.
    expect((await probe(platform, tokens.access_token)).status).toBe(401);
  });

  test('400: a public client gets no token without a proof', async () => {
    await expect(nativeTokens({ ...platform, baseUrl: platform.baseUrl }, { username, scope: 'openid' })).resolves.toBeDefined();
    const { config, tokens } = await nativeTokens(platform, { username, scope: 'openid' });
    expect(await oauthErrorOf(client.refreshTokenGrant(config, tokens.refresh_token ?? ''))).toBe('invalid_grant');
  });

  test('401: a replayed, old, foreign or unbound proof is refused', async () => {
    const key = await generateKeyPair('ES256', { extractable: true });
    const backend = await platform.backendOf(app);
    const handle = client.getDPoPHandle(backend, key);
    const { access_token: token, token_type } = await client.clientCredentialsGrant(
      backend,
      { scope: 'partner.offers:read' },
      { DPoP: handle },
    );
    expect(token_type).toBe('dpop');
    const jwk = await exportJWK(key.publicKey);
    const prove = (changed: Record<string, unknown> = {}, header: Record<string, unknown> = {}, by = key.privateKey) => {
      const right = {
        htm: 'GET',
        htu: `${platform.resource}/probe`,
        ath: sha256(token),
        iat: Math.floor(Date.now() / 1000),
        jti: crypto.randomUUID(),
      };
      return new SignJWT({ ...right, ...changed }).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header }).sign(by);
    };
    const send = async (proof: string | undefined) =>
      probe(platform, token, { headers: { authorization: `DPoP ${token}`, ...(proof === undefined ? {} : { dpop: proof }) } });
    const once = await prove();
    expect((await send(once)).status).toBe(200);
    expect(await send(once)).toMatchObject({ status: 401, body: { code: 'invalid_dpop_proof' } });
    const other = await generateKeyPair('ES256', { extractable: true });
    const spoilt = [
      undefined,
      prove({ htm: 'POST' }),
      prove({ htu: `${platform.resource}/other` }),
      prove({ htu: 'https://other.example/v1/probe' }),
      prove({ ath: sha256('another token') }),
      prove({ ath: undefined }),
      prove({ iat: Math.floor(Date.now() / 1000) - 3600 }),
      prove({ iat: Math.floor(Date.now() / 1000) + 3600 }),
      prove({ jti: '' }),
      prove({}, { typ: 'JWT' }),
      prove({}, {}, other.privateKey),
      exportJWK(other.publicKey).then((otherJwk) => prove({}, { jwk: otherJwk }, other.privateKey)),
      `${await prove()}, ${await prove()}`,
    ];
    for (const proof of await Promise.all(spoilt))
      expect(await send(proof)).toMatchObject({ status: 401, body: { code: 'invalid_dpop_proof' } });
    expect((await send(await prove())).status).toBe(200);
    const answers = await Promise.all(
      Array(4)
        .fill(await prove())
        .map(send),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  });

  test('401: a proof seen at one node is a replay at another', async () => {
    const key = await generateKeyPair('ES256', { extractable: true });
    const backend = await platform.backendOf(app);
    const { access_token: token } = await client.clientCredentialsGrant(
      backend,
      { scope: 'partner.offers:read' },
      { DPoP: client.getDPoPHandle(backend, key) },
    );
    const claims = { htm: 'GET', htu: `${platform.resource}/probe`, ath: sha256(token), iat: Math.floor(Date.now() / 1000), jti: 'once' };
    const dpop = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(key.publicKey) })
      .sign(key.privateKey);
    const request = Object.assign(new IncomingMessage(new Socket()), {
      method: 'GET',
      url: '/v1/probe',
      headers: { authorization: `DPoP ${token}`, dpop },
    });
    const [one, two] = [platform.identity, await platform.secondNode()];
    expect(await one.authenticate(request)).toMatchObject({ actor: 'partner' });
    await expect(two.authenticate(request)).rejects.toMatchObject({ code: 'invalid_dpop_proof' });
  });

  test('401: a token that is not bound is refused under the DPoP scheme', async () => {
    const { token } = await backendToken();
    expect((await probe(platform, token, { headers: { authorization: `DPoP ${token}` } })).status).toBe(401);
  });
});

describe('introspection and revocation', () => {
  test('an app sees its own JWT access tokens, and nobody else’s', async () => {
    const { flow, tokens } = await memberTokens(platform, app, { username });
    const { backend, token } = await backendToken();
    expect(await client.tokenIntrospection(backend, token)).toMatchObject({
      active: true,
      client_id: app.clientId,
      scope: 'partner.offers:read',
      aud: platform.resource,
    });
    expect(await client.tokenIntrospection(backend, tokens.access_token)).toMatchObject({
      active: true,
      sub: tokens.claims()?.sub,
      scope: 'openid offers:read',
    });
    expect(await client.tokenIntrospection(backend, tokens.refresh_token ?? '')).toMatchObject({ active: true });
    const stranger = await platform.backendOf(await platform.addApp());
    for (const foreign of [token, tokens.access_token, tokens.refresh_token ?? '', 'nonsense', 'jwt~a.b.c'])
      expect(await client.tokenIntrospection(stranger, foreign)).toEqual({ active: false });
    await client.tokenRevocation(stranger, tokens.access_token);
    expect((await client.tokenIntrospection(flow.backend, tokens.access_token)).active).toBe(true);
  });

  test('a revoked JWT access token is refused at the API, with all of its authorization', async () => {
    const { flow, tokens } = await memberTokens(platform, app, { username });
    expect((await probe(platform, tokens.access_token)).status).toBe(200);
    await client.tokenRevocation(flow.backend, tokens.access_token);
    await pause();
    expect((await probe(platform, tokens.access_token)).status).toBe(401);
    expect(await client.tokenIntrospection(flow.backend, tokens.access_token)).toEqual({ active: false });
    expect(await oauthErrorOf(client.refreshTokenGrant(flow.backend, tokens.refresh_token ?? ''))).toBe('invalid_grant');
  });

  test('a backend revokes one token of its own and keeps the others', async () => {
    const [{ backend, token }, { token: other }] = [await backendToken(), await backendToken()];
    await client.tokenRevocation(backend, token, { token_type_hint: 'access_token' });
    await pause();
    expect((await probe(platform, token)).status).toBe(401);
    expect((await probe(platform, other)).status).toBe(200);
  });

  test('a revoked refresh token takes its access tokens along', async () => {
    const { flow, tokens } = await memberTokens(platform, app, { username });
    await client.tokenRevocation(flow.backend, tokens.refresh_token ?? '');
    await pause();
    expect((await probe(platform, tokens.access_token)).status).toBe(401);
  });
});

/** Longer than the answer may be cached, shorter than the second that is promised. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 400));
}

test('503: without its database the server believes nobody', async () => {
  const lonely = await startOauthPlatform();
  const partner = await lonely.addApp();
  const { access_token: token } = await client.clientCredentialsGrant(await lonely.backendOf(partner), { scope: 'partner.offers:read' });
  expect((await probe(lonely, token)).status).toBe(200);
  await pause();
  await lonely.cutDatabase();
  expect(await probe(lonely, token)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  const login = await fetch(`${lonely.baseUrl}/session/member/login`, { redirect: 'manual' });
  expect([login.status, await login.text()]).toEqual([503, expect.not.stringContaining('at ')]);
  await lonely.close();
});
