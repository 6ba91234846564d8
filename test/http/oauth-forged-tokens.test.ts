// Tokens and proofs that nobody gave: each differs from a right one in a single thing.
import { createHmac } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { memberTokens, nativeTokens, oauthErrorOf, probe } from './oauth-flows.ts';
import { discover, type OauthPlatform, sha256, startOauthPlatform, type TestApp } from './oauth-platform.ts';

let platform: OauthPlatform;
let app: TestApp;
let own: CryptoKey | Uint8Array;
let username: string;
beforeAll(async () => {
  platform = await startOauthPlatform();
  app = await platform.addApp();
  own = await importJWK(platform.signingKey, 'ES256');
  username = (await platform.addMember()).username;
});
afterAll(() => platform?.close());

const seconds = () => Math.floor(Date.now() / 1000);
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a forged access token', () => {
  let header: Record<string, unknown>;
  let claims: Record<string, unknown>;
  let publicJwk: JWK;
  beforeAll(async () => {
    const backend = await platform.backendOf(app);
    const { access_token: token } = await client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' });
    const [head = '', body = ''] = token.split('.');
    [header, claims] = [head, body].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())) as [typeof header, typeof claims];
    const { keys } = await (await fetch(`${platform.baseUrl}/oauth/jwks`)).json();
    publicJwk = keys[0];
  });

  const forge = (changed: object, head: object = {}) =>
    new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg: 'ES256', ...header, ...head }).sign(own);
  const statusOf = async (token: string) => {
    const { status, body } = await probe(platform, token);
    expect(body.code ?? 'none').toBe(status === 200 ? 'none' : 'invalid_token');
    return status;
  };

  test('differs from a right one in one thing only: unchanged it is accepted', async () => {
    expect(await statusOf(await forge({ jti: newId() }))).toBe(200);
  });

  test.each(['none', 'None', 'NONE', ''])('401: alg %j, unsigned', async (alg) => {
    const unsigned = `${encode({ ...header, alg })}.${encode(claims)}`;
    for (const token of [`${unsigned}.`, `${unsigned}.x`, `${unsigned}.${'A'.repeat(86)}`]) expect(await statusOf(token)).toBe(401);
  });

  test('401: HS256 with our public key as the secret, in each of its spellings', async () => {
    const spki = await exportSPKI((await importJWK({ ...publicJwk, ext: true }, 'ES256')) as CryptoKey);
    for (const secret of [JSON.stringify(publicJwk), spki, spki.trim(), Buffer.from(publicJwk.x ?? '', 'base64url')]) {
      const input = `${encode({ ...header, alg: 'HS256' })}.${encode(claims)}`;
      expect(await statusOf(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)).toBe(401);
    }
  });

  test('401: a key that the token brings along: by value, by address, by certificate', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const head of [{ jwk }, { jku: 'https://evil.example/jwks' }, { x5u: 'https://evil.example/cert' }, { kid: '../../evil' }, {}]) {
      const token = await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'ES256', ...head }).sign(privateKey);
      expect(await statusOf(token)).toBe(401);
    }
  });

  test.each([
    ['a key id that is unknown', {}, { kid: 'unknown' }],
    ['an ID token’s type', {}, { typ: 'JWT' }],
    ['no type', {}, { typ: undefined }],
    ['an extension that must be understood', {}, { crit: ['b64'], b64: false }],
    ['another issuer', { iss: 'https://evil.example' }, {}],
    ['our issuer with a slash', { iss: 'SLASH' }, {}],
    ['no issuer', { iss: undefined }, {}],
    ['another audience', { aud: 'https://other.example/v1' }, {}],
    ['a list of audiences with ours in it', { aud: 'LIST' }, {}],
    ['no audience', { aud: undefined }, {}],
    ['an end a minute ago', { exp: seconds() - 60 }, {}],
    ['no end', { exp: undefined }, {}],
    ['an end in words', { exp: 'never' }, {}],
    ['a beginning in ten minutes', { nbf: seconds() + 600 }, {}],
    ['no id', { jti: undefined }, {}],
    ['an empty id', { jti: '' }, {}],
    ['no client', { client_id: undefined }, {}],
    ['a client that is not there', { client_id: 'nobody' }, {}],
    ['a sign-in that is not there', { gid: 'x'.repeat(43) }, {}],
    ['a sign-in that is no text', { gid: 1 }, {}],
    ['a binding without its key', { cnf: {} }, {}],
    ['a binding to a key', { cnf: { jkt: 'x'.repeat(43) } }, {}],
  ])('401: %s', async (_what, changed, head) => {
    const special: Record<string, unknown> = { SLASH: `${platform.baseUrl}/`, LIST: [platform.resource, 'https://other.example'] };
    const put = Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, special[String(value)] ?? value]));
    const signing = forge(put, head);
    // The library that signs refuses some of these itself: then nobody can send them.
    const token = await signing.catch(() => null);
    if (token !== null) expect(await statusOf(token)).toBe(401);
  });

  test('401: another app’s name in a member’s token, although both are ours and the signature is right', async () => {
    const { tokens } = await memberTokens(platform, app, { username });
    const other = await platform.addApp();
    const body = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString());
    expect(await statusOf(await forge({ ...body, jti: newId() }))).toBe(200);
    expect(await statusOf(await forge({ ...body, jti: newId(), client_id: other.clientId }))).toBe(401);
  });

  test('scopes that are no scopes, a thousand of them, or none, give nothing and break nothing', async () => {
    for (const scope of ['toString __proto__ constructor', 'no:such '.repeat(1000), '', '  ', 'partner.offers:READ'])
      expect((await probe(platform, await forge({ scope, jti: newId() }))).body.scopes).toEqual([]);
  });

  test('401: what is no token at all is refused without an error of ours', async () => {
    const { token } = { token: await forge({}) };
    const schemes = [
      'Basic eDp5',
      'Bearer',
      'Bearer ',
      `bearer`,
      `Bearer ${token} ${token}`,
      `Bearer ${token},`,
      `Token ${token}`,
      'DPoP x',
      'Bearer ..',
      token,
    ];
    for (const authorization of schemes) {
      const answer = await fetch(`${platform.resource}/probe`, { headers: { authorization } });
      expect([authorization.slice(0, 9), answer.status]).toEqual([authorization.slice(0, 9), 401]);
    }
    expect((await fetch(`${platform.resource}/probe`, { headers: { authorization: `bearer   ${token}` } })).status).toBe(200);
  });
});

describe('DPoP', () => {
  let keys: { privateKey: CryptoKey; publicKey: CryptoKey };
  let jwk: JWK;
  let token: string;
  beforeEach(async () => {
    keys = await generateKeyPair('ES256', { extractable: true });
    jwk = await exportJWK(keys.publicKey);
    const backend = await platform.backendOf(app);
    token = (await client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' }, { DPoP: client.getDPoPHandle(backend, keys) }))
      .access_token;
  });

  const prove = (changed: object = {}, head: object = {}) => {
    const right = { htm: 'GET', htu: `${platform.resource}/probe`, ath: sha256(token), iat: seconds(), jti: newId() };
    return new SignJWT({ ...right, ...changed }).setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...head }).sign(keys.privateKey);
  };
  const send = async (dpop: string, path = '') => {
    const answer = await fetch(`${platform.resource}/probe${path}`, { headers: { authorization: `DPoP ${token}`, dpop } });
    return { status: answer.status, challenge: answer.headers.get('www-authenticate') ?? '' };
  };

  test('the token names the thumbprint of its key', async () => {
    const body = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(body.cnf).toEqual({ jkt: await calculateJwkThumbprint(jwk) });
  });

  test('the address counts without query, fragment, default port and case of the host, and with its whole path', async () => {
    const { host, port } = new URL(platform.baseUrl);
    for (const htu of [`http://${host.toUpperCase()}/v1/probe`, `${platform.resource}/probe?x=1#y`])
      expect((await send(await prove({ htu }), '?z=2')).status, htu).toBe(200);
    for (const htu of [
      '/v1/probe',
      'nonsense',
      '',
      `${platform.resource}/PROBE`,
      `${platform.resource}/probe/`,
      `${platform.resource}/probe/..`,
      `https://${host}/v1/probe`,
      `http://localhost:${Number(port) + 1}/v1/probe`,
      platform.resource,
    ])
      expect((await send(await prove({ htu }))).status, htu).toBe(401);
  });

  test('a clock may be a little off and not more', async () => {
    for (const off of [-50, 50]) expect((await send(await prove({ iat: seconds() + off }))).status, String(off)).toBe(200);
    for (const off of [-70, 70]) expect((await send(await prove({ iat: seconds() + off }))).status, String(off)).toBe(401);
    for (const iat of ['now', null, 0, 1e18]) expect((await send(await prove({ iat }))).status, String(iat)).toBe(401);
  });

  test.each([
    ['method in small letters', { htm: 'get' }, {}],
    ['no method', { htm: undefined }, {}],
    ['no id', { jti: undefined }, {}],
    ['an id that is no text', { jti: 7 }, {}],
    ['an id of a megabyte’s kind', { jti: 'x'.repeat(257) }, {}],
    ['no type', {}, { typ: undefined }],
    ['no key', {}, { jwk: undefined }],
    ['a key that is no object', {}, { jwk: 'x' }],
    ['a symmetric key', {}, { jwk: { kty: 'oct', k: 'c2VjcmV0' } }],
    ['an unknown extension', {}, { crit: ['exp'], exp: 1 }],
  ])('401: a proof with %s', async (_what, changed, head) => {
    const proof = await prove(changed, head).catch(() => null);
    if (proof === null) return;
    const { status, challenge } = await send(proof);
    expect([status, challenge]).toEqual([401, expect.stringContaining('error="invalid_dpop_proof"')]);
  });

  test('401: a proof that carries its private key, or is unsigned', async () => {
    const secret = await exportJWK(keys.privateKey);
    expect((await send(await prove({}, { jwk: secret }))).status).toBe(401);
    const [, body] = (await prove()).split('.');
    expect((await send(`${encode({ alg: 'none', typ: 'dpop+jwt', jwk })}.${body}.`)).status).toBe(401);
  });

  test('401: a bound token as Bearer, with its proof beside it too', async () => {
    const dpop = await prove();
    expect((await probe(platform, token)).status).toBe(401);
    expect((await probe(platform, token, { headers: { dpop } })).status).toBe(401);
    // It was not used up by that.
    expect((await send(dpop)).status).toBe(200);
  });

  test('the same id from two keys is two proofs: nobody can use up another’s', async () => {
    const jti = newId();
    expect((await send(await prove({ jti }))).status).toBe(200);
    keys = await generateKeyPair('ES256', { extractable: true });
    jwk = await exportJWK(keys.publicKey);
    const backend = await platform.backendOf(app);
    token = (await client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' }, { DPoP: client.getDPoPHandle(backend, keys) }))
      .access_token;
    expect((await send(await prove({ jti }))).status).toBe(200);
  });

  test('a refused proof does not use up its id', async () => {
    const jti = newId();
    expect((await send(await prove({ jti, htm: 'PUT' }))).status).toBe(401);
    expect((await send(await prove({ jti }))).status).toBe(200);
  });

  test('400: at the token endpoint a proof works once, for this endpoint and this method', async () => {
    const backend = await platform.backendOf(app);
    const asked = async (dpop: string) => {
      backend[client.customFetch] = (url, { headers, body, method }) =>
        fetch(url, { headers: { ...headers, dpop }, body: String(body ?? ''), method });
      return client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' });
    };
    const here = { htm: 'POST', htu: `${platform.baseUrl}/oauth/token`, ath: undefined };
    const once = await prove(here);
    expect((await asked(once)).token_type).toBe('dpop');
    expect(await oauthErrorOf(asked(once))).toBe('invalid_grant');
    const spoilt = [
      { htm: 'GET' },
      { htu: `${platform.baseUrl}/oauth/par` },
      { htu: 'https://evil.example/oauth/token' },
      { iat: seconds() - 3600 },
    ];
    for (const changed of spoilt) expect(await oauthErrorOf(asked(await prove({ ...here, ...changed })))).toBe('invalid_dpop_proof');
  });

  test('400: a public app’s refresh token is bound to its key', async () => {
    const { config, dpop, tokens } = await nativeTokens(platform, { username, scope: 'openid offers:read' });
    const stranger = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
    expect(await oauthErrorOf(client.refreshTokenGrant(config, tokens.refresh_token ?? '', {}, { DPoP: stranger }))).toMatch(
      /invalid_grant|invalid_dpop_proof/,
    );
    expect((await client.refreshTokenGrant(config, tokens.refresh_token ?? '', {}, { DPoP: dpop })).token_type).toBe('dpop');
  });

  test('400: a confidential app cannot pass as the public one, nor the public one as an app with a key', async () => {
    const { tokens } = await nativeTokens(platform, { username, scope: 'openid' });
    const nobody = await discover(platform.baseUrl, app.clientId, client.None());
    expect(await oauthErrorOf(client.refreshTokenGrant(nobody, tokens.refresh_token ?? ''))).toBe('invalid_client');
    const keyed = await discover(platform.baseUrl, 'chung-cli', client.PrivateKeyJwt({ key: app.privateKey, kid: 'k1' }));
    expect(await oauthErrorOf(client.refreshTokenGrant(keyed, tokens.refresh_token ?? ''))).toBe('invalid_client');
  });
});
