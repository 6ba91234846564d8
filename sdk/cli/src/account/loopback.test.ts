// The redirect address on this machine: whom it lets in, what it shows, when it ends.
import { request } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Landing } from './landing-page.ts';
import { type Loopback, type LoopbackHandlers, openLoopback } from './loopback.ts';

const IN: Landing = { kind: 'good', title: { vi: 'Đã vào', en: 'In' }, more: { vi: 'Đóng được rồi', en: 'Close it' } };

let open: Loopback | null = null;
afterEach(() => open?.close());

async function started(handlers: Partial<LoopbackHandlers> = {}) {
  const begun: URL[] = [];
  open = await openLoopback({
    start: async () => {
      begun.push(new URL(`https://chung.example/oauth/authorize?n=${begun.length + 1}`));
      return begun.at(-1) ?? new URL('https://chung.example');
    },
    arrived: async (callback) => (callback.searchParams.get('state') === 'right' ? IN : null),
    ...handlers,
  });
  return { ...open, begun };
}

function ask(url: string, { method = 'GET', host }: { method?: string; host?: string } = {}) {
  return new Promise<{ status: number; location: string | undefined; body: string; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const headers = { host: host ?? new URL(url).host };
      const sent = request(url, { method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, location: response.headers.location, body, headers: response.headers }),
        );
      });
      sent.once('error', reject).end();
    },
  );
}

test('it is on 127.0.0.1 by number, on a port that nobody else has', async () => {
  const one = await started();
  expect(one.startUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d{4,5}\/$/);
  expect(one.redirectUri).toBe(`${one.startUrl}callback`);
  const two = await openLoopback({ start: async () => new URL('https://chung.example'), arrived: async () => null });
  expect(two.startUrl).not.toBe(one.startUrl);
  await two.close();
});

test('each time it is opened it leads to a fresh request', async () => {
  const { startUrl } = await started();
  expect((await ask(startUrl)).location).toBe('https://chung.example/oauth/authorize?n=1');
  expect((await ask(startUrl)).location).toBe('https://chung.example/oauth/authorize?n=2');
});

test('whoever comes back rightly is sent on to a page whose address holds no code', async () => {
  const { redirectUri } = await started();
  const back = await ask(`${redirectUri}?code=geheim&state=right`);
  expect([back.status, back.location]).toEqual([303, '/done']);
  const page = await ask(new URL('/done', redirectUri).href);
  expect([page.status, page.headers['cache-control'], page.headers['referrer-policy']]).toEqual([200, 'no-store', 'no-referrer']);
  expect(page.body).toContain('Đã vào');
  expect(page.body + back.body).not.toContain('geheim');
});

test('nobody else is let in, and the wait goes on', async () => {
  const { redirectUri, startUrl, begun } = await started();
  const refused = [
    await ask(`${redirectUri}?code=x&state=wrong`),
    await ask(redirectUri),
    await ask(`${startUrl}done`),
    await ask(`${startUrl}favicon.ico`),
    await ask(startUrl, { method: 'POST' }),
    await ask(startUrl, { host: 'rebound.example' }),
    await ask(`${redirectUri}?code=x&state=right`, { host: `localhost:${new URL(startUrl).port}` }),
  ];
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 404));
  for (const { body } of refused) expect(body).toContain('No sign-in is waiting here.');
  expect(begun).toEqual([]);
  expect((await ask(`${redirectUri}?code=x&state=right`)).status).toBe(303);
});

test('it takes one answer: a second one finds nobody waiting', async () => {
  const { redirectUri, startUrl } = await started();
  await ask(`${redirectUri}?code=x&state=right`);
  expect((await ask(`${redirectUri}?code=x&state=right`)).status).toBe(404);
  expect((await ask(startUrl)).status).toBe(404);
});

test('a platform that does not answer is told in the browser, and the page can be loaded again', async () => {
  const { startUrl, redirectUri } = await started({ start: () => Promise.reject(new Error('the platform is gone')) });
  const failed = await ask(startUrl);
  expect([failed.status, failed.body]).toEqual([502, expect.stringContaining('The platform does not answer; load this page again.')]);
  expect((await ask(`${redirectUri}?state=right`)).status).toBe(303);
});

test('it ends once the page was shown, or shortly after if nobody fetches it', async () => {
  const shown = await started();
  await ask(`${shown.redirectUri}?state=right`);
  const [page] = await Promise.all([ask(new URL('/done', shown.redirectUri).href), shown.close()]);
  expect(page.status).toBe(200);
  await expect(ask(shown.startUrl)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const unseen = await started();
  await ask(`${unseen.redirectUri}?state=right`);
  const began = performance.now();
  await unseen.close();
  expect(performance.now() - began).toBeLessThan(4_000);
  open = null;
});
