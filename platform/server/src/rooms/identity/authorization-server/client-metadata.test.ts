import { SCOPE_NAMES, SCOPES, type Scope } from '@chung/contracts';
import type { JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { newId } from '../../../kernel/ids.ts';
import type { App } from '../app.ts';
import { clientMetadata } from './client-metadata.ts';

const EC: JWK = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'k1', alg: 'ES256' };
const app = (changes: Partial<App> = {}): App => ({
  clientId: 'vnpt-money-backend',
  kind: 'partner',
  actor: null,
  partnerId: newId(),
  name: 'VNPT Money',
  jwks: { keys: [EC] },
  redirectUris: [],
  scopes: ['partner.offers:read'],
  optionalScopes: [],
  purposes: {},
  createdAt: new Date(0),
  ...changes,
});
const REDIRECT = ['https://app.example.vn/callback'];
const of = (holder: 'member' | 'partner' | 'admin'): Scope[] => SCOPE_NAMES.filter((scope) => SCOPES[scope].holder === holder);

describe('what an app may ask the token endpoint for', () => {
  test.each([
    ['a partner’s backend', app(), ['client_credentials']],
    ['a partner’s app for members', app({ redirectUris: REDIRECT, scopes: ['openid'] }), ['authorization_code', 'refresh_token']],
    [
      'an app that does both',
      app({ redirectUris: REDIRECT, scopes: ['openid', 'partner.offers:read'] }),
      ['authorization_code', 'refresh_token', 'client_credentials'],
    ],
    ['an app with neither an address nor a scope of its own', app({ scopes: [] }), []],
    [
      'the platform’s own app, which acts for people alone, whatever its scopes',
      app({ kind: 'first-party', partnerId: null, redirectUris: REDIRECT, scopes: of('partner') }),
      ['authorization_code', 'refresh_token'],
    ],
    [
      'the command line, which has no key to act alone with',
      app({ kind: 'native', partnerId: null, redirectUris: ['http://127.0.0.1/callback'], scopes: SCOPE_NAMES, jwks: { keys: [] } }),
      ['authorization_code', 'refresh_token'],
    ],
  ])('%s', (_, given, grants) => {
    const metadata = clientMetadata(given);
    expect(metadata.grant_types).toEqual(grants);
    expect(metadata.response_types).toEqual(grants.includes('authorization_code') ? ['code'] : []);
    expect(metadata.subject_type).toBe(grants.includes('authorization_code') ? 'pairwise' : 'public');
  });

  test('no scope of a member lets an app act alone', () => {
    for (const scope of of('member')) expect(clientMetadata(app({ scopes: [scope] })).grant_types).toEqual([]);
    for (const scope of of('partner')) expect(clientMetadata(app({ scopes: [scope] })).grant_types).toEqual(['client_credentials']);
  });
});

test('an app shows who it is by its key, and pushes its requests; the command line has none and is bound by proofs', () => {
  for (const kind of ['partner', 'first-party'] as const)
    expect(clientMetadata(app({ kind, redirectUris: REDIRECT }))).toMatchObject({
      token_endpoint_auth_method: 'private_key_jwt',
      require_pushed_authorization_requests: true,
      application_type: 'web',
    });
  const native = clientMetadata(app({ kind: 'native', redirectUris: ['http://127.0.0.1/callback'] }));
  expect(native).toMatchObject({
    token_endpoint_auth_method: 'none',
    dpop_bound_access_tokens: true,
    require_pushed_authorization_requests: false,
    application_type: 'native',
  });
  expect(native).not.toHaveProperty('jwks');
});

test('a code goes back in the query alone, and no app gets a secret', () => {
  for (const kind of ['partner', 'first-party', 'native'] as const) {
    const metadata = clientMetadata(app({ kind, redirectUris: REDIRECT }));
    expect(metadata['response_modes']).toEqual(['query']);
    expect(metadata).not.toHaveProperty('client_secret');
  }
});

test('a key on Curve25519 is taken under either of its names; others keep the one algorithm they are for', () => {
  const okp: JWK = { kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'ed' };
  const rsa: JWK = { kty: 'RSA', n: 'n', e: 'AQAB', kid: 'rsa', alg: 'PS256' };
  const nameless: JWK = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'n' };
  const keys = [{ ...okp, alg: 'EdDSA' }, { ...okp, alg: 'Ed25519' }, rsa, EC, nameless];
  expect(clientMetadata(app({ jwks: { keys } })).jwks).toEqual({ keys: [okp, okp, rsa, EC, nameless] });
});

test('what is handed out is a copy: the library may change it and no app changes', () => {
  const one = app({ redirectUris: REDIRECT });
  const { redirect_uris: handedOut } = clientMetadata(one);
  if (Array.isArray(handedOut)) handedOut.push('https://evil.example/');
  expect(handedOut).toHaveLength(2);
  expect(one.redirectUris).toEqual(REDIRECT);
});
