import type { AppSubmission, Language } from '@chung/contracts';
import type { PreparedApp } from './prepare.ts';
import type { Uploaded } from './upload.ts';

/** Bumped when a field changes its meaning; new fields do not change it. */
const JSON_VERSION = 1;

export const asJson = (what: object): string => `${JSON.stringify({ version: JSON_VERSION, ...what }, null, 2)}\n`;

const kibibytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`;

/** Every file that would be sent, and what would not. */
export function contentsText({ packed, leftOut, manifest }: PreparedApp, language: Language): string {
  const width = Math.max(...packed.files.map(({ path }) => path.length));
  const rows = packed.files.map(({ path, bytes }) => `  ${path.padEnd(width)} ${kibibytes(bytes).padStart(12)}`);
  const kept = leftOut.map((name) => `  ${name}\n`).join('');
  const unpacked = kibibytes(packed.files.reduce((sum, { bytes }) => sum + bytes, 0));
  const end = {
    vi: `${manifest.app_id} ${manifest.version.name}: ${packed.files.length} tệp, ${unpacked}, nén còn ${kibibytes(packed.bytes)}.\nMã băm: ${packed.digest}\nChưa gửi gì (--dry-run).`,
    en: `${manifest.app_id} ${manifest.version.name}: ${packed.files.length} files, ${unpacked}, ${kibibytes(packed.bytes)} packed.\nDigest: ${packed.digest}\nNothing was sent (--dry-run).`,
  };
  const stays = { vi: 'Ở lại máy này vì có thể chứa khóa bí mật:', en: 'Stays on this machine because it may hold secrets:' };
  return `${rows.join('\n')}\n\n${kept === '' ? '' : `${stays[language]}\n${kept}\n`}${end[language]}\n`;
}

/** What became of a submission, and what happens next. */
export function submittedText({ submission, sent }: Uploaded, { issuer, language }: { issuer: string; language: Language }): string {
  const { appId, version, digest, queuePosition, findings } = submission;
  const named = `${appId} ${version.name}`;
  const place = queuePosition ?? '–';
  const heads = {
    now: {
      vi: `Đã gửi ${named} (version.code ${version.code}) tới ${issuer}.`,
      en: `${named} (version.code ${version.code}) was submitted to ${issuer}.`,
    },
    before: {
      vi: `${named} (version.code ${version.code}) với đúng nội dung này đã được gửi tới ${issuer} trước đó.`,
      en: `${named} (version.code ${version.code}) was submitted to ${issuer} before, with the same content.`,
    },
  };
  const facts = {
    vi: `  Mã băm          ${digest}\n  Thứ tự chờ      ${place}\n  Cần người xem   ${findings.length} chỗ`,
    en: `  Digest             ${digest}\n  Place in queue     ${place}\n  For the reviewer   ${findings.length}`,
  };
  const next = {
    vi: `Người duyệt sẽ xem theo thứ tự. Theo dõi: chung status ${appId}`,
    en: `A reviewer looks at it in turn. Follow it with: chung status ${appId}`,
  };
  return `${heads[sent][language]}\n\n${facts[language]}\n\n${next[language]}\n`;
}

const STATES: Readonly<Record<AppSubmission['state'], Readonly<Record<Language, string>>>> = {
  submitted: { vi: 'đang chờ duyệt', en: 'waiting for review' },
  replaced: { vi: 'đã có bản mới thay', en: 'replaced by a later version' },
};

/** All submissions, a line each, then what was found in the newest one of each app. */
export function statusText(submissions: readonly AppSubmission[], language: Language): string {
  const rows = submissions.map(({ appId, version, state, queuePosition, waitingSeconds }) => {
    const place = queuePosition === null ? '' : ` · ${{ vi: 'thứ', en: 'place' }[language]} ${queuePosition}`;
    const clock = state === 'submitted' ? ` · ${waited(waitingSeconds, language)}` : '';
    return `${appId} ${version.name}  ${STATES[state][language]}${place}${clock}`;
  });
  const newest = submissions.filter(({ appId }, index) => submissions.findIndex((one) => one.appId === appId) === index);
  const found = newest.filter(({ findings }) => findings.length > 0).map((one) => findingsText(one, language));
  return `${[rows.join('\n'), ...found].join('\n\n')}\n`;
}

function findingsText({ appId, version, findings }: AppSubmission, language: Language): string {
  const head = { vi: `${appId} ${version.name}: người duyệt sẽ xem`, en: `${appId} ${version.name}: the reviewer will look at` };
  const lines = findings.map(({ rule, subject, at, text }) => {
    const place = at ? `${at.file}:${at.line}:${at.column}` : subject;
    return `  ${rule} ${place}  ${text[language]}`;
  });
  return [head[language], ...lines].join('\n');
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The queue's clock, in the largest unit that is not nought. */
function waited(seconds: number, language: Language): string {
  const units = { vi: ['ngày', 'giờ', 'phút', 'giây'], en: ['d', 'h', 'min', 's'] }[language];
  const [index, size] = seconds >= DAY ? [0, DAY] : seconds >= HOUR ? [1, HOUR] : seconds >= MINUTE ? [2, MINUTE] : [3, 1];
  const time = `${Math.floor(seconds / size)} ${units[index]}`;
  return { vi: `đã chờ ${time}`, en: `for ${time}` }[language];
}
