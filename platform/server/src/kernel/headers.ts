import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** Names and values in turn, as `writeHead` takes them. */
export type HeaderList = readonly string[];

export function headerList(headers: Readonly<Record<string, string>>): HeaderList {
  const list: string[] = [];
  for (const name of Object.keys(headers)) list.push(name, headers[name] ?? '');
  return list;
}

export function setHeaders(response: ServerResponse, headers: HeaderList): void {
  for (let i = 0; i + 1 < headers.length; i += 2) response.setHeader(headers[i] ?? '', headers[i + 1] ?? '');
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/** What a middleware sets on every answer alike, found out once: asked on each request it made the same texts anew. */
export function headersOf(middleware: Middleware): HeaderList {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const outcome: { error?: unknown } = { error: new Error('the middleware answers later, so its headers cannot be known before') };
  middleware(request, response, (error) => {
    outcome.error = error;
  });
  if (outcome.error) throw outcome.error;
  return response.getHeaderNames().flatMap((name) => [name, String(response.getHeader(name))]);
}
