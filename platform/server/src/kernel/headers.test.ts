import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { headersOf, setHeaders } from './headers.ts';

test('what a middleware sets is known before the first request', () => {
  const headers = headersOf((_request, response, next) => {
    response.setHeader('X-One', '1');
    response.setHeader('x-two', 'two');
    next();
  });
  expect(headers).toEqual(['x-one', '1', 'x-two', 'two']);
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  setHeaders(response, headers);
  expect({ ...response.getHeaders() }).toEqual({ 'x-one': '1', 'x-two': 'two' });
});

test('a middleware that fails, or answers later, stops the start: its headers would be missing on every answer', () => {
  expect(() => headersOf((_request, _response, next) => next(new Error('no headers today')))).toThrow('no headers today');
  expect(() => headersOf((_request, _response, next) => void setTimeout(next, 1))).toThrow('answers later');
});
