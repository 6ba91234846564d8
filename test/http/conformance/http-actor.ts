// Calls operations over HTTP by their ids, on whatever answers `fetch`.
import { ApiError } from '@chung/client';
import { ROUTES } from '@chung/client/scoped';
import type { OperationId } from '@chung/contracts';
import type { Actor, Answer, Sent } from './stage.ts';

interface HttpSettings {
  readonly fetch: typeof fetch;
  readonly baseUrl: string;
  readonly headers: () => Readonly<Record<string, string>>;
}

export function httpActor({ fetch: send, baseUrl, headers }: HttpSettings): Actor {
  return {
    call: async (id, sent = {}) => {
      const { method, path, idempotency, bodyType } = ROUTES[id];
      const key = sent.key === undefined ? crypto.randomUUID() : sent.key;
      const isRaw = typeof sent.body === 'string' || sent.body instanceof Uint8Array;
      const response = await send(`${baseUrl}${addressOf(path, sent)}`, {
        method,
        headers: {
          'accept-language': 'vi',
          ...headers(),
          ...(idempotency !== 'none' && key !== null && { 'idempotency-key': key }),
          ...(sent.body !== undefined && bodyType === 'json' && { 'content-type': 'application/json' }),
          ...sent.headers,
        },
        ...(sent.body !== undefined && { body: isRaw ? rawOf(sent.body) : JSON.stringify(sent.body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
    },
  };
}

const rawOf = (body: unknown): BodyInit => (body instanceof Uint8Array ? new Uint8Array(body) : String(body));

export function addressOf(template: string, { params = {}, query = {} }: Sent): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]));
  return search.size === 0 ? path : `${path}?${search}`;
}

/** What a client makes of answers: of a refusal its code and words, of everything else the reply. */
export const asClient = (actor: Actor): Actor => ({
  call: async (id, sent) => {
    const { status, body } = await actor.call(id, sent);
    if (status < 400) return { status: 200, body };
    const { code, title, detail = null, reasons = [], fields = [] } = body;
    return { status, body: { code, title, detail, reasons, fields } };
  },
});

/** A client of the SDK, which has a method for each operation. */
export function clientActor(client: object): Actor {
  return {
    call: async (id: OperationId, { params = {}, query = {}, body = {}, key }: Sent = {}): Promise<Answer> => {
      const method: unknown = id.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], client);
      if (typeof method !== 'function') throw new Error(`the client has no ${id}`);
      const options = typeof key === 'string' ? { idempotencyKey: key } : {};
      try {
        return { status: 200, body: (await method({ ...params, ...query, ...Object(body) }, options)) ?? {} };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const { code, title, detail, reasons, fields } = error;
        return { status: error.status, body: { code, title, detail, reasons, fields } };
      }
    },
  };
}
