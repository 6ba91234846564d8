import { createHash } from 'node:crypto';

/** One line of the audit. `detail` holds ids and decisions, never personal data or secrets. */
export interface AuditRecord {
  /** The partner's chain, or null for the platform's. */
  readonly partnerId: string | null;
  readonly actor: { readonly kind: string; readonly id: string };
  readonly action: string;
  readonly target: string;
  readonly requestId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ChainedEntry extends AuditRecord {
  readonly id: string;
  readonly at: Date;
  readonly position: bigint;
}

/** JSON with sorted keys: the database may hand `jsonb` back in another order, the hash must not care. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return `{${entries
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Hash over the entry and the one before: changing, removing or reordering a line breaks every later hash. */
export function hashOf(entry: ChainedEntry, previous: Uint8Array): Buffer {
  const { id, at, position, actor, action, target, requestId, detail } = entry;
  return createHash('sha256')
    .update(previous)
    .update(canonicalJson({ id, at: at.toISOString(), position: String(position), actor, action, target, requestId, detail }))
    .digest();
}
