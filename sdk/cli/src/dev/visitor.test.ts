// A person before sign-in pages, without a browser: what they keep, where they are led, which form they send.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Visitor } from './visitor.ts';

interface Came {
  readonly route: string;
  readonly cookie: string | undefined;
  readonly body: string;
}

let server: Server;
let origin: string;
let came: Came[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
beforeEach(async () => {
  came = [];
  answer = (_request, response) => void response.end('<p>page</p>');
  server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    came.push({ route: `${request.method} ${request.url}`, cookie: request.headers.cookie, body });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const at = (path: string) => new URL(path, origin);
const routes = () => came.map(({ route }) => route);

describe('following', () => {
  test('goes from address to address to a page, with GET after a form', async () => {
    answer = ({ url }, response) => {
      const next = { '/one': '/two?x=1', '/two?x=1': '../three' }[url ?? ''];
      if (next) response.writeHead(303, { location: next }).end();
      else response.end('here');
    };
    const page = await new Visitor(origin).open(at('/one'), { method: 'POST', body: 'secret' });
    expect([page.url.href, page.text, routes()]).toEqual([`${origin}/three`, 'here', ['POST /one', 'GET /two?x=1', 'GET /three']]);
    expect(came.slice(1).map(({ body }) => body)).toEqual(['', '']);
  });

  test.each(['https://app.example.vn/callback?code=c', 'http://localhost:1/callback?code=c', 'http://127.0.0.1:1/callback?code=c'])(
    'stops before %s, which it does not ask',
    async (away) => {
      answer = (_request, response) => void response.writeHead(302, { location: away }).end();
      const page = await new Visitor(origin).open(at('/authorize'));
      expect([page.url.href, page.text, routes()]).toEqual([away, '', ['GET /authorize']]);
    },
  );

  test('takes the same machine under another name for another place: its cookies would not go along', async () => {
    const { port } = new URL(origin);
    answer = (_request, response) => void response.writeHead(302, { location: `http://localhost:${port}/x` }).end();
    expect((await new Visitor(origin).open(at('/'))).url.hostname).toBe('localhost');
    expect(came).toHaveLength(1);
  });

  test('does not go round in circles for ever', async () => {
    answer = (_request, response) => void response.writeHead(302, { location: '/again' }).end();
    await new Visitor(origin).open(at('/again'));
    expect(came.length).toBeLessThan(20);
  });
});

describe('cookies', () => {
  test('are kept over requests and redirects, the latest of a name counts, and each person has their own', async () => {
    answer = ({ url }, response) => {
      if (url === '/first')
        return void response.writeHead(302, { location: '/second', 'set-cookie': ['a=1; Path=/; HttpOnly', 'b=x=y'] }).end();
      if (url === '/second') response.setHeader('set-cookie', 'a=2; Max-Age=60');
      response.end();
    };
    const visitor = new Visitor(origin);
    await visitor.open(at('/first'));
    await visitor.open(at('/third'));
    await new Visitor(origin).open(at('/third'));
    expect(came.map(({ cookie }) => cookie)).toEqual([undefined, 'a=1; b=x=y', 'a=2; b=x=y', undefined]);
  });
});

describe('a form', () => {
  const FORM = `<form method="post" action="/oauth/other"><input type="hidden" name="not" value="mine"></form>
    <form class="x" method="post" action="/oauth/interaction/7/consent">
      <input type="hidden" name="csrf" value="a b&c"><input type="hidden" name="scope" value="offers:read">
      <input type="hidden" name="scope" value="openid"><input name="typed" value="by a person"></form>`;

  test('is the one whose address ends so, with its hidden fields before what the person adds', async () => {
    answer = ({ method }, response) => void response.end(method === 'POST' ? 'done' : FORM);
    const visitor = new Visitor(origin);
    const page = await visitor.open(at('/oauth/interaction/7'));
    const after = await visitor.submit(page, '/consent', { decision: 'allow', scope: ['member.age:read'], empty: [] });
    expect([after.text, came.at(-1)?.route]).toEqual(['done', 'POST /oauth/interaction/7/consent']);
    expect([...new URLSearchParams(came.at(-1)?.body)]).toEqual([
      ['csrf', 'a b&c'],
      ['scope', 'offers:read'],
      ['scope', 'openid'],
      ['decision', 'allow'],
      ['scope', 'member.age:read'],
    ]);
  });

  test('that is not there is told by the page and the form, and nothing is sent', async () => {
    answer = (_request, response) => void response.end(FORM);
    const visitor = new Visitor(origin);
    const page = await visitor.open(at('/oauth/interaction/7'));
    expect(() => visitor.submit(page, '/sign-in', {})).toThrow("The platform's page at /oauth/interaction/7 has no form for /sign-in.");
    expect(came).toHaveLength(1);
  });

  test('sends what a person has typed whatever signs are in it', async () => {
    answer = (_request, response) => void response.end('<form action="/sign-in" method="post"></form>');
    const visitor = new Visitor(origin);
    const password = `&=+%25"<ấ>\u{1f511} `;
    await visitor.submit(await visitor.open(at('/')), '/sign-in', { username: 'an.hanoi', password });
    expect(new URLSearchParams(came.at(-1)?.body).get('password')).toBe(password);
  });
});
