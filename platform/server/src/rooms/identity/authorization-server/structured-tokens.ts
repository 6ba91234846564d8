import express, { type RequestHandler } from 'express';

/**
 * oidc-provider refuses to introspect or revoke JWTs before it asks its storage. This mark in front makes the token opaque
 * to it; the adapter takes the mark off again and reads the token.
 */
const MARK = 'jwt~';

export const structuredTokenIn = (value: string): string | null => (value.startsWith(MARK) ? value.slice(MARK.length) : null);

const looksLikeJwt = (token: unknown): token is string => typeof token === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

const MAX_BODY = '16kb';

/** Before the introspection and revocation endpoints: marks a JWT in the form's `token`. */
export function markStructuredTokens(): RequestHandler[] {
  return [
    express.urlencoded({ extended: false, limit: MAX_BODY }),
    (request, _response, next) => {
      const form: unknown = request.body;
      if (typeof form === 'object' && form !== null && 'token' in form) {
        if (looksLikeJwt(form.token)) form.token = MARK + form.token;
        // Nobody can send a mark of their own: what is not ours to mark is no token.
        else if (typeof form.token === 'string' && form.token.startsWith(MARK)) form.token = 'unknown';
      }
      next();
    },
  ];
}
