import { DomainError } from '../../../kernel/errors.ts';

/** The file as a whole cannot be read. Thrown before any member is written; the sentence tells what to put right. */
export function refuseRegister(vi: string, en: string): DomainError {
  return new DomainError('import_rejected', { detail: { vi, en } });
}
