import { ERRORS } from '@chung/contracts';
import type { Request, Response } from 'express';
import type { DomainError } from '../../../kernel/errors.ts';
import { languageOf } from '../pages/language.ts';

/** A problem document for the few routes that are no operations of the registry; the API's own come from the seam. */
export function sendProblem(request: Request, response: Response, error: DomainError): void {
  const { status, title } = ERRORS[error.code];
  if (error.extras.challenge !== undefined) response.set('www-authenticate', error.extras.challenge);
  if (error.extras.retryAfterSeconds !== undefined) response.set('retry-after', String(error.extras.retryAfterSeconds));
  const docs = `/docs/errors/${error.code}`;
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: docs, title: title[languageOf(request)], status, code: error.code, docs }));
}
