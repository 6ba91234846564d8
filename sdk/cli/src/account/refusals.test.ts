// Every way in which platform and network can say no: one sentence, what to do next, the right exit code, in both languages, and no secret.
import { ApiError, UnexpectedReplyError, UnreachableError } from '@chung/client';
import { ScopesNotGrantedError } from '@chung/client/partner';
import { describe, expect, test } from 'vitest';
import { CliError } from '../commands/command.ts';
import { type Identity, platformError } from './refusals.ts';

const ISSUER = 'https://chung.example';

function told(error: unknown, as: Identity = 'person'): CliError {
  const found = platformError(error, { issuer: ISSUER, as });
  if (!(found instanceof CliError)) throw new Error(`not told: ${error}`);
  return found;
}
const api = (status: number, code: string, more: object = {}, retryAfterSeconds: number | null = null) =>
  new ApiError({ status, code, ...more }, retryAfterSeconds);
/** As openid-client's errors are: told by their fields. */
const oauth = (fields: object) => Object.assign(new Error('geheim'), fields);

describe('what the platform says', () => {
  test.each([
    [api(401, 'invalid_token'), 4, 'has ended', 'chung login --issuer https://chung.example'],
    [api(401, 'unauthenticated'), 4, 'has ended', 'chung login'],
    [api(403, 'insufficient_scope', { required_scopes: ['partner.apps:write'] }), 4, 'partner.apps:write', '--other-account'],
    [
      api(403, 'partner_not_active', { title: 'The partner is not active' }),
      4,
      'The partner is not active',
      '/docs/errors/partner_not_active',
    ],
    [
      api(422, 'validation_failed', { title: 'Wrong', fields: [{ path: 'name.vi', code: 'x', message: 'too short' }] }),
      4,
      'name.vi: too short',
      '/docs/errors/',
    ],
    [api(409, 'conflict', { detail: 'Several replays are running', request_id: 'req-7' }), 4, 'Several replays are running', '(req-7)'],
    [api(429, 'rate_limited', { title: 'Too many' }, 12), 4, 'Too many', 'in 12 seconds'],
    [api(503, 'unavailable', { title: 'Busy' }, 3), 3, 'Busy', 'in 3 seconds'],
    [api(500, 'internal', { title: 'Our fault' }), 3, 'Our fault', '/docs/errors/internal'],
    [new UnexpectedReplyError('partner.apps.list', null), 3, 'different versions', '@chung/cli@latest'],
    [new ScopesNotGrantedError(['partner.events:read']), 4, 'partner.events:read', '--other-account'],
  ])('%s', (error, exitCode, sentence, next) => {
    const { text, next: nextText, exitCode: code } = told(error);
    expect([code, text.en, nextText.en]).toEqual([exitCode, expect.stringContaining(sentence), expect.stringContaining(next)]);
  });

  test('is spoken of the app and its key where an app calls', () => {
    for (const error of [api(401, 'invalid_token'), oauth({ error: 'invalid_client' }), oauth({ error: 'invalid_grant' })])
      expect(told(error, 'app').next.en).toContain('CHUNG_CLIENT_ID and CHUNG_PRIVATE_KEY');
    expect(told(new ScopesNotGrantedError(['partner.apps:read']), 'app').text.en).toContain(
      'This app has not been granted partner.apps:read',
    );
  });
});

describe('what the authorization server says', () => {
  test.each([
    [{ error: 'invalid_grant' }, 'has ended'],
    [{ error: 'access_denied' }, 'You did not allow it'],
    [{ error: 'server_error' }, 'refused the sign-in (server_error)'],
    [{ code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' }, 'is no Chung platform'],
  ])('%j', (fields, sentence) => {
    expect(told(oauth(fields)).text.en).toContain(sentence);
  });
});

describe('what the network says', () => {
  const refused = new TypeError('fetch failed', { cause: Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }) });
  test.each([
    [refused, '(ECONNREFUSED)'],
    [new UnreachableError(refused), '(ECONNREFUSED)'],
    [new UnreachableError(new DOMException('slow', 'TimeoutError')), 'cannot be reached.'],
    [oauth({ cause: new DOMException('slow', 'TimeoutError') }), 'cannot be reached.'],
  ])('%s', (error, sentence) => {
    expect([told(error).exitCode, told(error).text.en]).toEqual([3, expect.stringContaining(sentence)]);
  });
});

test('it is said in both languages, and never with the words of an error from within', () => {
  const all = [
    api(401, 'x'),
    api(403, 'insufficient_scope'),
    api(418, 'x'),
    api(503, 'x', {}, 1),
    oauth({ error: 'access_denied' }),
    oauth({ error: 'y' }),
  ];
  for (const as of ['person', 'app'] as const)
    for (const error of [
      ...all,
      oauth({ code: 'OAUTH_X' }),
      new UnreachableError(null),
      new ScopesNotGrantedError(['partner.apps:read']),
    ]) {
      const { text, next } = told(error, as);
      expect(text.vi).toMatch(/[àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ]/i);
      expect([text.vi === text.en, next.vi === next.en, `${text.en}${next.en}`.includes('geheim')]).toEqual([false, false, false]);
    }
});
