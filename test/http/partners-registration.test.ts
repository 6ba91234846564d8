// Registration against the real platform: whoever comes first, whatever they type, and nothing half done.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { application } from '../harness/partner-rooms.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebSession } from '../harness/session.ts';

let running: TestPlatform;
let admin: WebSession;
beforeAll(async () => {
  running = await startTestPlatform();
  admin = await signIn(running.baseUrl, 'admin', running.demo.admin);
}, 120_000);
afterAll(() => running?.close());

type Application = ReturnType<typeof application>;
async function register(body: unknown, language = 'vi') {
  const response = await fetch(`${running.baseUrl}/v1/partners`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': language },
    body: JSON.stringify(body),
  });
  const reply: { id?: string; code?: string; title?: string; fields?: { path: string }[]; [name: string]: unknown } = await response.json();
  return { status: response.status, body: reply };
}
const withOwner = (slug: string, owner: Partial<Application['owner']>) => ({
  ...application(slug),
  owner: { ...application(slug).owner, ...owner },
});

/** How many partners and accounts there are of a name, behind the server's back. */
async function kept(slug: string, username = `${slug}.owner`) {
  const { rows } = await running.owner.query(
    `SELECT (SELECT count(*)::integer FROM chung.partners WHERE slug = $1) AS partners,
            (SELECT count(*)::integer FROM chung.accounts WHERE username = $2) AS accounts`,
    [slug, username],
  );
  return [rows[0].partners, rows[0].accounts];
}

test('of ten registrations of one slug at once one is made, and each of the others is told that the name is taken', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => register(withOwner('race-slug', { username: `race-slug-${index}` }))),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(409)]);
  for (const { status, body } of answers) if (status === 409) expect(body.code).toBe('slug_taken');
  const { rows } = await running.owner.query(`SELECT username FROM chung.accounts WHERE username LIKE 'race-slug-%'`);
  expect([await kept('race-slug', ''), rows.length]).toEqual([[1, 0], 1]);
});

test('of ten partners that want one username one gets it, and the others leave no partner behind', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) => register(withOwner(`race-name-${index}`, { username: 'race.name' }))),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(409)]);
  for (const { status, body } of answers) if (status === 409) expect(body.code).toBe('username_taken');
  const { rows } = await running.owner.query(`SELECT slug FROM chung.partners WHERE slug LIKE 'race-name-%'`);
  expect(rows).toHaveLength(1);
});

test('the same application sent twice at once makes one partner and one account', async () => {
  const answers = await Promise.all([register(application('twice')), register(application('twice'))]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
  expect(await kept('twice')).toEqual([1, 1]);
});

test.each<[string, Partial<Application['owner']>, boolean]>([
  ['11 characters', { password: 'elevenchars' }, false],
  ['12 characters', { password: 'twelve chars' }, true],
  ['200 characters', { password: 'ơ'.repeat(200) }, true],
  ['201 characters', { password: 'x'.repeat(201) }, false],
  ['nothing', { password: '' }, false],
])('a password of %s is taken or refused by the rule', async (what, owner, taken) => {
  const slug = `pw-${what.replace(/\W/g, '')}`;
  const { status, body } = await register(withOwner(slug, owner));
  if (taken) expect([status, await kept(slug)]).toEqual([201, [1, 1]]);
  else expect([status, body.fields?.map(({ path }) => path), await kept(slug)]).toEqual([422, ['body.owner.password'], [0, 0]]);
  // Neither a reply nor the database repeats a password.
  if (owner.password) expect(JSON.stringify(body)).not.toContain(owner.password);
});

test('the owner signs in with exactly the password that was set, spaces and marks included', async () => {
  const owner = { username: 'exact.owner', displayName: 'Chủ', password: '  mật khẩu có dấu  ' };
  expect((await register({ ...application('exact'), owner })).status).toBe(201);
  const session = await signIn(running.baseUrl, 'partner', owner);
  expect((await session.call('GET', '/v1/partner/profile')).body).toMatchObject({ slug: 'exact', status: 'applied' });
  await expect(signIn(running.baseUrl, 'partner', { ...owner, password: owner.password.trim() })).rejects.toThrow();
});

test.each([
  ['taxId', '010000000'],
  ['taxId', '01000000001'],
  ['taxId', '0100000000-01'],
  ['taxId', ' 0100000000'],
  ['taxId', '０１００００００００'],
  ['contactEmail', 'không-phải-email'],
  ['contactEmail', 'a@b'],
  ['contactEmail', 'a@example.vn\nBcc: all@example.vn'],
  ['contactEmail', `${'a'.repeat(200)}@example.vn`],
  ['slug', 'a'],
  ['slug', 'Hoa'],
  ['slug', 'hai--gach'],
  ['slug', '-dau'],
  ['slug', '../admin'],
  ['slug', 'x'.repeat(41)],
  ['name', ' '],
  ['name', 'x'.repeat(121)],
  ['legalName', 'x'.repeat(201)],
  ['name', 'Tên\0'],
])('422: %s %j is refused by its field and nothing is kept', async (field, value) => {
  const slug = 'khong-hop-le';
  const { status, body } = await register({ ...application(slug), [field]: value });
  expect([status, body.code, body.fields?.map(({ path }) => path)]).toEqual([422, 'validation_failed', [`body.${field}`]]);
  expect(await kept(slug)).toEqual([0, 0]);
});

test.each(['0100000000', '0100000000-001', '0100000000001'])('tax code %s is one', async (taxId) => {
  expect((await register({ ...application(`tax-${taxId}`), taxId })).body).toMatchObject({ taxId });
});

test.each(['ab', '.abc', 'có.dấu', 'a b c', 'ABC', 'x'.repeat(41)])('422: username %j', async (username) => {
  expect(await register(withOwner('ten-dang-nhap', { username }))).toMatchObject({
    status: 422,
    body: { fields: [{ path: 'body.owner.username' }] },
  });
});

test('markup in names is data: it comes back as it was written and no page runs it', async () => {
  const name = '<img src=x onerror=alert(1)> & "Công ty"';
  const owner = { username: 'markup.owner', displayName: '<script>alert(1)</script>', password: 'correct horse battery' };
  const { status, body } = await register({ ...application('markup'), name, legalName: name, owner });
  expect([status, body['name'], body['legalName']]).toEqual([201, name, name]);
  const session = await signIn(running.baseUrl, 'partner', owner);
  const profile = await session.visitor.send(`${running.baseUrl}/v1/partner/profile`, { headers: { 'x-chung-app': 'partner' } });
  expect(profile.headers.get('content-type')).toContain('application/json');
  expect(profile.headers.get('x-content-type-options')).toBe('nosniff');
  const { body: listed } = await admin.call('GET', '/v1/admin/partners?status=applied&limit=100');
  expect((listed['items'] as unknown as { name: string }[]).map((partner) => partner.name)).toContain(name);
});

test('who has applied reads its profile and writes nothing, until an admin approves it; a refusal says so and can be put right', async () => {
  const { owner } = application('waits');
  const { body } = await register(application('waits'));
  const decide = (decision: string) =>
    admin.call('POST', `/v1/admin/partners/${body.id}/decision`, { body: { decision, reason: 'vì thế' } });
  const session = await signIn(running.baseUrl, 'partner', owner);
  expect((await session.call('GET', '/v1/partner/profile')).body).toMatchObject({ status: 'applied' });
  const write = async (by: WebSession) => {
    const reply = await by.call('PATCH', `/v1/partner/offers/${body.id}`, { body: { stock: 1 } });
    return [reply.status, reply.body['code']];
  };
  // Before the approval its sign-in carries no scope but that of its own profile.
  expect(await write(session)).toEqual([403, 'insufficient_scope']);
  expect((await decide('refuse')).status).toBe(200);
  expect((await decide('approve')).status).toBe(200);
  // Approved, the same write is judged by what it says: the offer is not there.
  expect(await write(await signIn(running.baseUrl, 'partner', owner))).toEqual([404, 'not_found']);
});

test('a taken name is told in the caller’s language', async () => {
  await register(application('tieng'));
  expect((await register(application('tieng'))).body.title).toBe('Tên này đã có người dùng.');
  expect((await register(application('tieng'), 'en')).body.title).toBe('This name is taken.');
});

test('an account of another kind keeps its username too', async () => {
  const [member] = running.demo.members;
  expect(await register(withOwner('lay-ten', { username: member?.username ?? '' }))).toMatchObject({
    status: 409,
    body: { code: 'username_taken' },
  });
  expect(await kept('lay-ten', '')).toEqual([0, 0]);
});
