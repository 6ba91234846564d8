import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { deferred } from '../older-node.ts';
import { LANDING_HEADERS, type Landing, landingPage } from './landing-page.ts';

export interface LoopbackHandlers {
  /** Where whoever opens the loopback address is sent: a fresh request each time, so a page that was closed can be opened again. */
  start(): Promise<URL>;
  /** Somebody came back; null when it is to no attempt of ours, which then goes on waiting. */
  arrived(callback: URL): Promise<Landing | null>;
}

export interface Loopback {
  /** For a browser on this machine. */
  readonly startUrl: string;
  readonly redirectUri: string;
  /** Waits a moment for the browser to fetch its page, then ends. */
  close(): Promise<void>;
}

const SHOWN_WITHIN_MS = 3_000;
const CALLBACK = '/callback';
const DONE = '/done';

const NOT_OURS: Landing = {
  kind: 'bad',
  title: { vi: 'Không có lần đăng nhập nào đang chờ ở đây.', en: 'No sign-in is waiting here.' },
  more: { vi: 'Hãy chạy lại chung login.', en: 'Run chung login again.' },
};

const NOT_REACHED: Landing = {
  kind: 'bad',
  title: { vi: 'Chưa mở được trang đăng nhập.', en: 'The sign-in page could not be opened.' },
  more: { vi: 'Nền tảng không trả lời; hãy tải lại trang này.', en: 'The platform does not answer; load this page again.' },
};

/**
 * The redirect address of a native app (RFC 8252 §7.3): a server on 127.0.0.1 alone, on a port that the system picks, for as long as one
 * sign-in takes. By address and not by name: what `localhost` leads to, another program may have chosen.
 */
export async function openLoopback(handlers: LoopbackHandlers): Promise<Loopback> {
  let landed: Landing | null = null;
  const shown = deferred<void>();
  const answering = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const one = answer(request, response)
      .catch(() => send(response, 502, NOT_REACHED))
      .finally(() => answering.delete(one));
    answering.add(one);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    // A name that leads to 127.0.0.1 is somebody else's page trying to read ours (DNS rebinding).
    if (request.method !== 'GET' || request.headers.host !== new URL(origin).host) return send(response, 404, NOT_OURS);
    const url = new URL(request.url ?? '/', origin);
    if (url.pathname === '/' && !landed) return redirect(response, (await handlers.start()).href);
    if (url.pathname === CALLBACK && !landed) {
      const landing = await handlers.arrived(url);
      if (!landing) return send(response, 404, NOT_OURS);
      landed = landing;
      // To an address without the code, which would else stay in the browser's history.
      return redirect(response, DONE);
    }
    if (url.pathname !== DONE || !landed) return send(response, 404, NOT_OURS);
    response.once('finish', shown.resolve);
    return send(response, 200, landed);
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    startUrl: `${origin}/`,
    redirectUri: `${origin}${CALLBACK}`,
    close: async () => {
      // Who came back is told so by the same request that ends the wait for them.
      await Promise.all(answering);
      if (landed) await Promise.race([shown.promise, pause(SHOWN_WITHIN_MS, undefined, { ref: false })]);
      server.close();
      server.closeIdleConnections();
      server.unref();
    },
  };
}

function send(response: ServerResponse, status: number, landing: Landing): void {
  response.writeHead(status, LANDING_HEADERS).end(landingPage(landing));
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(303, { ...LANDING_HEADERS, location: to }).end();
}
