import express from 'express';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDispatch } from './dispatch.ts';
import { DomainError } from './errors.ts';

const ADDRESSES = [
  ['GET', '/v1/offers'],
  ['GET', '/v1/offers/{offerId}'],
  ['POST', '/v1/offers/{offerId}/redemptions'],
  ['GET', '/v1/partner/redemptions'],
  ['POST', '/v1/partner/redemptions/lookup'],
  ['GET', '/v1/partner/redemptions/{redemptionId}'],
  ['DELETE', '/v1/me/grants/{grantId}/scopes/{scope}'],
] as const;
const find = createDispatch(ADDRESSES.map(([method, path]) => ({ method, path, target: `${method} ${path}` })));

describe('an address', () => {
  test.each([
    ['GET', '/v1/offers', 'GET /v1/offers', {}],
    ['GET', '/v1/offers/', 'GET /v1/offers', {}],
    ['GET', '/V1/Offers', 'GET /v1/offers', {}],
    ['HEAD', '/v1/offers', 'GET /v1/offers', {}],
    ['GET', '/v1/offers/a', 'GET /v1/offers/{offerId}', { offerId: 'a' }],
    ['GET', '/v1/offers/A/', 'GET /v1/offers/{offerId}', { offerId: 'A' }],
    ['GET', '/v1/offers/a%2Fb%20c', 'GET /v1/offers/{offerId}', { offerId: 'a/b c' }],
    ['POST', '/v1/offers/1/redemptions', 'POST /v1/offers/{offerId}/redemptions', { offerId: '1' }],
    ['POST', '/v1/partner/redemptions/lookup', 'POST /v1/partner/redemptions/lookup', {}],
    ['GET', '/v1/partner/redemptions/lookup', 'GET /v1/partner/redemptions/{redemptionId}', { redemptionId: 'lookup' }],
    [
      'DELETE',
      '/v1/me/grants/g/scopes/offers:read',
      'DELETE /v1/me/grants/{grantId}/scopes/{scope}',
      { grantId: 'g', scope: 'offers:read' },
    ],
  ])('%s %s leads to %s', (method, path, target, params) => {
    const found = find(method, path);
    expect([found?.target, { ...found?.params }]).toEqual([target, params]);
  });

  test.each([
    ['GET', ''],
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/offers//'],
    ['GET', '//v1/offers'],
    ['GET', '/v1//offers'],
    ['GET', '/v1/%6fffers'],
    ['GET', '/v1/offers/a/b'],
    ['POST', '/v1/offers//redemptions'],
    ['POST', '/v1/offers'],
    ['OPTIONS', '/v1/offers'],
    ['GET', '/v1/constructor'],
    ['constructor', '/v1/offers'],
    ['__proto__', '/v1/offers'],
  ])('%s %s leads nowhere', (method, path) => expect(find(method, path)).toBeNull());

  test('with a broken escape is the caller’s mistake', () => {
    for (const path of ['/v1/offers/%zz', '/v1/offers/%', '/v1/offers/%E0%A4%A'])
      expect(() => find('GET', path)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    expect(find('PUT', '/v1/offers/%zz')).toBeNull();
  });

  test('names nothing that was not in it', () => {
    const found = find('GET', '/v1/offers/a');
    expect([Object.getPrototypeOf(found?.params), Object.keys(found?.params ?? {})]).toEqual([null, ['offerId']]);
  });
});

test('one address with two targets is refused at the start', () => {
  const twice = ['/a/{one}', '/a/{other}'].map((path) => ({ method: 'GET', path, target: path }));
  expect(() => createDispatch(twice)).toThrow('GET /a/{other} is declared twice');
});

describe('whatever is asked', () => {
  /** What Express itself makes of an address: the target with its parameters, a status, or nothing. */
  function askExpress(method: string, url: string): Promise<unknown> {
    const router = express.Router();
    for (const [verb, path] of ADDRESSES) {
      const name = verb.toLowerCase() as 'get' | 'post' | 'delete';
      router[name](path.replace(/\{(\w+)\}/g, ':$1'), (request, response) => {
        response.locals['found']([`${verb} ${path}`, { ...request.params }]);
      });
    }
    return new Promise((resolve) => {
      const request = { method, url, headers: {} } as express.Request;
      const response = { locals: { found: resolve } } as unknown as express.Response;
      router(request, response, (error?: unknown) => resolve(error instanceof Error && 'status' in error ? error.status : null));
    });
  }
  function ask(method: string, url: string): unknown {
    try {
      const found = find(method, url);
      return found && [found.target, { ...found.params }];
    } catch (error) {
      return error instanceof DomainError ? 400 : error;
    }
  }

  test('is found where Express would find it', async () => {
    const segment = fc.constantFrom(
      'v1',
      'V1',
      'offers',
      'OFFERS',
      'partner',
      'redemptions',
      'lookup',
      'me',
      'a',
      '%41',
      '%2f',
      '',
      '..',
      'ễ',
    );
    const address = fc.oneof(
      fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`),
      fc.tuple(segment, fc.constantFrom('', '/', '/redemptions', '/redemptions/')).map(([id, end]) => `/v1/offers/${id}${end}`),
      fc.tuple(segment, segment).map(([grant, scope]) => `/v1/me/grants/${grant}/scopes/${scope}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'PUT'), address, async (method, url) => {
        expect(ask(method, url)).toEqual(await askExpress(method, url));
      }),
      { numRuns: 500 },
    );
  });
});
