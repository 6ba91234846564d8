// What the platform says of itself is true: each thing it lists works, and nothing works that it does not list.

import { SCOPE_NAMES } from '@chung/contracts';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import { oauthErrorOf, probe } from './oauth-flows.ts';
import { discover, type OauthPlatform, sha256, startOauthPlatform, type TestApp } from './oauth-platform.ts';

let platform: OauthPlatform;
let app: TestApp;
let metadata: Record<string, unknown>;
beforeAll(async () => {
  platform = await startOauthPlatform();
  app = await platform.addApp();
  metadata = await (await fetch(`${platform.baseUrl}/.well-known/oauth-authorization-server`)).json();
});
afterAll(() => platform?.close());

const post = (url: string, body: Record<string, string>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(body), redirect: 'manual' });
const listed = (name: string): string[] => {
  const value = metadata[name];
  return Array.isArray(value) ? value.map(String) : [];
};

describe('the authorization server’s document', () => {
  test('lists these endpoints and no others, all at the issuer', () => {
    const endpoints = Object.entries(metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
    expect(Object.fromEntries(endpoints.map(([name, url]) => [name, String(url).replace(platform.baseUrl, '')]))).toEqual({
      authorization_endpoint: '/oauth/authorize',
      end_session_endpoint: '/oauth/end-session',
      introspection_endpoint: '/oauth/introspect',
      jwks_uri: '/oauth/jwks',
      pushed_authorization_request_endpoint: '/oauth/par',
      revocation_endpoint: '/oauth/revoke',
      token_endpoint: '/oauth/token',
      userinfo_endpoint: '/oauth/userinfo',
    });
  });

  test.each([
    ['token_endpoint', 'POST', 400],
    ['pushed_authorization_request_endpoint', 'POST', 400],
    ['introspection_endpoint', 'POST', 400],
    ['revocation_endpoint', 'POST', 400],
    ['userinfo_endpoint', 'GET', 401],
    ['jwks_uri', 'GET', 200],
    ['authorization_endpoint', 'GET', 400],
    ['end_session_endpoint', 'GET', 200],
  ])('%s answers', async (name, method, status) => {
    const url = String(metadata[name]);
    expect((await (method === 'POST' ? post(url, {}) : fetch(url, { redirect: 'manual' }))).status).toBe(status);
  });

  test.each([
    '/oauth/register',
    '/reg',
    '/oauth/device',
    '/device',
    '/oauth/device_authorization',
    '/oauth/backchannel',
    '/me',
    '/token',
    '/auth',
    '/session/end',
    '/interaction/x',
    '/oauth/challenge',
  ])('404: %s, an endpoint of the library that we do not offer, does not answer', async (path) => {
    expect((await fetch(platform.baseUrl + path, { redirect: 'manual' })).status).toBe(404);
    expect((await post(platform.baseUrl + path, {})).status).toBe(404);
  });

  test('lists the three grants, and every other one is refused by name', async () => {
    expect(listed('grant_types_supported').sort()).toEqual(['authorization_code', 'client_credentials', 'refresh_token']);
    const others = [
      'password',
      'implicit',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:openid:params:grant-type:ciba',
      'toString',
    ];
    for (const grant_type of others) {
      const answer = await post(String(metadata['token_endpoint']), { grant_type, client_id: 'chung-cli', username: 'a', password: 'b' });
      expect([answer.status, await answer.json()], grant_type).toEqual([400, expect.objectContaining({ error: 'unsupported_grant_type' })]);
    }
  });

  test('says that request objects are not taken', () => {
    expect(metadata).toMatchObject({ claims_parameter_supported: false, request_uri_parameter_supported: false });
    expect(metadata['request_parameter_supported']).not.toBe(true);
    expect(metadata['require_pushed_authorization_requests']).not.toBe(true);
  });

  test('lists every scope of the API and no other', () => {
    expect(listed('scopes_supported').sort()).toEqual([...SCOPE_NAMES, 'offline_access'].sort());
  });

  test('is public, JSON, and tells no secret', async () => {
    const answer = await fetch(`${platform.baseUrl}/.well-known/openid-configuration`);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.text()).not.toMatch(/"d":|PRIVATE|postgres|\/work\//);
  });
});

describe('algorithms', () => {
  /** Metadata’s name of an algorithm and how its key is made. */
  const keyFor = async (alg: string) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), alg, use: 'sig', kid: `key-${alg}` } };
  };

  test('an app may authenticate with each that is listed, and with no other', async () => {
    const names = listed('token_endpoint_auth_signing_alg_values_supported');
    expect(names).toContain('ES256');
    const answers = await Promise.all(
      [...names, 'ES384', 'PS512', 'RS512'].map(async (alg) => {
        const { privateKey, jwk } = await keyFor(alg);
        const clientId = `app-${alg.toLowerCase()}`;
        await platform.db.tx((tx) =>
          platform.identity.registerClient(tx, {
            clientId,
            partnerId: app.partnerId,
            name: alg,
            jwks: { keys: [jwk] },
            redirectUris: [],
            scopes: ['partner.offers:read'],
            purposes: {},
          }),
        );
        const backend = await discover(platform.baseUrl, clientId, client.PrivateKeyJwt({ key: privateKey, kid: jwk.kid }));
        const answer = client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' }).then(
          () => 'accepted',
          () => 'refused',
        );
        return [alg, await answer];
      }),
    );
    expect(Object.fromEntries(answers)).toEqual({
      ...Object.fromEntries(names.map((alg) => [alg, 'accepted'])),
      ...{ ES384: 'refused', PS512: 'refused', RS512: 'refused' },
    });
  });

  test('a proof may be signed with each that is listed, at the token endpoint and at the API, and with no other', async () => {
    const names = listed('dpop_signing_alg_values_supported');
    const resource = await (await fetch(`${platform.baseUrl}/.well-known/oauth-protected-resource`)).json();
    expect(resource).toMatchObject({ dpop_signing_alg_values_supported: names });
    const backend = await platform.backendOf(app);
    const prove = async (alg: string, claims: object, keys: Awaited<ReturnType<typeof keyFor>>) => {
      const { alg: _alg, use: _use, kid: _kid, ...jwk } = keys.jwk;
      const own = { iat: Math.floor(Date.now() / 1000), jti: newId(), ...claims };
      return new SignJWT(own).setProtectedHeader({ alg, typ: 'dpop+jwt', jwk }).sign(keys.privateKey);
    };
    for (const alg of [...names, 'ES384', 'RS256']) {
      const keys = await keyFor(alg);
      const dpop = await prove(alg, { htm: 'POST', htu: String(metadata['token_endpoint']) }, keys);
      const known = names.includes(alg);
      backend[client.customFetch] = (url, { headers, body, method }) =>
        fetch(url, { headers: { ...headers, dpop }, body: String(body ?? ''), method });
      const asked = client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' });
      if (!known) {
        expect(await oauthErrorOf(asked), alg).toBe('invalid_dpop_proof');
        continue;
      }
      const { access_token: token, token_type } = await asked;
      expect(token_type, alg).toBe('dpop');
      const here = await prove(alg, { htm: 'GET', htu: `${platform.resource}/probe`, ath: sha256(token) }, keys);
      expect((await probe(platform, token, { headers: { authorization: `DPoP ${token}`, dpop: here } })).status, alg).toBe(200);
    }
  });
});

describe('the resource’s document', () => {
  test('is where a refusal says it is, names the resource as tokens do, and may be read by scripts', async () => {
    const { challenge } = await probe(platform, 'nonsense');
    const where = /resource_metadata="([^"]+)"/.exec(challenge ?? '')?.[1] ?? '';
    const answer = await fetch(where);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const document = await answer.json();
    expect(document).toMatchObject({
      resource: platform.resource,
      authorization_servers: [metadata['issuer']],
      scopes_supported: SCOPE_NAMES,
    });
    expect(listed('protected_resources')).toEqual([document.resource]);
  });

  test('bearer tokens are taken from the header alone: neither from the address nor from a form', async () => {
    const backend = await platform.backendOf(app);
    const { access_token: token } = await client.clientCredentialsGrant(backend, { scope: 'partner.offers:read' });
    expect((await fetch(`${platform.resource}/probe?access_token=${token}`)).status).toBe(401);
    expect((await post(`${platform.resource}/probe`, { access_token: token })).status).toBe(401);
    expect((await post(String(metadata['userinfo_endpoint']), { access_token: token })).status).toBe(401);
    expect((await fetch(`${metadata['userinfo_endpoint']}?access_token=${token}`)).status).toBe(401);
  });
});
