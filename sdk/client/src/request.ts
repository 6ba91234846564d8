import type { WireOperation } from './types.ts';

/** A call after the types are gone: what goes on the wire. */
export interface LooseInput {
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
  readonly contentType?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Fills `/v1/offers/{offerId}`; a value can never add a path segment of its own. */
export function fillPath(template: string, params: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    // URL parsers take `.` and `..` for folders even when they are encoded.
    if (value === undefined || value === '' || value === '.' || value === '..')
      throw new TypeError(`The path ${template} needs "${name}".`);
    return encodeURIComponent(String(value));
  });
}

/** Empty and absent values are left out, so that an unset filter and no filter are the same address. */
export function fillQuery(query: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') search.append(name, String(value));
  const text = search.toString();
  return text && `?${text}`;
}

export function addressOf(baseUrl: string, wire: WireOperation, input: LooseInput): string {
  return `${baseUrl.replace(/\/$/, '')}${fillPath(wire.path, input.params ?? {})}${fillQuery(input.query ?? {})}`;
}

export function bodyOf(wire: WireOperation, input: LooseInput): { readonly body: BodyInit | null; readonly contentType: string | null } {
  if (wire.bodyType === 'json') return { body: JSON.stringify(input.body ?? {}), contentType: 'application/json' };
  // The types let only Blob, string and ReadableStream through for a stream.
  if (wire.bodyType === 'stream') return { body: input.body as BodyInit, contentType: input.contentType ?? 'application/octet-stream' };
  return { body: null, contentType: null };
}
