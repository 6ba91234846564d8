import { ERROR_CODES, ERRORS, Problem } from '@chung/contracts';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DomainError } from './errors.ts';
import { createLogger, errorForLog } from './log.ts';
import { fromExpress, problemOf } from './problem.ts';

const context = { language: 'vi', requestId: 'request-1', instance: '/v1/offers', baseUrl: 'https://chung.example' } as const;
const PLANTED = ['0912345678', 'an@example.vn', 'hunter2-password', 'VOUCHER-9Z', 'Nguyễn Bảo An'];

/** An error as pg makes it: the row stands in `detail`, the value that did not fit in the sentence. */
const ofDriver = Object.assign(new Error(`invalid input syntax for type uuid: "${PLANTED[0]}"`), {
  severity: 'ERROR',
  code: '22P02',
  constraint: 'members_phone_key',
  detail: `Key (phone)=(${PLANTED[0]}) already exists; failing row contains (${PLANTED.join(', ')})`,
  where: `COPY members, line 7: "${PLANTED[4]}"`,
  parameters: PLANTED,
});

describe('a problem', () => {
  test.each(ERROR_CODES)('%s has its status, its words in the caller’s language and its page', (code) => {
    for (const language of ['vi', 'en'] as const) {
      const { status, headers, body } = problemOf(new DomainError(code), { ...context, language });
      expect(Problem.parse(body)).toEqual(body);
      expect([status, body.status, body.title]).toEqual([ERRORS[code].status, ERRORS[code].status, ERRORS[code].title[language]]);
      expect([body.docs, body.request_id]).toEqual([`https://chung.example/docs/errors/${code}`, 'request-1']);
      expect(headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8', 'content-language': language });
    }
  });

  test('of a bug tells nothing of it: no sentence, no value, no place in the code', () => {
    for (const bug of [ofDriver, new TypeError(`cannot read ${PLANTED[2]}`), PLANTED[1], { secret: PLANTED[3] }, undefined]) {
      const { status, body } = problemOf(bug, context);
      expect([status, body.code]).toEqual([500, 'internal']);
      expect(Object.keys(body).toSorted()).toEqual(['code', 'docs', 'instance', 'request_id', 'status', 'title', 'type']);
      for (const value of PLANTED) expect(JSON.stringify(body)).not.toContain(value);
    }
  });

  test('of a refusal keeps its cause to itself', () => {
    const { body } = problemOf(new DomainError('unavailable', { cause: ofDriver, retryAfterSeconds: 2 }), context);
    for (const value of PLANTED) expect(JSON.stringify(body)).not.toContain(value);
  });

  test('says everything that repairs it, in one language', () => {
    const text = { vi: 'Chỉ dành cho Hà Nội', en: 'For Hà Nội only' };
    const extras = {
      detail: text,
      fields: [{ path: 'body.stock', code: 'too_small', message: 'small' }],
      reasons: [{ fact: 'province', text }],
      requiredScopes: ['offers:read'],
      challenge: 'Bearer error="insufficient_scope"',
      retryAfterSeconds: 7,
    };
    const { headers, body } = problemOf(new DomainError('insufficient_scope', extras), { ...context, language: 'en' });
    expect(body).toMatchObject({ detail: text.en, fields: extras.fields, reasons: [{ fact: 'province', message: text.en }] });
    expect(body).toMatchObject({ required_scopes: ['offers:read'], granted_scopes: [], how_to_ask: expect.stringContaining('Declare') });
    expect(headers).toMatchObject({ 'retry-after': '7', 'www-authenticate': extras.challenge });
    expect(JSON.stringify(body)).not.toContain(text.vi);
  });
});

describe('an error of Express or one of its parsers', () => {
  const withStatus = (status: number, expose?: boolean) =>
    Object.assign(new Error('x'), { status, ...(expose !== undefined && { expose }) });
  const codeOf = (error: unknown) => problemOf(fromExpress(error), context).body.code;

  test('is the caller’s mistake when it says so, and our bug when it does not', () => {
    expect([400, 404, 413, 415].map((status) => codeOf(withStatus(status)))).toEqual([
      'invalid_request',
      'not_found',
      'payload_too_large',
      'unsupported_media_type',
    ]);
    expect([412, 416].map((status) => codeOf(withStatus(status, true)))).toEqual(['invalid_request', 'invalid_request']);
    expect([codeOf(withStatus(500, true)), codeOf(withStatus(Number.NaN)), codeOf(new Error('x'))]).toEqual([
      'internal',
      'internal',
      'internal',
    ]);
  });

  test('does not take another server’s refusal of us for the caller’s', () => {
    expect([401, 403].map((status) => codeOf(withStatus(status)))).toEqual(['internal', 'internal']);
  });

  test('leaves our own refusals as they are', () => {
    const own = new DomainError('offer_sold_out');
    expect(fromExpress(own)).toBe(own);
  });
});

describe('an error in the log', () => {
  const logged = (fields: object) => {
    const lines: string[] = [];
    createLogger('info', { write: (line: string) => void lines.push(line) }).error(fields, 'failed');
    return lines.join('');
  };

  test('shows of a driver what and where, and no value of the row it was about', () => {
    const line = logged({ err: new DomainError('internal', { cause: new Error('while writing', { cause: ofDriver }) }) });
    expect(JSON.parse(line).err.cause.cause).toMatchObject({ code: '22P02', constraint: 'members_phone_key', type: 'Error' });
    for (const value of PLANTED) expect(line).not.toContain(value);
  });

  test('shows of Prisma, zod and JSON no sentence, because theirs quote what they were given', () => {
    const prisma = Object.assign(new Error(`Invalid call: phone "${PLANTED[0]}"`), { name: 'PrismaClientValidationError' });
    const parsed = z.strictObject({}).safeParse({ [PLANTED[2] ?? '']: 1 });
    const json = new SyntaxError(`Unexpected token in "${PLANTED[3]}"`);
    for (const err of [prisma, parsed.error, json]) {
      expect(err).toBeDefined();
      const line = logged({ err });
      for (const value of PLANTED) expect(line).not.toContain(value);
    }
  });

  test('keeps the sentence and the stack of our own', () => {
    const { message, at, type } = errorForLog(new RangeError('stock is negative'));
    expect([type, message]).toEqual(['RangeError', 'stock is negative']);
    expect(at[0]).toContain('problem.test.ts');
  });

  test('ends, also when causes go round in a circle', () => {
    const circle = new Error('round');
    circle.cause = circle;
    expect(JSON.stringify(errorForLog(circle)).length).toBeLessThan(20_000);
    expect(errorForLog('thrown text')).toEqual({ type: 'string', at: [] });
  });

  test('hides what nobody should have logged', () => {
    const line = logged({
      member: { phone: PLANTED[0], email: PLANTED[1] },
      login: { password: PLANTED[2] },
      req: { headers: { cookie: PLANTED[3] } },
    });
    for (const value of PLANTED) expect(line).not.toContain(value);
  });
});
