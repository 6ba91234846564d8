// A manifest at its limits and one beyond, part by part; `manifest.test.ts` has the manifest as a whole.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostName, Manifest, readManifest } from './manifest.ts';
import { SCOPE_NAMES, SCOPES } from './scopes.ts';

const words = { vi: 'Ưu đãi', en: 'Offers' };
const written = {
  app_id: 'vn.example.rewards',
  name: words,
  description: words,
  icons: [{ src: 'icons/app.svg', sizes: 'any' }],
  version: { code: 3, name: '1.2.0' },
  platform_version: { min_code: 1 },
  req_permissions: [],
  age_rating: 'all',
  data_retention: { kept: 'none' },
  contact: { email: 'partners@example.vn' },
};
const draft = {
  ...{ title: words, summary: words, terms: words, category: 'other', benefit: { kind: 'fixed_amount', discountMinor: 10_000 } },
  ...{ regularPriceMinor: 50_000, currency: 'VND', funding: [{ by: 'partner', shareBasisPoints: 10_000 }], stock: 10 },
  ...{ limits: { perMember: 1, perMemberPerDay: null }, fulfilment: { mode: 'instant' }, codes: 'none' },
  ...{ window: { startsAt: '2026-11-22T00:00:00+07:00', endsAt: '2026-11-23T00:00:00+07:00' }, eligibility: { version: 1, all: [] } },
};

/** Where a manifest with this change is wrong; empty when it is taken. */
const wrongAt = (change: object) => {
  const read = readManifest({ ...written, ...change });
  return read.ok ? [] : read.problems.map(({ path }) => path.join('.'));
};
const times = <Item>(count: number, item: (index: number) => Item) => Array.from({ length: count }, (_, index) => item(index));

describe('the name of the app', () => {
  test.each(['vn.example.rewards', 'vn.a', 'vn.vnpt-money.gifts2', `vn.${'a'.repeat(61)}`])('may be %s', (app_id) =>
    expect(wrongAt({ app_id })).toEqual([]),
  );

  test.each([
    'rewards',
    'vn',
    'vn.',
    '.vn.example',
    'vn..example',
    'VN.example',
    'vn.1example',
    'vn.ví',
    'vn.example/x',
    `vn.${'a'.repeat(62)}`,
  ])('may not be %s', (app_id) => expect(new Set(wrongAt({ app_id }))).toEqual(new Set(['app_id'])));

  test('fits under an icon, in either language: 40 signs, however many bytes they are', () => {
    expect(wrongAt({ name: { vi: 'ễ'.repeat(40), en: 'x'.repeat(40) } })).toEqual([]);
    expect(wrongAt({ name: { vi: 'ễ'.repeat(41), en: 'x'.repeat(41) } })).toEqual(['name.vi', 'name.en']);
  });
});

describe('an icon', () => {
  const icon = (change: object) => wrongAt({ icons: [{ src: 'icons/app.svg', sizes: 'any', ...change }] });

  test.each(['app.png', 'icons/app.webp', 'icons/a.b.svg', 'biểu tượng/ứng dụng.svg'])('lies inside the project: %s', (src) =>
    expect(icon({ src })).toEqual([]),
  );

  test.each([
    '../app.svg',
    'icons/../../app.svg',
    'icons/..',
    '/etc/app.svg',
    'C:/app.svg',
    'https://example.vn/app.svg',
    'icons\\app.svg',
    'app.gif',
    'app.svg.html',
    '.svg/',
    '',
  ])('is no file of the project where it is %s', (src) => expect(icon({ src })[0]).toBe('icons.0.src'));

  test.each([
    ['192x192', true],
    ['any', true],
    ['192', false],
    ['192X192', false],
    ['192x192 512x512', false],
    ['-1x1', false],
  ])('has the sizes %s: %s', (sizes, isTaken) => expect(icon({ sizes }).length === 0).toBe(isTaken));

  test('is there at least once and at most ten times', () => {
    const icons = (count: number) => wrongAt({ icons: times(count, () => ({ src: 'a.svg', sizes: 'any' })) });
    expect([0, 1, 10, 11].map((count) => icons(count).length)).toEqual([1, 0, 0, 1]);
  });
});

describe('a version', () => {
  test.each(['0.0.1', '1.4.0', '10.20.30', '1.4.0-rc.1', '1.0.0-beta-2'])('is named %s', (name) =>
    expect(wrongAt({ version: { code: 1, name } })).toEqual([]),
  );

  test.each(['1', '1.4', 'v1.4.0', '1.4.0.0', '1.4.0-', '1.4.0-RC1', '1.4.0+build', '1.4.0 ', '١.٤.٠'])('is not named %j', (name) =>
    expect(wrongAt({ version: { code: 1, name } })).toEqual(['version.name']),
  );

  test.each([0, -1, 1.5, 2_000_000_001, '3', Number.NaN])('has no code like %s', (code) =>
    expect(wrongAt({ version: { code, name: '1.0.0' } })).toEqual(['version.code']),
  );

  test('has a code up to what stores count with, and asks for a host that there is', () => {
    expect(wrongAt({ version: { code: 2_000_000_000, name: '1.0.0' } })).toEqual([]);
    expect(wrongAt({ platform_version: { min_code: 0 } })).toEqual(['platform_version.min_code']);
  });
});

describe('a host', () => {
  const isHost = (host: string) => HostName.safeParse(host).success;

  test('is taken with a port from 1 to 65535 and no other', () => {
    expect(['1', '80', '8443', '65535'].filter((port) => !isHost(`api.example.vn:${port}`))).toEqual([]);
    expect(['', '0', '65536', '99999', '123456', 'http', '-1', '+1', '443/x'].filter((port) => isHost(`api.example.vn:${port}`))).toEqual(
      [],
    );
  });

  test('has parts of 63 letters at most and 253 in all, as names of the internet have', () => {
    expect([isHost(`${'a'.repeat(63)}.vn`), isHost(`${'a'.repeat(64)}.vn`)]).toEqual([true, false]);
    const long = (length: number) => `${times(4, () => 'a'.repeat(60)).join('.')}.${'b'.repeat(length - 244)}`;
    expect([long(253).length, isHost(long(253)), isHost(long(254))]).toEqual([253, true, false]);
  });

  test.each([
    'api_v1.example.vn',
    '-a.example.vn',
    'a-.example.vn',
    'a..vn',
    'a.vn.',
    'user@a.vn',
    'a.vn?x',
    'a.vn#x',
    'a.vn\n',
    'ví.vn',
    '[::1]',
  ])('is never %j', (host) => expect(isHost(host)).toBe(false));

  test('means to a browser what it says to the reviewer', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
    // With letters at the end: four numbers would be an address and not a name.
    const host = fc.tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.option(fc.integer({ min: 1, max: 65_535 })));
    fc.assert(
      fc.property(host, ([labels, port]) => {
        const name = `${labels.filter((one) => !one.startsWith('xn-')).join('.')}.example.vn`.replace(/^\./, '');
        const whole = port === null ? name : `${name}:${port}`;
        expect(isHost(whole)).toBe(true);
        const { hostname, pathname } = new URL(`https://${whole}`);
        expect([hostname, pathname]).toEqual([name, '/']);
      }),
    );
  });

  test('is listed 20 times at most, each with its reason in both languages', () => {
    const hosts = (count: number) => wrongAt({ allowed_hosts: times(count, (index) => ({ host: `h${index}.vn`, reason: words })) });
    expect([hosts(20), hosts(21)]).toEqual([[], ['allowed_hosts']]);
    expect(wrongAt({ allowed_hosts: [{ host: 'a.vn' }] })).toEqual(['allowed_hosts.0.reason']);
    expect(wrongAt({ allowed_hosts: [{ host: 'a.vn', reason: { vi: 'Ảnh', en: 'x'.repeat(201) } }] })).toEqual([
      'allowed_hosts.0.reason.en',
    ]);
  });
});

describe('scopes', () => {
  test('can be asked for exactly where a partner can be given them', () => {
    for (const name of SCOPE_NAMES) {
      const isGivable = SCOPES[name].holder !== 'admin' && SCOPES[name].sensitivity !== 'first-party';
      expect([name, wrongAt({ req_permissions: [{ name, purpose: words }] })]).toEqual([name, isGivable ? [] : ['req_permissions.0.name']]);
    }
  });

  test.each([null, 7, ['offers:read'], { name: 'offers:read' }, 'constructor', 'OFFERS:READ', ' offers:read', undefined])(
    'have no name like %j, and the answer says so',
    (name) => {
      const read = readManifest({ ...written, req_permissions: [{ name, purpose: words }] });
      expect(read.ok ? [] : read.problems.map(({ message }) => message)).toEqual([expect.stringContaining('is not a scope')]);
    },
  );

  test('that are optional say so, and nothing else can be said of them', () => {
    expect(wrongAt({ req_permissions: [{ name: 'offers:read', purpose: words, optional: 'yes' }] })).toEqual([
      'req_permissions.0.optional',
    ]);
    expect(wrongAt({ req_permissions: [{ name: 'offers:read', purpose: words, granted: true }] })).toEqual(['req_permissions.0']);
  });
});

describe('offers that come with the app', () => {
  test('are held to the rules of any offer, and the path leads to the wrong field', () => {
    expect(wrongAt({ offers: [{ ref: 'gift', draft }] })).toEqual([]);
    expect(wrongAt({ offers: [{ ref: 'gift', draft: { ...draft, stock: 0 } }] })).toEqual(['offers.0.draft.stock']);
    const reversed = { ...draft, window: { startsAt: draft.window.endsAt, endsAt: draft.window.startsAt } };
    expect(wrongAt({ offers: [{ ref: 'gift', draft: reversed }] })).toEqual(['offers.0.draft.window.endsAt']);
  });

  test('have names of their own, 50 at most', () => {
    const offers = (count: number, ref: (index: number) => string) =>
      wrongAt({ offers: times(count, (index) => ({ ref: ref(index), draft })) });
    expect([offers(50, (index) => `gift-${index}`), offers(51, (index) => `gift-${index}`)]).toEqual([[], ['offers']]);
    expect(offers(2, () => 'gift')).toEqual(['offers']);
    expect(offers(1, () => 'Quà')).toEqual(['offers.0.ref']);
  });
});

describe('pages, retention and contact', () => {
  test.each([
    ['home', true],
    ['offers/detail', true],
    ['a/b/c-1', true],
    ['/home', false],
    ['home/', false],
    ['home//x', false],
    ['../x', false],
    ['Home', false],
    ['home?x=1', false],
    ['', false],
  ])('the page %j: %s', (page, isTaken) => expect(wrongAt({ pages: ['home', page] })).toEqual(isTaken ? [] : ['pages.1']));

  test('what is kept is kept for a number of days, with a reason, or not at all', () => {
    const kept = (data_retention: object) => wrongAt({ data_retention }).length === 0;
    expect([1, 3_660].map((days) => kept({ kept: 'days', days, reason: words }))).toEqual([true, true]);
    expect([0, 3_661, 1.5].map((days) => kept({ kept: 'days', days, reason: words }))).toEqual([false, false, false]);
    expect([{ kept: 'days', days: 5 }, { kept: 'none', days: 5 }, { kept: 'forever' }, {}].map(kept)).toEqual([false, false, false, false]);
  });

  test('somebody can be reached: by mail always, by phone and over HTTPS where they are given', () => {
    const contact = (more: object) => wrongAt({ contact: { email: 'a@example.vn', ...more } });
    expect([contact({}), contact({ phone: '+84 24 3945 5999', url: 'https://example.vn/lien-he' })]).toEqual([[], []]);
    expect(contact({ email: 'a@' })).toEqual(['contact.email']);
    expect(contact({ phone: '113' })).toEqual(['contact.phone']);
    for (const url of ['http://example.vn', 'javascript:alert(1)', 'example.vn']) expect(contact({ url })).toEqual(['contact.url']);
  });

  test('an age is one that a reviewer rates by', () => {
    expect(['all', '13', '16', '18', '12', 18].map((age_rating) => wrongAt({ age_rating }).length)).toEqual([0, 0, 0, 0, 1, 1]);
  });
});

test('whatever a config file exports, reading it answers and never throws', () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...Object.keys(written), 'offers', 'pages', 'allowed_hosts'), (value, field) => {
      expect(readManifest(value).ok).toBe(false);
      const read = readManifest({ ...written, [field]: value });
      if (read.ok) expect(Manifest.parse(read.manifest)).toEqual(read.manifest);
      else expect(read.problems.every(({ path, message }) => path[0] === field && message !== '')).toBe(true);
    }),
  );
});
