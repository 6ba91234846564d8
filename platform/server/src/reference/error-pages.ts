import { ERRORS, errorsOf, isErrorCode, type Language, OPERATIONS } from '@chung/contracts';
import { escapeHtml, page } from './page.ts';

const WORDS = {
  vi: { all: 'Mã lỗi', status: 'Mã HTTP', answeredBy: 'Thao tác có thể trả lỗi này', back: 'Tất cả mã lỗi' },
  en: { all: 'Error codes', status: 'HTTP status', answeredBy: 'Operations that can answer it', back: 'All error codes' },
} as const;

export function errorIndexPage(language: Language): string {
  const words = WORDS[language];
  const rows = Object.entries(ERRORS).map(
    ([code, { status, title }]) =>
      `<tr><td><a href="/docs/errors/${code}"><code>${code}</code></a></td><td>${status}</td><td>${escapeHtml(title[language])}</td></tr>`,
  );
  return page({
    title: `Chung · ${words.all}`,
    language,
    body: `<h1>${words.all}</h1><div class="wide"><table>${rows.join('')}</table></div>`,
  });
}

/** The page a problem document points to; null for a code that does not exist. */
export function errorPage(code: string, language: Language): string | null {
  if (!isErrorCode(code)) return null;
  const words = WORDS[language];
  const { status, title } = ERRORS[code];
  const by = OPERATIONS.filter((op) => errorsOf(op).includes(code)).map(
    (op) => `<li><a href="/docs/api#${op.id}"><code>${op.id}</code></a></li>`,
  );
  const body = `<h1><code>${code}</code></h1><p>${escapeHtml(title[language])}</p><p>${words.status}: <b>${status}</b></p>
<h2>${words.answeredBy}</h2><ul>${by.join('')}</ul><p><a href="/docs/errors">${words.back}</a></p>`;
  return page({ title: `Chung · ${code}`, language, body });
}
