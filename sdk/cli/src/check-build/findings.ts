import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Text } from '@chung/contracts';
import { type Finding, found } from '../analysis/findings.ts';
import type { Place } from '../analysis/place.ts';
import type { BuildProblem } from '../build/problems.ts';
import { type Look, NOTHING_SHOWN, type Violation } from './look.ts';

/** What is said of a build and of what a browser shows, as findings. */

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

export function doesNotBuild({ file, line, column, message }: BuildProblem, root: string): Finding {
  // A file outside of the app (of a package, say) is named, and not pointed into.
  const at = file === null || file.startsWith('../') ? null : placeAt({ root, file, line: line ?? 1, column: column ?? 1 });
  return found('CH801', { subject: file ?? 'build', detail: message, at });
}

/** To the end of its line: a bundler says where a mistake begins. */
function placeAt({ root, file, line, column }: { root: string; file: string; line: number; column: number }): Place {
  const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  return { file, line, column, start, end: start + Math.max(0, (lines[line - 1] ?? '').length - column + 1) };
}

export function tooLarge(bytes: number, budget: number): Finding {
  return found('CH802', {
    subject: kilobytes(bytes),
    detail: {
      vi: `Màn hình đầu tải ${kilobytes(bytes)} đã nén; mức cho phép là ${kilobytes(budget)}, chưa kể React mà khung đã có.`,
      en: `The first screen loads ${kilobytes(bytes)} compressed; the budget is ${kilobytes(budget)} beside React, which the frame has.`,
    },
    at: null,
  });
}

export function notReproducible(subject: string, detail: Text): Finding {
  return found('CH803', { subject, detail, at: null });
}

export function notLookedAt(why: Text): Finding {
  const detail = {
    vi: `${why.vi} Chưa xem ứng dụng trong trình duyệt.`,
    en: `${why.en} The app was not looked at in a browser.`,
  };
  return found('CH806', { subject: 'browser', detail, at: null });
}

const LANGUAGES: Readonly<Record<'vi' | 'en', Text>> = {
  vi: { vi: 'tiếng Việt', en: 'in Vietnamese' },
  en: { vi: 'tiếng Anh', en: 'in English' },
};

/** What is wrong in both languages is told once. */
export function lookFindings(looks: readonly { readonly language: 'vi' | 'en'; readonly look: Look }[]): readonly Finding[] {
  const seen = new Map<string, { readonly make: (where: Text) => Finding; readonly languages: ('vi' | 'en')[] }>();
  const note = (key: string, language: 'vi' | 'en', make: (where: Text) => Finding) => {
    const known = seen.get(key);
    if (known) known.languages.push(language);
    else seen.set(key, { make, languages: [language] });
  };
  for (const { language, look } of looks) {
    const { broke, tooWide } = look;
    if (broke !== null) note(`broke ${broke}`, language, (where) => doesNotStart(broke, where));
    if (tooWide > 0) note('wide', language, (where) => tooWideFinding(tooWide, where));
    for (const violation of look.violations)
      for (const node of violation.nodes)
        note(`${violation.id} ${node.target.join(' ')}`, language, (where) => violationFinding(violation, node, where));
  }
  return [...seen.values()].map(({ make, languages }) =>
    make({
      vi: languages.map((one) => LANGUAGES[one].vi).join(' và '),
      en: languages.map((one) => LANGUAGES[one].en).join(' and '),
    }),
  );
}

function doesNotStart(broke: string, where: Text): Finding {
  const isEmpty = broke === NOTHING_SHOWN;
  const detail = isEmpty
    ? { vi: `Trang đầu không hiện gì (${where.vi}).`, en: `The first page shows nothing (${where.en}).` }
    : { vi: `Ứng dụng không chạy (${where.vi}): ${broke}`, en: `The app does not run (${where.en}): ${broke}` };
  return found('CH804', { subject: 'start', detail, at: null });
}

function tooWideFinding(pixels: number, where: Text): Finding {
  return found('CH805', {
    subject: 'reflow',
    detail: {
      vi: `Trang đầu rộng hơn màn hình điện thoại ${pixels} px (${where.vi}).`,
      en: `The first page is ${pixels} px wider than a phone (${where.en}).`,
    },
    at: null,
  });
}

/** The mistakes that are made most, in the words of a Vietnamese developer; the others in those of axe. */
const VIETNAMESE: Readonly<Record<string, string>> = {
  'aria-required-attr': 'Thiếu thuộc tính ARIA bắt buộc',
  'aria-valid-attr-value': 'Giá trị ARIA không hợp lệ',
  'button-name': 'Nút không có tên',
  'color-contrast': 'Chữ và nền không đủ tương phản',
  'document-title': 'Trang không có tiêu đề',
  'html-has-lang': 'Trang không nói đang dùng ngôn ngữ nào',
  'image-alt': 'Ảnh không có chữ thay thế',
  'input-button-name': 'Nút nhập không có tên',
  label: 'Ô nhập không có nhãn',
  'link-name': 'Liên kết không có tên',
  list: 'Danh sách sai cấu trúc',
  listitem: 'Mục danh sách nằm ngoài danh sách',
  'meta-viewport': 'Trang không cho phóng to',
  'nested-interactive': 'Nút lồng trong nút',
  'select-name': 'Ô chọn không có nhãn',
  'svg-img-alt': 'Hình SVG không có chữ thay thế',
  'target-size': 'Vùng chạm quá nhỏ',
};

const SHOWN_CHARACTERS = 120;

function violationFinding({ id, help }: Violation, { target, html }: Violation['nodes'][number], where: Text): Finding {
  const place = `${target.join(' ')}: ${html.slice(0, SHOWN_CHARACTERS)}`;
  return found('CH805', {
    subject: id,
    detail: { vi: `${VIETNAMESE[id] ?? help} (${id}, ${where.vi}): ${place}`, en: `${help} (${id}, ${where.en}): ${place}` },
    at: null,
  });
}
