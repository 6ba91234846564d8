import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';

/** Headers come in one piece from anybody who means it; a slow-loris sends one a minute and holds the connection. */
const HEADERS_WITHIN_MS = 10_000;
/** A pool of 25 million codes may come over a slow line. Bodies of JSON have a much shorter time of their own (`app.ts`). */
const REQUEST_WITHIN_MS = 3_600_000;
const CHECK_EVERY_MS = 2_000;
/**
 * Requests of one connection that wait for their answers. No browser and no proxy pipelines, and Node takes in at once whatever
 * has arrived: 10,000 small requests in one write held the event loop for seconds.
 */
const MOST_PIPELINED = 64;

/** The one way to open a socket for the app, with limits on everything that a client can draw out. */
export function createHttpServer(
  listener: RequestListener,
  { headersWithinMs = HEADERS_WITHIN_MS }: { headersWithinMs?: number | undefined } = {},
): Server {
  const times = {
    headersTimeout: headersWithinMs,
    requestTimeout: REQUEST_WITHIN_MS,
    connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, headersWithinMs),
  };
  const waiting = new WeakMap<Socket, { count: number }>();
  return createServer(times, (request, response) => {
    const { socket } = request;
    const line = waiting.get(socket) ?? { count: 0 };
    if (line.count === 0) waiting.set(socket, line);
    line.count += 1;
    response.on('close', () => {
      line.count -= 1;
    });
    // What is left of the chunk is still parsed after the end, and goes nowhere.
    if (line.count > MOST_PIPELINED || socket.destroyed) socket.destroy();
    else listener(request, response);
  });
}
