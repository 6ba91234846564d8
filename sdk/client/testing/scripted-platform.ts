// A platform that answers as a test tells it, over real sockets: one that refuses, errs or grants less than was asked, which the real one is
// not easily brought to. Tests against the real one are in `test/http`.
import { createServer, type IncomingMessage, type Server } from 'node:http';

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly form: URLSearchParams;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

type Script = (asked: Asked, count: number) => Answer;

export interface ScriptedPlatform {
  readonly issuer: string;
  /** What was asked of one endpoint: `/token`, `/par`, `/revoke`, or any path of the API by its beginning. */
  asked(path: string): readonly Asked[];
  close(): void;
}

/** `token` answers the token endpoint, `api` everything below `/v1`; `count` is how often it was asked before. */
export async function scriptedPlatform(script: { readonly token: Script; readonly api?: Script }): Promise<ScriptedPlatform> {
  const all: Asked[] = [];
  const asked = (path: string) => all.filter((one) => one.path.startsWith(path));
  let issuer = '';
  const answer = (one: Asked): Answer => {
    const before = (path: string) => asked(path).length - 1;
    if (one.path.startsWith('/.well-known/openid-configuration')) return { body: metadataOf(issuer) };
    if (one.path.startsWith('/par')) return { status: 201, body: { request_uri: 'urn:chung:pushed', expires_in: 60 } };
    if (one.path.startsWith('/revoke')) return {};
    if (one.path.startsWith('/token')) return script.token(one, before('/token'));
    return script.api?.(one, before('/v1')) ?? { status: 404, body: { status: 404, code: 'not_found' } };
  };
  const server = createServer((request, response) => {
    void readAll(request).then((one) => {
      all.push(one);
      const { status = 200, headers = {}, body } = answer(one);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  issuer = await listen(server);
  return { issuer, asked, close: () => server.close().closeAllConnections() };
}

async function readAll(request: IncomingMessage): Promise<Asked> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, form: new URLSearchParams(body) };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a server that listens has a port');
  return `http://127.0.0.1:${address.port}`;
}

const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  pushed_authorization_request_endpoint: `${issuer}/par`,
  revocation_endpoint: `${issuer}/revoke`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ['code'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['ES256'],
  dpop_signing_alg_values_supported: ['ES256'],
});

/** A private key as an app has it. */
export async function newAppKey() {
  const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  return { ...(await crypto.subtle.exportKey('jwk', privateKey)), kid: 'app-key' };
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An ID token as it comes from the token endpoint, whose channel and not whose signature is what a client relies on (OIDC Core §3.1.3.7). */
export function idTokenFor(of: {
  readonly issuer: string;
  readonly clientId: string;
  readonly nonce: string;
  readonly subject: string;
}): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: of.issuer, aud: of.clientId, sub: of.subject, nonce: of.nonce, iat: now, exp: now + 300 };
  return `${part({ alg: 'ES256' })}.${part(claims)}.${Buffer.alloc(64).toString('base64url')}`;
}
