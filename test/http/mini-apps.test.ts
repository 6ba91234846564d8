// Submitting apps over real HTTP: what is kept, what a repeat answers, who owns an app_id, and what the check on the server says.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AdminAppSubmission, AppSubmission } from '@chung/contracts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type AppChanges, appFiles, archiveOf, digestsOf } from '../harness/app-archive.ts';
import { type Intake, intakeOf, keptBy } from '../harness/app-intake.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebSession } from '../harness/session.ts';

// Each submission is judged by a process of its own: seconds, and more where others work too.
vi.setConfig({ testTimeout: 120_000 });

let running: TestPlatform;
let mine: Intake;
let theirs: Intake;
let admin: WebSession;

beforeAll(async () => {
  running = await startTestPlatform();
  mine = await intakeOf(running, 'vinaphone');
  theirs = await intakeOf(running, 'mytv');
  admin = await signIn(running.baseUrl, 'admin', running.demo.admin);
}, 120_000);
afterAll(() => running?.close());

const MAIN = `import { createMiniApp } from '@chung/mini-app';
const app = await createMiniApp({ scopes: ['offers:read'] });
export const offers = await app.offers.list({});
`;
const miniApp = (appId: string, changes: { versionCode?: number; main?: string; permissions?: readonly string[] } = {}) =>
  appFiles({
    appId,
    pages: ['home'],
    permissions: ['offers:read'],
    ...changes,
    files: { 'source/src/main.tsx': changes.main ?? MAIN, 'bundle/remoteEntry.js': 'export {};' },
  });
/** Of offers alone: judged sooner, where the kind of app makes no difference. */
const plainApp = (appId: string, changes: Omit<AppChanges, 'appId'> = {}) => appFiles({ appId, ...changes });
const fieldsOf = (body: { readonly [name: string]: unknown }) =>
  body['fields'] as readonly { path: string; code: string; message: string }[];
const rowsOf = async () => (await running.owner.query('SELECT * FROM chung.app_submissions ORDER BY id')).rows;

test('an app is taken in: its submission says what it is, and the archive lies under the digest of its bytes', async () => {
  const files = miniApp('vn.vinaphone.first');
  const { status, body } = await mine.submit(files);
  expect(status).toBe(201);
  const submission = AppSubmission.parse(body);
  expect(submission).toMatchObject({
    ...{ appId: 'vn.vinaphone.first', name: { vi: 'Quà tặng', en: 'Gifts' }, version: { code: 1, name: '1.1.0' }, state: 'submitted' },
    ...digestsOf(files),
    ...{ queuePosition: 1, findings: [], files: 7 },
  });
  const archive = await archiveOf(files);
  const name = createHash('sha256').update(archive).digest('hex');
  expect(await readFile(path.join(running.dataDirectory, 'store/sha256', name.slice(0, 2), name))).toEqual(archive);
  expect(await keptBy(running)).toMatchObject({ incoming: [], working: [] });
});

test('the same files again are the same submission, under any key and however they were compressed', async () => {
  const files = plainApp('vn.vinaphone.again');
  const first = await mine.submit(files, { key: 'my-key' });
  const again = await Promise.all([mine.submit(files), mine.submit(files, { key: 'my-key' }), mine.submit(files)]);
  expect(again.map(({ status, body }) => [status, body['id']])).toEqual(again.map(() => [201, first.body['id']]));
  const otherwise = Object.fromEntries(Object.entries(files).toReversed());
  expect((await mine.submit(otherwise)).body['id']).toBe(first.body['id']);
  const other = plainApp('vn.vinaphone.again', { versionCode: 2 });
  expect(await mine.submit(other, { key: 'my-key' })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
});

test('of the same app sent twice at once one is made and both are told of it', async () => {
  const files = plainApp('vn.vinaphone.twice');
  const both = await Promise.all([mine.submit(files, { key: 'one' }), mine.submit(files, { key: 'two' })]);
  expect(both.map(({ status }) => status)).toEqual([201, 201]);
  expect(both[0]?.body['id']).toBe(both[1]?.body['id']);
});

test('an app_id belongs to the partner who submitted it first', async () => {
  await mine.submit(plainApp('vn.vinaphone.owned'));
  const before = await keptBy(running);
  const reply = await theirs.submit(plainApp('vn.vinaphone.owned', { versionCode: 2 }));
  expect(reply).toMatchObject({ status: 409, body: { code: 'app_id_taken', detail: expect.stringContaining('vn.vinaphone.owned') } });
  expect(await keptBy(running)).toEqual(before);
  const reads = await theirs.get('/v1/partner/app-submissions');
  expect(reads.body['items']).toEqual([]);
});

test('the version must rise, and a later one takes the place of the one that waits', async () => {
  const first = await mine.submit(plainApp('vn.vinaphone.rising', { versionCode: 5 }));
  for (const versionCode of [4, 5]) {
    const reply = await mine.submit(plainApp('vn.vinaphone.rising', { versionCode, files: { 'source/notes.md': `${versionCode}` } }));
    expect(reply).toMatchObject({ status: 409, body: { code: 'version_not_higher', detail: expect.stringContaining('raise it to 6') } });
  }
  const second = await mine.submit(plainApp('vn.vinaphone.rising', { versionCode: 6 }));
  expect(second).toMatchObject({ status: 201, body: { state: 'submitted', version: { code: 6 } } });
  const left = await mine.get(`/v1/partner/app-submissions/${first.body['id']}`);
  expect(left.body).toMatchObject({ state: 'replaced', queuePosition: null });
});

test('what fails the check is refused with every finding at its place, and nothing is kept', async () => {
  const [rows, disk] = [await rowsOf(), await keptBy(running)];
  const main = `${MAIN}export const taken = await app.offers.claim({ offerId: offers.items[0]!.id });\neval('1');\n`;
  const { status, body } = await mine.submit(miniApp('vn.vinaphone.failing', { main, permissions: ['offers:read', 'redemptions:read'] }));
  expect([status, body['code']]).toEqual([422, 'checks_failed']);
  const places = fieldsOf(body).map((field) => `${field.code} ${field.path}`);
  expect(places).toContain('CH101 src/main.tsx:4:39');
  expect(places).toContain('CH401 src/main.tsx:5:1');
  expect(fieldsOf(body).find(({ code }) => code === 'CH101')?.message).toContain('redemptions:claim');
  expect([await rowsOf(), await keptBy(running)]).toEqual([rows, disk]);
  const { rows: apps } = await running.owner.query("SELECT 1 FROM chung.mini_apps WHERE app_id = 'vn.vinaphone.failing'");
  expect(apps).toEqual([]);
});

test('what a person has to look at travels with the submission', async () => {
  const main = `import chart from 'some-chart-library';\n${MAIN}export const drawn: unknown = chart(offers);\n`;
  const { status, body } = await mine.submit(miniApp('vn.vinaphone.review', { main }));
  expect(status).toBe(201);
  expect(AppSubmission.parse(body).findings).toContainEqual(
    expect.objectContaining({
      rule: 'CH106',
      severity: 'review',
      subject: 'module-missing',
      at: { file: 'src/main.tsx', line: 1, column: 19 },
    }),
  );
});

test('types of the SDK are the platform’s own: what a partner sends under its name is not believed', async () => {
  const decoy = 'declare module "@chung/mini-app" { export function createMiniApp(options: object): Promise<any>; }';
  const claims = MAIN.replace('app.offers.list({})', 'app.redemptions.list({})');
  const asked = miniApp('vn.vinaphone.decoy', { main: claims });
  const named = await mine.submit({ ...asked, 'source/package.json': '{ "name": "@chung/client", "type": "module" }' });
  expect(named).toMatchObject({ status: 422, body: { code: 'checks_failed' } });
  expect(fieldsOf(named.body).map(({ code, path: place }) => `${code} ${place}`)).toContain('CH101 src/main.tsx:3:45');
  const declared = await mine.submit({ ...asked, 'source/types.d.ts': decoy });
  expect(declared).toMatchObject({ status: 422, body: { code: 'checks_failed' } });
  expect(fieldsOf(declared.body).map(({ code }) => code)).toContain('CH107');
});

test('the queue is served oldest first to reviewers, with findings, evidence and what is in the archive', async () => {
  const files = miniApp('vn.mytv.queued');
  const { body: sent } = await theirs.submit(files);
  const { body: queue } = await admin.call('GET', '/v1/admin/app-submissions?limit=100');
  const items = queue['items'] as unknown as AppSubmission[];
  expect(items.map(({ queuePosition }) => queuePosition)).toEqual(items.map((_, index) => index + 1));
  expect(items.at(-1)).toMatchObject({ id: sent['id'], partner: { slug: 'mytv' } });
  const { body } = await admin.call('GET', `/v1/admin/app-submissions/${sent['id']}`);
  const dossier = AdminAppSubmission.parse(body);
  expect(dossier.manifest).toMatchObject({ app_id: 'vn.mytv.queued', allowed_hosts: [] });
  expect(dossier.scopes).toMatchObject({
    used: ['offers:read'],
    uses: [{ scope: 'offers:read', operation: 'offers.list', at: { file: 'src/main.tsx', line: 3 } }],
  });
  expect(dossier.contents.map(({ path: name }) => name).toSorted()).toEqual(Object.keys(files).toSorted());
});

test('a partner lists its own submissions, newest first and by app, page by page', async () => {
  const all = await mine.get('/v1/partner/app-submissions?limit=100');
  const ids = (all.body['items'] as AppSubmission[]).map(({ id }) => id);
  expect(ids).toEqual(ids.toSorted().toReversed());
  const first = await mine.get('/v1/partner/app-submissions?limit=2');
  const second = await mine.get(`/v1/partner/app-submissions?limit=2&cursor=${first.body['nextCursor']}`);
  expect([first, second].flatMap(({ body }) => (body['items'] as AppSubmission[]).map(({ id }) => id))).toEqual(ids.slice(0, 4));
  const ofApp = await mine.get('/v1/partner/app-submissions?appId=vn.vinaphone.rising');
  expect((ofApp.body['items'] as AppSubmission[]).map(({ version }) => version.code)).toEqual([6, 5]);
});

test('that an app was submitted is an event of its partner, once', async () => {
  const { body } = await theirs.submit(plainApp('vn.mytv.told'));
  await theirs.submit(plainApp('vn.mytv.told'));
  const { body: events } = await theirs.get('/v1/partner/events?limit=100');
  const told = (events['items'] as { type: string; data: Record<string, unknown> }[]).filter(
    ({ data }) => data['appId'] === 'vn.mytv.told',
  );
  expect(told).toMatchObject([
    { type: 'app.submitted.v1', data: { submissionId: body['id'], versionCode: 1, versionName: '1.1.0', digest: body['digest'] } },
  ]);
});

test('a partner that is suspended submits nothing', async () => {
  await running.owner.query("UPDATE chung.partners SET status = 'suspended' WHERE slug = 'mytv'");
  try {
    expect(await theirs.submit(plainApp('vn.mytv.late'))).toMatchObject({ status: 403, body: { code: 'partner_not_active' } });
  } finally {
    await running.owner.query("UPDATE chung.partners SET status = 'active' WHERE slug = 'mytv'");
  }
});

test('a partner has a hundred apps at the most, and further versions of those', async () => {
  await theirs.submit(plainApp('vn.mytv.kept'));
  await running.owner.query(
    `INSERT INTO chung.mini_apps (app_id, partner_id)
     SELECT 'vn.mytv.filler-' || n, p.id FROM generate_series(1, 100) n, chung.partners p
      WHERE p.slug = 'mytv' LIMIT 100 - (SELECT count(*) FROM chung.mini_apps a JOIN chung.partners p ON p.id = a.partner_id WHERE p.slug = 'mytv')`,
  );
  const beyond = await theirs.submit(plainApp('vn.mytv.one-too-many'));
  expect(beyond).toMatchObject({
    status: 409,
    body: { code: 'conflict', detail: 'A partner has 100 apps at the most; submit a version of one that is there.' },
  });
  expect((await running.owner.query("SELECT 1 FROM chung.mini_apps WHERE app_id = 'vn.mytv.one-too-many'")).rows).toEqual([]);
  expect((await theirs.submit(plainApp('vn.mytv.kept', { versionCode: 2 }))).status).toBe(201);
});
