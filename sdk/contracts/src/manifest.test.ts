import { expect, expectTypeOf, test } from 'vitest';
import { defineApp, type ManifestInput, readManifest } from './manifest.ts';

const words = { vi: 'Ưu đãi', en: 'Offers' };
const written = {
  app_id: 'vn.example.rewards',
  name: words,
  description: words,
  icons: [{ src: 'icons/app.svg', sizes: 'any' }],
  version: { code: 3, name: '1.2.0' },
  platform_version: { min_code: 1 },
  req_permissions: [{ name: 'offers:read', purpose: words }],
  age_rating: 'all',
  data_retention: { kept: 'none' },
  contact: { email: 'partners@example.vn' },
} as const satisfies ManifestInput;

const wrong = (change: object) => {
  const read = readManifest({ ...written, ...change });
  return read.ok ? [] : read.problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test('a whole manifest is taken; what may be left out has its default', () => {
  const read = readManifest(written);
  expect(read.ok && read.manifest).toMatchObject({
    allowed_hosts: [],
    offers: [],
    pages: [],
    req_permissions: [{ name: 'offers:read', optional: false }],
  });
});

test('every required field is asked for by its name', () => {
  for (const name of Object.keys(written)) {
    const { [name]: _, ...rest } = { ...written } as Record<string, unknown>;
    const read = readManifest(rest);
    expect(read.ok ? [] : read.problems.map(({ path }) => path.join('.'))).toContain(name);
  }
});

test('a scope needs its purpose in both languages', () => {
  expect(wrong({ req_permissions: [{ name: 'offers:read' }] })[0]).toMatch(/^req_permissions\.0\.purpose:/);
  expect(wrong({ req_permissions: [{ name: 'offers:read', purpose: { vi: 'Hiện ưu đãi' } }] })[0]).toMatch(
    /^req_permissions\.0\.purpose\.en:/,
  );
  expect(wrong({ req_permissions: [{ name: 'offers:read', purpose: { vi: ' ', en: 'Show' } }] })[0]).toMatch(
    /^req_permissions\.0\.purpose\.vi:/,
  );
});

test('scopes are known ones that a partner can be given, each once', () => {
  const asking = (...names: string[]) => wrong({ req_permissions: names.map((name) => ({ name, purpose: words })) });
  expect(asking('offers:raed')).toEqual(['req_permissions.0.name: "offers:raed" is not a scope; see docs/scopes.md']);
  expect(asking('grants:manage')[0]).toContain("belongs to the platform's own apps");
  expect(asking('admin.audit:read')[0]).toContain("belongs to the platform's own apps");
  expect(asking('offers:read', 'offers:read')).toEqual(['req_permissions: a scope is listed twice']);
  expect(asking('offers:read', 'partner.events:read')).toEqual([]);
});

test('a host is a name alone', () => {
  const hosts = (...names: string[]) => wrong({ allowed_hosts: names.map((host) => ({ host, reason: words })) });
  expect(hosts('api.example.vn', 'cdn.example.vn:8443')).toEqual([]);
  for (const host of ['https://api.example.vn', '*.example.vn', 'api.example.vn/v1', 'API.example.vn', 'localhost'])
    expect(hosts(host)[0]).toContain('write the host alone');
  expect(hosts('a.vn', 'a.vn')).toEqual(['allowed_hosts: a host is listed twice']);
});

test('what the manifest does not know is refused', () => {
  expect(wrong({ permissions: [] })[0]).toContain('permissions');
  expect(wrong({ icons: [{ src: '../app.svg', sizes: 'any' }] })[0]).toContain('inside the project');
  expect(wrong({ app_id: 'Rewards' })[0]).toContain('reversed domain');
  expect(wrong({ version: { code: 0, name: '1' } })).toHaveLength(2);
});

test('defineApp keeps the literals, so that scopes can be taken from them', () => {
  const app = defineApp(written);
  expect(app).toBe(written);
  expectTypeOf(app.req_permissions[0].name).toEqualTypeOf<'offers:read'>();
});

const problemsOf = (change: object) => {
  const read = readManifest({ ...written, ...change });
  return read.ok ? [] : read.problems;
};

test.each<[string, object]>([
  ['a missing field', { contact: undefined }],
  ['a field too many', { colour: 'red' }],
  ['a scope that is none', { req_permissions: [{ name: 'offers:eat', purpose: words }] }],
  ['a scope of the platform’s own', { req_permissions: [{ name: 'grants:manage', purpose: words }] }],
  ['a scope twice', { req_permissions: [written.req_permissions[0], written.req_permissions[0]] }],
  ['a purpose in one language', { req_permissions: [{ name: 'offers:read', purpose: { vi: 'Hiện ưu đãi' } }] }],
  ['a name that is too long', { name: { vi: 'a'.repeat(41), en: 'a' } }],
  ['a wrong app_id', { app_id: 'Rewards' }],
  ['a wrong host', { allowed_hosts: [{ host: 'https://a.example', reason: words }] }],
  ['an icon from outside', { icons: [{ src: '../icon.svg', sizes: 'any' }] }],
  ['a wrong page', { pages: ['/home'] }],
  ['a wrong version', { version: { code: 0, name: '1' } }],
  ['a wrong rating', { age_rating: '21' }],
])('%s is said in both languages, each in its own', (_what, change) => {
  const problems = problemsOf(change);
  expect(problems.length).toBeGreaterThan(0);
  for (const { message, text } of problems) {
    expect(text.en).toBe(message);
    expect(text.vi).not.toBe(text.en);
    // Vietnamese has letters that English has not.
    expect(text.vi).toMatch(/[ăâđêôơưáàảãạếềểễệốồổỗộớờởỡợứừửữựíìỉĩịúùủũụýỳỷỹỵéèẻẽẹóòỏõọấầẩẫậắằẳẵặ]/i);
    expect(text.en).not.toMatch(/[đơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i);
  }
});

test('whoever parses with the schema itself is told in English, also after a reading', () => {
  problemsOf({ app_id: 'Rewards' });
  expect(problemsOf({ app_id: 'Rewards' })[0]?.message).toContain('reversed domain');
});
