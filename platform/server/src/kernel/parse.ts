import type { z } from 'zod';
import { DomainError } from './errors.ts';

const MAX_DEPTH = 32;
const MAX_FIELDS_TOLD = 50;

/** Parses one part of a request. Paths and queries that do not parse are 400, bodies 422: the caller learns which field and why. */
export function parsePart<Schema extends z.ZodType>(schema: Schema, value: unknown, part: 'params' | 'query' | 'body'): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: false });
  if (result.success) return result.data;
  const fields = result.error.issues.slice(0, MAX_FIELDS_TOLD).map((issue) => ({
    path: [part, ...issue.path.map(String)].join('.'),
    code: issue.code,
    message: issue.message,
  }));
  throw new DomainError(part === 'body' ? 'validation_failed' : 'invalid_request', { fields });
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
