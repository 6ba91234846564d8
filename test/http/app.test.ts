// What the app does around the operations: health, security headers, static web apps, reference pages, refusals of its own.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as rawRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ERROR_CODES, ERRORS, errorsOf, OPERATIONS, type OperationSpec, scopesOf } from '@chung/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../platform/server/src/kernel/ids.ts';
import type { Principal } from '../../platform/server/src/kernel/principal.ts';
import { type BareApp, handle, startBareApp } from '../harness/bare-app.ts';

let app: BareApp;
let web: string;
let ready = true;
const partner: Principal = { actor: 'partner', partnerId: newId<never>(), clientId: 'app', accountId: null, scopes: scopesOf('partner') };
const html = { accept: 'text/html' };

async function writeWebApps(): Promise<void> {
  for (const name of ['member', 'partner', 'admin']) {
    await mkdir(path.join(web, name, 'dist', 'assets'), { recursive: true });
    await writeFile(path.join(web, name, 'dist', 'index.html'), `<title>${name} shell</title>`);
    await writeFile(path.join(web, name, 'dist', 'favicon.svg'), '<svg/>');
    await writeFile(path.join(web, name, 'dist', 'assets', 'index-Dk3_xY9q.js'), `"${name} code"`);
    await writeFile(path.join(web, name, 'dist', '.env'), 'SECRET=1');
    await writeFile(path.join(web, name, 'package.json'), '{"private":"outside dist"}');
  }
}

beforeAll(async () => {
  web = await mkdtemp(path.join(tmpdir(), 'chung-web-'));
  await writeWebApps();
  app = await startBareApp({
    webDirectory: web,
    isReady: async () => ready,
    routes: [
      handle('provinces.list', async () => ({ items: [{ code: '01', name: 'Hà Nội', formerNames: [], secret: 'not declared' }] })),
      handle('partners.register', () => Promise.reject(new Error('password hunter2 in a bug'))),
      handle('partner.redemptions.lookup', () => Promise.reject(new Error('reached the handler'))),
      handle('partner.offers.codes.upload', () => Promise.reject(new Error('reached the handler'))),
    ],
  });
});
afterAll(async () => {
  await app.close();
  await rm(web, { recursive: true });
});

/** Sends a path as it is written: fetch would tidy `..` away. */
function asWritten(address: string, headers: Record<string, string> = html): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.baseUrl);
    rawRequest({ hostname, port, path: address, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({ status: response.statusCode ?? 0, text });
    })
      .on('error', reject)
      .end();
  });
}

describe('the web apps', () => {
  test.each([
    ['/', 'member'],
    ['/offers/01936b5e-7c00-7000-8000-000000000001', 'member'],
    ['/partner', 'partner'],
    ['/partner/', 'partner'],
    ['/partner/offers/new', 'partner'],
    ['/partner?tab=offers', 'partner'],
    ['/partnerx', 'member'],
    ['/partners', 'member'],
    ['/admin/reviews', 'admin'],
    ['/administrator', 'member'],
  ])('%s is a page of the %s app, asked for anew each time', async (address, name) => {
    const { status, text, headers } = await app.call('GET', address, { headers: html });
    expect([status, text]).toEqual([200, `<title>${name} shell</title>`]);
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  test('files with a hash in their name are kept for ever, others are asked for anew', async () => {
    for (const [base, name] of [
      ['', 'member'],
      ['/partner', 'partner'],
      ['/admin', 'admin'],
    ]) {
      const code = await app.call('GET', `${base}/assets/index-Dk3_xY9q.js`);
      expect([code.status, code.text, code.headers.get('cache-control')]).toEqual([
        200,
        `"${name} code"`,
        'public, max-age=31536000, immutable',
      ]);
      expect((await app.call('GET', `${base}/favicon.svg`)).headers.get('cache-control')).toBe('no-cache');
    }
  });

  test('a file that is not there is not found, rather than a page in the place of code', async () => {
    for (const address of ['/assets/index-00000000.js', '/partner/assets/gone.css', '/admin/logo.png', '/robots.txt'])
      expect([address, (await app.call('GET', address, { headers: html })).status]).toEqual([address, 404]);
  });

  test('a page is for readers: other methods and callers that want JSON get a problem', async () => {
    for (const [method, accept] of [
      ['POST', 'text/html'],
      ['DELETE', 'text/html'],
      ['GET', 'application/json'],
    ] as const)
      expect([method, (await app.call(method, '/somewhere', { headers: { accept } })).code]).toEqual([method, 'not_found']);
    expect(await app.call('HEAD', '/', { headers: html })).toMatchObject({ status: 200, text: '' });
  });

  test('no path leads out of their folders or to a hidden file', async () => {
    const up = [
      '../package.json',
      '..%2fpackage.json',
      '%2e%2e/package.json',
      '%2e%2e%2fpackage.json',
      '..\\package.json',
      '..%5cpackage.json',
    ];
    const tries = up.flatMap((file) => [`/${file}`, `/partner/${file}`, `/partner/assets/../${file}`, `/admin/./${file}`]);
    for (const address of [...tries, '/.env', '/partner/.env', '/..%00/package.json', '/%00', '//etc/passwd', '/../../../../etc/passwd']) {
      const { status, text } = await asWritten(address);
      expect([address, text.includes('outside dist') || text.includes('SECRET') || text.includes('root:')]).toEqual([address, false]);
      expect([address, status < 500]).toEqual([address, true]);
    }
  });

  test('a broken escape, a range and a precondition are no bug of ours', async () => {
    for (const address of ['/v1/partner/offers/%zz', '/docs/errors/%E0%A4%A']) expect((await asWritten(address)).status).toBe(400);
    for (const headers of [{ range: 'bytes=9999-' }, { 'if-match': '"other"' }, { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }])
      for (const address of ['/', '/assets/index-Dk3_xY9q.js'])
        expect((await asWritten(address, { ...html, ...headers })).status).toBeLessThan(500);
  });

  test('before they are built there is no page, and no crash', async () => {
    const empty = await startBareApp();
    expect((await empty.call('GET', '/', { headers: html })).code).toBe('not_found');
    await empty.close();
  });
});

describe('every answer', () => {
  const addresses = ['/', '/v1/provinces', '/v1/none', '/docs/api', '/healthz', '/partner/', '/assets/index-Dk3_xY9q.js'];

  test.each(addresses)('of %s has the security headers and a request id, and names no software', async (address) => {
    const { headers } = await app.call('GET', address, { headers: html });
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
        const [name = '', ...sources] = directive.trim().split(' ');
        return [name, sources.join(' ')];
      }),
    );
    expect(policy.get('default-src')).toBe("'self'");
    expect(policy.get('script-src')).toBe("'self'");
    for (const directive of ['object-src', 'base-uri', 'frame-ancestors'])
      expect([directive, policy.get(directive)]).toEqual([directive, "'none'"]);
    expect(policy.get('form-action')).toBe("'self'");
    expect([...policy.values()].join(' ')).not.toMatch(/unsafe-eval|\*|https?:/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-request-id')).toMatch(/^[\w.-]{8,64}$/);
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  test('over https tells browsers to stay there', async () => {
    const secure = await startBareApp({ baseUrl: 'https://chung.example' });
    const { headers } = await secure.call('GET', '/v1/provinces');
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
    expect(headers.get('content-security-policy')).toContain('upgrade-insecure-requests');
    await secure.close();
  });

  test('of an operation is not kept by any cache', async () => {
    expect((await app.call('GET', '/v1/provinces')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('health', () => {
  test('alive is not ready: without the database the process lives, is not ready and says when to ask again', async () => {
    ready = false;
    try {
      const [alive, away] = await Promise.all([app.call('GET', '/healthz'), app.call('GET', '/readyz')]);
      expect([alive.status, away.status, away.text]).toEqual([200, 503, '{"status":"unavailable"}']);
      expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    } finally {
      ready = true;
    }
    expect((await app.call('GET', '/readyz')).status).toBe(200);
  });
});

describe('the reference pages', () => {
  test.each(['vi', 'en'] as const)('in %s list every operation with its words, its scope and its errors', async (lang) => {
    const { status, text, headers } = await app.call('GET', `/docs/api?lang=${lang}`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain(`<html lang="${lang}">`);
    const sections = new Map(
      text
        .split('<section id="')
        .slice(1)
        .map((section) => [section.slice(0, section.indexOf('"')), section]),
    );
    expect([...sections.keys()]).toEqual(OPERATIONS.map(({ id }) => id));
    for (const operation of OPERATIONS as readonly OperationSpec[]) {
      const section = sections.get(operation.id) ?? '';
      expect(section).toContain(operation.title[lang].replaceAll("'", '&#39;'));
      expect(section).toContain(`<code>${operation.path}</code>`);
      if (operation.scope) expect(section).toContain(operation.scope);
      const linked = [...section.matchAll(/href="\/docs\/errors\/(\w+)"/g)].map(([, code]) => code);
      expect([operation.id, linked]).toEqual([operation.id, [...errorsOf(operation)]]);
      expect(text).toContain(`<a href="#${operation.id}">`);
    }
  });

  test.each(['vi', 'en'] as const)(
    'in %s tell every error code, each on a page of its own that leads back to the operations',
    async (lang) => {
      const index = (await app.call('GET', `/docs/errors?lang=${lang}`)).text;
      const api = (await app.call('GET', `/docs/api?lang=${lang}`)).text;
      for (const code of ERROR_CODES) {
        expect(index).toContain(`href="/docs/errors/${code}"`);
        const { status, text } = await app.call('GET', `/docs/errors/${code}?lang=${lang}`);
        expect([code, status]).toEqual([code, 200]);
        expect(text).toContain(ERRORS[code].title[lang]);
        expect(text).toContain(`<b>${ERRORS[code].status}</b>`);
        for (const [, id] of text.matchAll(/href="\/docs\/api#([\w.]+)"/g)) expect(api).toContain(`<section id="${id}">`);
      }
    },
  );

  test('follow the reader’s language, run no script, and know what they do not have', async () => {
    const { text } = await app.call('GET', '/docs/errors', { headers: { 'accept-language': 'en' } });
    expect(text).toContain('<html lang="en">');
    expect((await app.call('GET', '/docs/errors')).text).toContain('<html lang="vi">');
    expect((await app.call('GET', '/docs/api?lang=fr')).text).toContain('<html lang="vi">');
    expect((await app.call('GET', '/docs/api')).text).not.toMatch(/<script|\son\w+=/i);
    for (const code of ['none', 'constructor', '__proto__', '%3Cscript%3E'])
      expect((await app.call('GET', `/docs/errors/${code}`)).code).toBe('not_found');
  });
});

describe('a refusal', () => {
  test('of every status that the app itself gives has a page behind its link', async () => {
    const refusals = [
      await app.call('GET', '/v1/none'),
      await app.call('PUT', '/v1/offers'),
      await app.call('GET', '/v1/partner/offers'),
      await app.call('POST', '/v1/partners', { body: {} }),
      await app.call('POST', '/v1/partners', { body: '{', headers: { 'content-type': 'application/json' } }),
      await app.call('POST', '/v1/partners', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
      await app.call('POST', '/v1/partners', { body: { name: 'x'.repeat(300_000) } }),
    ];
    expect(refusals.map(({ status, code }) => `${status} ${code}`)).toEqual([
      '404 not_found',
      '405 method_not_allowed',
      '401 unauthenticated',
      '422 validation_failed',
      '400 invalid_request',
      '415 unsupported_media_type',
      '413 payload_too_large',
    ]);
    for (const { text } of refusals) {
      const { docs, type } = JSON.parse(text);
      expect(type).toBe(docs);
      expect((await app.call('GET', new URL(docs).pathname)).status).toBe(200);
    }
  });

  test('for the method names those that there are', async () => {
    for (const [method, address, allow] of [
      ['DELETE', '/v1/offers', 'GET'],
      ['PUT', '/v1/partner/offers', 'GET, POST'],
      ['PUT', `/v1/partner/offers/${newId()}`, 'GET, PATCH'],
      ['GET', '/v1/partners', 'POST'],
    ] as const) {
      const reply = await app.call(method, address);
      expect([method, address, reply.status, reply.headers.get('allow')]).toEqual([method, address, 405, allow]);
    }
  });

  test('of our bug is 500 without a word of it, and the request id finds it in the log', async () => {
    const owner = { username: 'quan.ly', displayName: 'Quản lý', password: 'x'.repeat(12) };
    const body = { slug: 'a-b', name: 'Đối tác', legalName: 'Đối tác', taxId: '9900000001', contactEmail: 'a@example.vn', owner };
    const reply = await app.call('POST', '/v1/partners', { body, headers: { 'x-request-id': 'find-me-0001' } });
    expect([reply.status, reply.code]).toEqual([500, 'internal']);
    expect(reply.text).not.toContain('hunter2');
    const told = app.lines.map((line) => JSON.parse(line)).filter(({ requestId }) => requestId === 'find-me-0001');
    expect(told.map(({ msg }) => msg).toSorted()).toEqual(['request', 'request failed']);
  });

  test('keeps its hands off JSON tricks: nothing of a prototype is taken from a body', async () => {
    for (const body of ['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}', '[]', '"text"', 'null', '7'])
      expect((await app.call('POST', '/v1/partners', { body, headers: { 'content-type': 'application/json' } })).status).toBeLessThan(500);
    expect('admin' in {}).toBe(false);
  });
});

describe('the seam', () => {
  const LOOKUP = '/v1/partner/redemptions/lookup';
  const broken = { body: '{"presented":', headers: { 'content-type': 'application/json' } };

  test('listens to nobody before it knows their right: bodies, sizes, types and ids tell a stranger nothing', async () => {
    const narrow: Principal = { ...partner, scopes: ['partner.profile:read'] };
    const tries = [
      { body: { presented: 'ABCD-1234' } },
      broken,
      { body: 'x'.repeat(300_000), headers: { 'content-type': 'application/json' } },
      { body: 'a=b', headers: { 'content-type': 'text/plain' } },
      { body: { unknown: true } },
    ];
    for (const options of tries) {
      expect((await app.call('POST', LOOKUP, options)).code).toBe('unauthenticated');
      expect((await app.call('POST', LOOKUP, { ...options, as: narrow })).code).toBe('insufficient_scope');
    }
    for (const id of [newId(), 'no-id', '%27'])
      expect((await app.call('GET', `/v1/partner/offers/${id}`, { as: narrow })).code).toBe('insufficient_scope');
    expect((await app.call('GET', '/v1/partner/offers?limit=0')).code).toBe('unauthenticated');
  });

  test('then tells exactly what is wrong', async () => {
    const codes = await Promise.all([
      app.call('POST', LOOKUP, { ...broken, as: partner }),
      app.call('POST', LOOKUP, { as: partner, body: 'presented=ABCD', headers: { 'content-type': 'text/plain' } }),
      app.call('POST', LOOKUP, { as: partner, body: { presented: 'ABC' } }),
      app.call('POST', LOOKUP, { as: partner }),
      app.call('POST', LOOKUP, { as: partner, body: { presented: 'x'.repeat(300_000) } }),
      app.call('POST', `/v1/partner/offers/${newId()}/codes`, { as: partner, body: 'ABCD', headers: { 'content-type': 'image/png' } }),
      app.call('POST', `/v1/partner/offers/${newId()}/codes`, { as: partner }),
    ]);
    expect(codes.map(({ code }) => code)).toEqual([
      'invalid_request',
      'unsupported_media_type',
      'validation_failed',
      'validation_failed',
      'payload_too_large',
      'unsupported_media_type',
      'unsupported_media_type',
    ]);
  });

  test('lets nothing out that the declaration does not name', async () => {
    expect(JSON.parse((await app.call('GET', '/v1/provinces')).text)).toEqual({ items: [{ code: '01', name: 'Hà Nội', formerNames: [] }] });
  });

  test('takes JSON of any charset name that JSON has, and no other coding', async () => {
    const send = (type: string, extra = {}) =>
      app.call('POST', LOOKUP, { as: partner, body: '{"presented":"ABCD-1234"}', headers: { 'content-type': type, ...extra } });
    expect((await send('application/json; charset=utf-8')).code).toBe('internal');
    expect((await send('application/json; charset=latin7')).code).toBe('unsupported_media_type');
    expect((await send('application/json', { 'content-encoding': 'compress' })).code).toBe('unsupported_media_type');
  });
});

test('a table with a missing or a doubled operation does not start', async () => {
  const route = handle('provinces.list', async () => ({ items: [] }));
  await expect(startBareApp({ routes: [route, route] })).rejects.toThrow('provinces.list has two handlers');
});
