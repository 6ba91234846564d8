import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { languageOf, requestIdOf } from './request.ts';

function requestWith(headers: Record<string, string | undefined>): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  return request;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('the language', () => {
  test.each([
    [undefined, 'vi'],
    ['', 'vi'],
    ['vi-VN,vi;q=0.9,en;q=0.8', 'vi'],
    ['en', 'en'],
    ['EN-gb', 'en'],
    ['en-US,en;q=0.9,vi;q=0.8', 'en'],
    ['vi;q=0.5, en;q=0.9', 'en'],
    ['fr-FR, en;q=0.5', 'en'],
    ['fr, en;q=0.3, vi;q=0.7', 'vi'],
    ['fr, de', 'vi'],
    ['*', 'vi'],
    ['en;q=0', 'vi'],
    ['english', 'vi'],
    ['vi, en', 'vi'],
    ['en;q=nonsense', 'vi'],
  ])('of %j is %s', (header, language) => {
    expect(languageOf(requestWith({ 'accept-language': header }))).toBe(language);
  });

  test('of any header is one of the two', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(['vi', 'en']).toContain(languageOf(requestWith({ 'accept-language': header })));
      }),
    );
  });
});

describe('the request id', () => {
  test('is the one that a proxy gave, and stays the same through the whole request', () => {
    const request = requestWith({ 'x-request-id': 'edge-1234.abc' });
    expect([requestIdOf(request), requestIdOf(request)]).toEqual(['edge-1234.abc', 'edge-1234.abc']);
    const own = requestWith({});
    expect(requestIdOf(own)).toMatch(UUID);
    expect(requestIdOf(own)).toBe(requestIdOf(own));
  });

  test('is never anything that could forge a line of a log or a header', () => {
    const hostile = ['short', 'x'.repeat(65), 'a b c d e f', 'line\nbreak-1234', '{"level":60}', '<script>alert(1)', 'Nguyễn-Bảo-An'];
    for (const given of hostile) expect(requestIdOf(requestWith({ 'x-request-id': given }))).toMatch(UUID);
    fc.assert(
      fc.property(fc.string(), (given) => {
        expect(requestIdOf(requestWith({ 'x-request-id': given }))).toMatch(/^[\w.-]{8,64}$/);
      }),
    );
  });
});
