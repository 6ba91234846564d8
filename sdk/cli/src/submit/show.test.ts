import { type AppSubmission, SubmissionId } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { asJson, contentsText, statusText, submittedText } from './show.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const submission = (changes: Partial<AppSubmission> = {}): AppSubmission => ({
  ...{ id: SubmissionId.parse('01936b5e-7c00-7000-8000-00000000c003'), appId: 'vn.example.gifts', name: { vi: 'Quà', en: 'Gifts' } },
  ...{ version: { code: 7, name: '1.2.0' }, state: 'submitted', digest: DIGEST, bundleDigest: null, archiveBytes: 10, files: 3 },
  ...{ findings: [], queuePosition: 4, waitingSeconds: 59, submittedAt: '2026-11-28T00:00:00Z' },
  ...changes,
});
const finding = (changes: Partial<AppSubmission['findings'][number]> = {}): AppSubmission['findings'][number] => ({
  ...{ rule: 'CH106', severity: 'review', subject: 'any', docs: 'docs/check/not-analysable.md' },
  ...{
    text: { vi: 'Một phần của SDK trở thành any.', en: 'A part of the SDK becomes any.' },
    at: { file: 'src/a.ts', line: 3, column: 7 },
  },
  ...changes,
});

describe('what was submitted', () => {
  test('says what, where, its digest, its place and what comes next, in both languages', () => {
    const uploaded = { submission: submission({ findings: [finding()] }), sent: 'now' } as const;
    const en = submittedText(uploaded, { issuer: 'https://chung.example', language: 'en' });
    expect(en).toMatch(/^vn\.example\.gifts 1\.2\.0 \(version\.code 7\) was submitted to https:\/\/chung\.example\.$/m);
    for (const words of [DIGEST, 'Place in queue     4', 'For the reviewer   1', 'chung status vn.example.gifts'])
      expect(en).toContain(words);
    const vi = submittedText(uploaded, { issuer: 'https://chung.example', language: 'vi' });
    for (const words of ['Đã gửi vn.example.gifts 1.2.0', 'Thứ tự chờ      4', 'Cần người xem   1 chỗ']) expect(vi).toContain(words);
  });

  test('says that it was there before, and has no place when it waits no longer', () => {
    const uploaded = { submission: submission({ state: 'replaced', queuePosition: null }), sent: 'before' } as const;
    const text = submittedText(uploaded, { issuer: 'https://chung.example', language: 'en' });
    expect(text).toContain('was submitted to https://chung.example before, with the same content.');
    expect(text).toContain('Place in queue     –');
  });
});

describe('how it stands', () => {
  test.each([
    [0, 'for 0 s', 'đã chờ 0 giây'],
    [59, 'for 59 s', 'đã chờ 59 giây'],
    [60, 'for 1 min', 'đã chờ 1 phút'],
    [3_599, 'for 59 min', 'đã chờ 59 phút'],
    [3_600, 'for 1 h', 'đã chờ 1 giờ'],
    [86_399, 'for 23 h', 'đã chờ 23 giờ'],
    [200_000, 'for 2 d', 'đã chờ 2 ngày'],
  ])('after %i seconds the clock says %j', (waitingSeconds, en, vi) => {
    const lines = (language: 'vi' | 'en') => statusText([submission({ waitingSeconds })], language);
    expect(lines('en')).toBe(`vn.example.gifts 1.2.0  waiting for review · place 4 · ${en}\n`);
    expect(lines('vi')).toBe(`vn.example.gifts 1.2.0  đang chờ duyệt · thứ 4 · ${vi}\n`);
  });

  test('what a later version replaced has neither place nor clock', () => {
    const text = statusText([submission({ state: 'replaced', queuePosition: null })], 'en');
    expect(text).toBe('vn.example.gifts 1.2.0  replaced by a later version\n');
  });

  test('findings are those of the newest submission of each app, each at its place or by what it is about', () => {
    const [newest, older, other] = [
      submission({ findings: [finding(), finding({ rule: 'CH702', at: null, subject: 'left-pad@1.0.0' })] }),
      submission({ version: { code: 6, name: '1.1.0' }, findings: [finding({ rule: 'CH203' })] }),
      submission({ appId: 'vn.example.other' }),
    ];
    const text = statusText([newest, older, other], 'en');
    expect(text.match(/the reviewer will look at/g)).toHaveLength(1);
    expect(text).toContain('  CH106 src/a.ts:3:7  A part of the SDK becomes any.\n  CH702 left-pad@1.0.0  ');
    expect(text).not.toContain('CH203');
  });
});

describe('what would be sent', () => {
  const prepared = (leftOut: readonly string[]) => ({
    manifest: { app_id: 'vn.example.gifts', version: { code: 7, name: '1.2.0' } },
    packed: {
      ...{ file: '/nowhere', bytes: 2_048, digest: DIGEST },
      files: [
        { path: 'source/a.ts', bytes: 512, sha256: '' },
        { path: 'source/long/name.ts', bytes: 1_536, sha256: '' },
      ],
    },
    ...{ bundleDigest: null, leftOut },
  });

  test('each file in a column with its size, and the sum', () => {
    const text = contentsText(prepared([]) as never, 'en');
    expect(text).toContain('  source/a.ts              0.5 KiB\n  source/long/name.ts      1.5 KiB\n');
    expect(text).toContain('vn.example.gifts 1.2.0: 2 files, 2.0 KiB, 2.0 KiB packed.');
    expect(text).not.toContain('secrets');
  });

  test('what stays on the machine because of secrets, by name', () => {
    expect(contentsText(prepared(['.env', 'keys/a.pem']) as never, 'vi')).toContain('có thể chứa khóa bí mật:\n  .env\n  keys/a.pem\n');
  });

  test('JSON carries its version', () => {
    expect(JSON.parse(asJson({ submission: null }))).toEqual({ version: 1, submission: null });
  });
});
