import { ApiError, UnreachableError } from '@chung/client/light';
import { describe, expect, it } from 'vitest';
import type { Translate } from '../texts/language.ts';
import type { UiTexts } from '../texts/vi.ts';
import { explainError, fieldErrors } from './explain-error.ts';

const t: Translate<UiTexts> = (key) => key;
const refused = (extras: object = {}) =>
  new ApiError({
    status: 409,
    code: 'limit_reached',
    title: 'Bạn đã dùng hết lượt.',
    request_id: 'req-7',
    docs: '/docs/errors/limit_reached',
    ...extras,
  });

describe('an error in words', () => {
  it('is the platform’s own sentence with its request id', () => {
    expect(explainError(refused({ detail: 'Đã nhận hôm nay.' }), t)).toMatchObject({
      title: 'Bạn đã dùng hết lượt.',
      detail: 'Đã nhận hôm nay.',
      requestId: 'req-7',
      canRetry: false,
    });
  });

  it('does not say the same sentence twice', () => {
    expect(explainError(refused({ detail: 'Bạn đã dùng hết lượt.' }), t).detail).toBeNull();
  });

  it('offers a retry where one can help', () => {
    expect(explainError(refused({ status: 503 }), t).canRetry).toBe(true);
    expect(explainError(refused({ status: 429 }), t).canRetry).toBe(true);
    expect(explainError(refused({ status: 422 }), t).canRetry).toBe(false);
  });

  it('tells offline from slow, and shows nothing internal of a bug', () => {
    expect(explainError(new UnreachableError(new TypeError('fetch failed')), t).title).toBe('unreachable.title');
    expect(explainError(new UnreachableError(new DOMException('late', 'TimeoutError')), t).title).toBe('slow.title');
    expect(JSON.stringify(explainError(new Error('secret detail'), t))).not.toContain('secret');
  });
});

it('field messages are found by the form’s own path, however the pointer is written', () => {
  const fields = [
    { path: 'window.endsAt', code: 'window_reversed', message: 'a' },
    { path: '/funding/0/by', code: 'funder_repeated', message: 'b' },
    { path: 'body.stock', code: 'too_small', message: 'c' },
  ];
  expect(fieldErrors(refused({ fields }))).toEqual({ 'window.endsAt': 'a', 'funding.0.by': 'b', stock: 'c' });
  expect(fieldErrors(new Error('x'))).toEqual({});
});
