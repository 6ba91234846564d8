import { errorsOf, type Language, OPERATIONS, type OperationSpec } from '@chung/contracts';
import { z } from 'zod';
import { escapeHtml, page } from './page.ts';
import { operationPlace } from './resources.ts';

const WORDS = {
  vi: {
    title: 'Tài liệu API',
    contents: 'Mục lục',
    intro: 'Sinh ra từ bảng thao tác; bản máy đọc được ở',
    actor: 'Người gọi',
    errors: 'Lỗi',
    body: 'Nội dung gửi',
    reply: 'Trả về',
    key: 'cần Idempotency-Key',
    examples: 'Ví dụ',
  },
  en: {
    title: 'API reference',
    contents: 'Contents',
    intro: 'Made from the operation registry; machine-readable at',
    actor: 'Caller',
    errors: 'Errors',
    body: 'Body',
    reply: 'Reply',
    key: 'needs Idempotency-Key',
    examples: 'Examples',
  },
} as const;

/** The API reference: every operation of the registry, in its order, so that it can never miss one. */
export function apiReferencePage(language: Language): string {
  const words = WORDS[language];
  const contents = OPERATIONS.map((op) => `<li><a href="#${op.id}"><code>${op.method} ${op.path}</code></a></li>`).join('');
  const body = `<h1>Chung · ${words.title}</h1><p>${words.intro} <a href="/v1/openapi.json">/v1/openapi.json</a> · <a href="?lang=vi">Tiếng Việt</a> · <a href="?lang=en">English</a></p>
<nav aria-label="${words.contents}"><ul>${contents}</ul></nav>${OPERATIONS.map((op) => operationSection(op, language)).join('')}`;
  return page({ title: `Chung · ${words.title}`, language, body });
}

function operationSection(op: OperationSpec, language: Language): string {
  const words = WORDS[language];
  const chips = [`${words.actor}: ${op.actor}`, op.scope, `rate: ${op.rate}`, op.idempotency === 'none' ? null : words.key].filter(
    (chip) => chip !== null,
  );
  const errors = errorsOf(op).map((code) => `<a href="/docs/errors/${code}"><code>${code}</code></a>`);
  const accepted = op.body
    ? schema(words.body, op.body, 'input')
    : op.accepts.length > 0
      ? `<p>${words.body}: <code>${op.accepts.join(', ')}</code></p>`
      : '';
  return `<section id="${op.id}"><h2><span class="method">${op.method}</span> <code>${escapeHtml(op.path)}</code></h2>
<p>${escapeHtml(op.title[language])} · <code>${op.id}</code> · <a href="/docs/${operationPlace(op)}">${words.examples}</a></p><p>${chips.map((chip) => `<span class="chip">${escapeHtml(chip)}</span>`).join('')}</p>
${accepted}${op.status === 204 ? '' : schema(`${words.reply} (${op.status})`, op.reply, 'output')}<p>${words.errors}: ${errors.join(', ')}</p></section>`;
}

function schema(label: string, declared: z.ZodType, io: 'input' | 'output'): string {
  const json = JSON.stringify(z.toJSONSchema(declared, { io, unrepresentable: 'any' }), null, 2);
  return `<details><summary>${label}</summary><pre tabindex="0">${escapeHtml(json)}</pre></details>`;
}
