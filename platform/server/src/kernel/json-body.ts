import { json, type Request, type Response } from 'express';
import { DomainError } from './errors.ts';

export interface JsonBodyOptions {
  readonly limitBytes: number;
  /** How long a body may take. */
  readonly withinMs: number;
}

/** Reads a JSON body into `request.body`. */
export type ReadJson = (request: Request, response: Response) => Promise<void>;

const TOO_SLOW = { vi: 'Nội dung gửi lên quá chậm.', en: 'The body came too slowly.' };
const DONE = Promise.resolve();

/**
 * A small body has come with its head, and by the time that its sender is known it is all here: it is taken as it is. What is
 * still on its way, or is of any unusual kind, is read by Express' parser, within a time.
 */
export function createJsonReader({ limitBytes, withinMs }: JsonBodyOptions): ReadJson {
  const parse = json({ limit: limitBytes, strict: true });
  const wait: ReadJson = (request, response) =>
    new Promise((resolve, reject) => {
      const refuse = (error: DomainError) => {
        // The rest of the body would be read as the next request.
        response.set('connection', 'close');
        reject(error);
      };
      // The parser would wait for all of a body that it has refused already by its announced length.
      if (Number(request.headers['content-length']) > limitBytes) return refuse(new DomainError('payload_too_large'));
      const late = setTimeout(() => refuse(new DomainError('invalid_request', { detail: TOO_SLOW })), withinMs);
      parse(request, response, (error?: unknown) => {
        clearTimeout(late);
        if (error) reject(error);
        else resolve();
      });
    });
  return (request, response) => {
    const { headers } = request;
    if (headers['transfer-encoding'] !== undefined) return wait(request, response);
    const length = Number(headers['content-length'] ?? 0);
    if (length === 0) return DONE;
    const isHere = request.complete && request.readableLength === length && length <= limitBytes;
    const isPlain = headers['content-type'] === 'application/json' && headers['content-encoding'] === undefined;
    if (!isHere || !isPlain) return wait(request, response);
    request.body = parsed(request.read());
    return DONE;
  };
}

/** As Express' parser in its strict manner: an object or a list, and a byte order mark is nothing. */
function parsed(bytes: Buffer): unknown {
  const marked = bytes.toString('utf8');
  const text = marked.charCodeAt(0) === 0xfeff ? marked.slice(1) : marked;
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw new DomainError('invalid_request', { cause });
  }
  throw new DomainError('invalid_request');
}
