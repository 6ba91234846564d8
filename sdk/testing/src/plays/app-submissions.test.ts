// Submissions of apps: archives as `chung submit` packs them, and what is wrong with others.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { ApiError, createClient } from '@chung/client';
import { listingOf } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { createFakePlatform, FAKE_ISSUER, OTHER_PARTNER } from '../index.ts';

type Files = Readonly<Record<string, string>>;

const config = (code: number, pages = '[]') => `export default defineApp({
  app_id: 'vn.saobac.rewards',
  name: { vi: 'Ưu đãi Sao Bắc', en: 'Sao Bac rewards' },
  version: { code: ${code}, name: '1.${code}.0' },
  pages: ${pages},
});`;
const source = (code: number, pages?: string): Files => ({
  'source/chung.config.ts': config(code, pages),
  'source/package.json': '{}',
  'source/package-lock.json': '{}',
});

/** A header of 512 bytes (POSIX ustar) and the content in whole blocks. */
function entry(name: string, content: Buffer, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  const write = (text: string, at: number) => header.write(text, at, 'latin1');
  write(name, 0);
  write('0000644\0', 100);
  write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  write('        ', 148);
  write(type, 156);
  write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** Names that do not fit into a header go before it, as every tar writes them today (pax). */
function longEntry(name: string, content: Buffer): Buffer {
  const line = (length: number) => `${length} path=${name}\n`;
  let length = Buffer.byteLength(line(0));
  while (Buffer.byteLength(line(length)) !== length) length = Buffer.byteLength(line(length));
  return Buffer.concat([entry('pax', Buffer.from(line(length)), 'x'), entry('short', content)]);
}

const packed = (files: Files, ...more: Buffer[]): Blob => {
  const entries = Object.entries(files).map(([name, text]) => (name.length > 90 ? longEntry : entry)(name, Buffer.from(text)));
  return new Blob([new Uint8Array(gzipSync(Buffer.concat([...entries, ...more, Buffer.alloc(1_024)])))]);
};

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const digestOf = (files: Files) =>
  `sha256:${sha256(listingOf(Object.entries(files).map(([path, text]) => ({ path, sha256: sha256(text) }))))}`;
const bundleOf = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).flatMap(([path, text]) => (path.startsWith('bundle/') ? [[path.slice(7), text]] : [])));

function started() {
  const platform = createFakePlatform({ startAt: '2026-11-22T13:00:00Z' });
  const partner = (of?: typeof OTHER_PARTNER) => {
    const token = platform.partnerToken(['partner.apps:write', 'partner.apps:read'], { ...(of && { partner: of }), lifeSeconds: 10 ** 6 });
    return createClient({
      baseUrl: FAKE_ISSUER,
      fetch: platform.fetch,
      attempts: 1,
      headers: () => ({ authorization: `Bearer ${token}` }),
    });
  };
  const own = partner();
  const submit = (files: Files, { by = own, digest = digestOf(files), key }: { by?: typeof own; digest?: string; key?: string } = {}) => {
    const bundle = bundleOf(files);
    const query = { digest, ...(Object.keys(bundle).length > 0 && { bundleDigest: digestOf(bundle) }) };
    return by.call('partner.apps.submit', {
      query,
      body: packed(files),
      contentType: 'application/gzip',
      ...(key && { idempotencyKey: key }),
    });
  };
  return { platform, own, other: partner(OTHER_PARTNER), submit };
}

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'ok',
    (error: unknown) => (error instanceof ApiError ? error.code : error),
  );

describe('a submission', () => {
  test('is in the queue with its place and its clock, and its partner is told', async () => {
    const { platform, own, submit } = started();
    const files = source(1);
    const made = await submit(files);
    expect(made).toMatchObject({
      appId: 'vn.saobac.rewards',
      name: { vi: 'Ưu đãi Sao Bắc', en: 'Sao Bac rewards' },
      version: { code: 1, name: '1.1.0' },
      ...{ state: 'submitted', digest: digestOf(files), bundleDigest: null, files: 3, queuePosition: 1, waitingSeconds: 0, findings: [] },
    });
    platform.clock.advance(90);
    expect(await own.call('partner.apps.submissions.get', { params: { submissionId: made.id } })).toMatchObject({ waitingSeconds: 90 });
    expect(platform.store.events.at(-1)).toMatchObject({ type: 'app.submitted.v1', data: { submissionId: made.id, versionCode: 1 } });
  });

  test('of the same content is the same, whatever its key; another content under a key is refused', async () => {
    const { submit } = started();
    const { id } = await submit(source(1), { key: 'a' });
    expect(await submit(source(1), { key: 'b' })).toMatchObject({ id });
    expect(await codeOf(submit(source(2), { key: 'a' }))).toBe('idempotency_key_reused');
  });

  test('of a later version replaces what waits; of an earlier one, or of another partner’s app, is refused', async () => {
    const { own, other, submit } = started();
    await submit(source(1));
    await submit(source(3));
    const { items } = await own.call('partner.apps.submissions.list', { query: { appId: 'vn.saobac.rewards' } });
    expect(items.map(({ state, queuePosition }) => [state, queuePosition])).toEqual([
      ['submitted', 1],
      ['replaced', null],
    ]);
    expect(await codeOf(submit({ ...source(2), 'source/a.ts': '' }))).toBe('version_not_higher');
    expect(await codeOf(submit(source(9), { by: other }))).toBe('app_id_taken');
    expect((await other.call('partner.apps.submissions.list')).items).toEqual([]);
  });

  test('has a bundle where it has pages, with a digest of its own, and long names', async () => {
    const { submit } = started();
    const files = { ...source(1, "['home']"), 'bundle/remoteEntry.js': 'x', [`source/src/${'a'.repeat(120)}.ts`]: 'y' };
    expect(await submit(files)).toMatchObject({ bundleDigest: digestOf({ 'remoteEntry.js': 'x' }), files: 5 });
    expect(await codeOf(submit(source(2, "['home']")))).toBe('archive_refused');
    expect(await codeOf(submit({ ...source(2), 'bundle/a.js': 'x' }))).toBe('archive_refused');
  });
});

test.each<[string, Files, Buffer[]]>([
  ['lacks its lock file', { 'source/chung.config.ts': config(1), 'source/package.json': '{}' }, []],
  ['leads out of its folder', { ...source(1), 'source/../evil.ts': 'x' }, []],
  ['holds what must never be sent', { ...source(1), 'source/.env': 'KEY=1' }, []],
  ['has a file twice', source(1), [entry('source/PACKAGE.json', Buffer.from('{}'))]],
  ['has a link', source(1), [entry('source/link', Buffer.alloc(0), '2')]],
])('an archive that %s is refused', async (_why, files, more) => {
  const { own } = started();
  const sent = { query: { digest: digestOf(files) }, body: packed(files, ...more), contentType: 'application/gzip' };
  expect(await codeOf(own.call('partner.apps.submit', sent))).toBe('archive_refused');
});

test('what is damaged, declared otherwise, or says its version in riddles is refused', async () => {
  const { own, submit } = started();
  const whole = packed(source(1));
  const cut = { query: { digest: digestOf(source(1)) }, body: whole.slice(0, whole.size - 20), contentType: 'application/gzip' };
  expect(await codeOf(own.call('partner.apps.submit', cut))).toBe('archive_refused');
  expect(await codeOf(submit(source(1), { digest: `sha256:${'0'.repeat(64)}` }))).toBe('digest_differs');
  expect(await codeOf(submit({ ...source(1), 'source/chung.config.ts': 'export default defineApp(made())' }))).toBe('checks_failed');
});
