import type { OperationSpec } from '@chung/contracts';
import { refusal } from './refusal.ts';

/** A file as it comes. */
export interface Upload {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Null where the sender did not say. */
  readonly bytesTotal: number | null;
}

/** A body that nobody has looked at yet: it is read after the caller was let through, as the platform does. */
export class SentBody {
  readonly #request: Request;
  readonly #bytesTotal: number | null;

  constructor(request: Request, bytesTotal: number | null) {
    this.#request = request;
    this.#bytesTotal = bytesTotal;
  }

  /** JSON for most operations, and for uploads the stream. */
  async read({ bodyType, accepts }: OperationSpec): Promise<unknown> {
    if (bodyType === 'none') return undefined;
    const { body } = this.#request;
    if (body === null && bodyType === 'json') return {};
    const accepted = bodyType === 'json' ? ['application/json'] : accepts;
    const [type = ''] = (this.#request.headers.get('content-type') ?? '').split(';');
    if (body === null || !accepted.includes(type.trim().toLowerCase()))
      throw refusal('unsupported_media_type', {
        detail: { vi: `Hãy gửi ${accepted.join(' hoặc ')}.`, en: `Send ${accepted.join(' or ')}.` },
      });
    return bodyType === 'json' ? jsonOf(await this.#request.text()) : { chunks: chunksOf(body), bytesTotal: this.#bytesTotal };
  }
}

/** How many bytes a body has, where `fetch` would say so in `Content-Length`. */
export function bytesOf(body: unknown): number | null {
  if (typeof body === 'string') return new TextEncoder().encode(body).length;
  if (body instanceof Blob) return body.size;
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? body.byteLength : null;
}

/** An upload from what the client lets through without HTTP: text, a blob or a stream. */
export function uploadOf(body: unknown): Upload {
  if (isUpload(body)) return body;
  if (typeof body !== 'string' && !(body instanceof Blob) && !(body instanceof ReadableStream))
    throw refusal('unsupported_media_type', { detail: { vi: 'Hãy gửi một tệp.', en: 'Send a file.' } });
  const stream: ReadableStream<Uint8Array> = body instanceof ReadableStream ? body : new Blob([body]).stream();
  return { chunks: chunksOf(stream), bytesTotal: bytesOf(body) };
}

const isUpload = (value: unknown): value is Upload => typeof value === 'object' && value !== null && 'chunks' in value;

// Not `for await` over the stream: browsers learned it late.
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

function jsonOf(text: string): unknown {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    throw refusal('invalid_request');
  }
  throw refusal('invalid_request');
}
