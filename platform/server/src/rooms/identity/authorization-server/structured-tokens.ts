import { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';

/**
 * oidc-provider refuses to introspect or revoke JWTs before it asks its storage. This mark in front makes the token opaque
 * to it; the adapter takes the mark off again and reads the token.
 */
const MARK = 'jwt~';

export const structuredTokenIn = (value: string): string | null => (value.startsWith(MARK) ? value.slice(MARK.length) : null);

const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const FORM = 'application/x-www-form-urlencoded';
const MAX_BODY = '16kb';

/** Before the introspection and revocation endpoints: marks a JWT in the form's `token`. */
export function markStructuredTokens(
  handle: (request: IncomingMessage, response: Parameters<RequestHandler>[1]) => unknown,
): RequestHandler[] {
  return [
    express.text({ type: FORM, limit: MAX_BODY }),
    (request, response) => {
      // Another content type was not read: the endpoint itself refuses it.
      if (typeof request.body !== 'string') return void handle(request, response);
      const form = new URLSearchParams(request.body);
      const [token, ...more] = form.getAll('token');
      if (token !== undefined && more.length === 0) form.set('token', JWT.test(token) ? MARK + token : token.replace(MARK, ''));
      return void handle(withBody(request, form.toString()), response);
    },
  ];
}

/** The same request with another body, for a reader of streams; a parsed `body` would make the library warn on the console. */
function withBody(request: IncomingMessage, body: string): IncomingMessage {
  const copy = new IncomingMessage(request.socket);
  copy.method = request.method ?? 'POST';
  copy.url = request.url ?? '/';
  copy.headers = { ...request.headers, 'content-length': String(Buffer.byteLength(body)) };
  // Else the stream's end would count as an aborted request and close the connection.
  copy.complete = true;
  copy.push(body);
  copy.push(null);
  return copy;
}
