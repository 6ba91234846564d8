import type { Language, OperationSpec, Text } from '@chung/contracts';
import { z } from 'zod';
import { refusal } from './refusal.ts';

const FIELDS_TOLD_MAX = 50;
const DEPTH_MAX = 32;
const SENTENCES = { vi: z.locales.vi().localeError, en: z.locales.en().localeError } as const;
const UNSTORABLE: Text = { vi: 'Có ký tự NUL hoặc nửa ký tự', en: 'Contains NUL or half of a character' };

type Part = 'params' | 'query' | 'body';

interface Sent {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * A request by the schemas of its operation, part by part and in the platform's order. Only what is wrong with the first part that does not
 * parse is told: paths and queries are 400, bodies 422.
 */
export function parseRequest(spec: OperationSpec, sent: Sent, language: Language): Sent {
  const params = parsePart(spec.params, sent.params, { part: 'params', language });
  const query = parsePart(spec.query, sent.query, { part: 'query', language });
  // A file is no JSON, and is read as it comes.
  if (spec.bodyType !== 'stream') assertShallow(sent.body);
  return { params, query, body: spec.body ? parsePart(spec.body, sent.body ?? {}, { part: 'body', language }) : undefined };
}

/** Refuses JSON nested deeper than any schema, before a recursive parser walks it. */
function assertShallow(value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_MAX)
      throw refusal('invalid_request', {
        detail: { vi: `JSON lồng quá ${DEPTH_MAX} cấp.`, en: `The JSON is nested more than ${DEPTH_MAX} levels deep.` },
      });
    level = level.flatMap((item) => (item !== null && typeof item === 'object' ? Object.values(item) : []));
  }
}

function parsePart(schema: z.ZodType, value: unknown, { part, language }: { part: Part; language: Language }): unknown {
  const code = part === 'body' ? 'validation_failed' : 'invalid_request';
  const unstorable = pathOfUnstorable(value, [part]);
  if (unstorable) throw refusal(code, { fields: [{ path: unstorable.join('.'), code: 'invalid_text', message: UNSTORABLE }] });
  const result = schema.safeParse(value, { reportInput: false, error: SENTENCES[language] });
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, FIELDS_TOLD_MAX).map((issue) => ({
    path: [part, ...issue.path.map(String)].join('.'),
    code: issue.code,
    message: issue.message,
  }));
  throw refusal(code, { fields });
}

/** Where a text stands that the platform's database could not keep: NUL, or half of a surrogate pair. */
function pathOfUnstorable(value: unknown, path: readonly string[]): readonly string[] | null {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0') ? null : path;
  if (value === null || typeof value !== 'object') return null;
  for (const [key, item] of Object.entries(value)) {
    const found = pathOfUnstorable(item, [...path, key]);
    if (found) return found;
  }
  return null;
}

const KEY_LENGTH_MAX = 255;

/** The key as the platform reads it: without its quotes, and refused when it is none. */
export function readIdempotencyKey(header: string | undefined): string {
  const key = header?.trim().replace(/^"(.*)"$/, '$1') ?? '';
  if (key === '') throw refusal('idempotency_key_required');
  if (key.length > KEY_LENGTH_MAX || !/^[\x21-\x7e]+$/.test(key))
    throw refusal('invalid_request', {
      detail: {
        vi: `Idempotency-Key gồm 1 đến ${KEY_LENGTH_MAX} ký tự ASCII, không có khoảng trắng.`,
        en: `An Idempotency-Key has 1 to ${KEY_LENGTH_MAX} visible ASCII characters.`,
      },
    });
  return key;
}
