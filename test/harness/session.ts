// Signs in to one of the web apps as its browser would, and calls the API with the session.
import { type Visit, Visitor } from './visitor.ts';

export type WebApp = 'member' | 'partner' | 'admin';

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into replies of every shape.
  readonly body: Record<string, never> & { readonly [name: string]: unknown };
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WebSession {
  readonly visitor: Visitor;
  readonly csrfToken: string;
  call(method: string, path: string, options?: CallOptions): Promise<ApiReply>;
}

export async function signIn(baseUrl: string, app: WebApp, person: { username: string; password: string }): Promise<WebSession> {
  const visitor = new Visitor();
  // Back to an address that answers also where the web apps are not built.
  const login = await visitor.open(`${baseUrl}/session/${app}/login?return_to=/healthz`, { headers: { accept: 'text/html' } });
  const after = await visitor.submit(login, { username: person.username, password: person.password }, 'name="password"');
  assertSignedIn(after);
  const state = JSON.parse((await visitor.send(`${baseUrl}/session/${app}`)).body) as { signedIn: boolean; csrfToken: string };
  if (!state.signedIn) throw new Error(`${person.username} is not signed in to ${app}: ${after.status} ${after.body.slice(0, 300)}`);
  return {
    visitor,
    csrfToken: state.csrfToken,
    call: async (method, path, { body, headers } = {}) => {
      const json = body !== undefined && typeof body !== 'string';
      const visit = await visitor.send(`${baseUrl}${path}`, {
        method,
        headers: {
          'x-chung-app': app,
          origin: baseUrl,
          ...(method !== 'GET' && { 'x-csrf-token': state.csrfToken, 'idempotency-key': crypto.randomUUID() }),
          ...(json && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: json ? JSON.stringify(body) : String(body) }),
      });
      return { status: visit.status, headers: visit.headers, body: visit.body === '' ? {} : JSON.parse(visit.body) };
    },
  };
}

function assertSignedIn(visit: Visit): void {
  if (visit.status >= 400) throw new Error(`sign-in answered ${visit.status} at ${visit.url}: ${visit.body.slice(0, 500)}`);
}
