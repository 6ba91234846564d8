import type { Language } from '@chung/contracts';
import { z } from 'zod';
import { DomainError } from './errors.ts';

const MAX_DEPTH = 32;
const MAX_FIELDS_TOLD = 50;

/** Which part of a request is parsed, and the language in which its sender reads what is wrong with it. */
export interface PartContext {
  readonly part: 'params' | 'query' | 'body';
  readonly language: Language;
}

const SENTENCES = { vi: z.locales.vi().localeError, en: z.locales.en().localeError } as const;
const UNSTORABLE = { vi: 'Có ký tự NUL hoặc nửa ký tự', en: 'Contains NUL or half of a character' } as const;

/** Parses one part of a request. Paths and queries that do not parse are 400, bodies 422: the caller learns which field and why. */
export function parsePart<Schema extends z.ZodType>(schema: Schema, value: unknown, { part, language }: PartContext): z.output<Schema> {
  const unstorable = pathOfUnstorable(value, [part]);
  if (unstorable)
    throw new DomainError(part === 'body' ? 'validation_failed' : 'invalid_request', {
      fields: [{ path: unstorable.join('.'), code: 'invalid_text', message: UNSTORABLE[language] }],
    });
  const result = schema.safeParse(value, { reportInput: false, error: SENTENCES[language] });
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, MAX_FIELDS_TOLD).map((issue) => ({
    path: [part, ...issue.path.map(String)].join('.'),
    code: issue.code,
    message: issue.message,
  }));
  throw new DomainError(part === 'body' ? 'validation_failed' : 'invalid_request', { fields });
}

/**
 * Where a text stands that PostgreSQL cannot keep: NUL in any text, half of a surrogate pair in jsonb. Looked for once here,
 * because a schema that forgot it would turn a caller's mistake into a 500. Call it after `assertShallow`: it recurses.
 */
function pathOfUnstorable(value: unknown, path: readonly string[]): readonly string[] | null {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0') ? null : path;
  if (value === null || typeof value !== 'object') return null;
  for (const [key, item] of Object.entries(value)) {
    const found = pathOfUnstorable(item, [...path, key]);
    if (found) return found;
  }
  return null;
}

/** Refuses JSON nested deeper than any of our schemas, before a recursive parser walks it. */
export function assertShallow(value: unknown): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH)
      throw new DomainError('invalid_request', {
        detail: { vi: `JSON lồng quá ${MAX_DEPTH} cấp.`, en: `The JSON is nested more than ${MAX_DEPTH} levels deep.` },
      });
    level = level.flatMap((item) => (item !== null && typeof item === 'object' ? Object.values(item) : []));
  }
}
