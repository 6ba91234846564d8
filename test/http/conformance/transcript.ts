// What was answered, in a form in which two platforms can be compared: ids by the order in which they appear, times and secrets by their kind.
import type { OperationId } from '@chung/contracts';
import type { Actor, Answer, Sent, Stage, Who } from './stage.ts';

/** Values that are unlike on every platform, told by the name of their field. */
const OWN: ReadonlySet<string> = new Set([
  'memberRef',
  'ticket',
  'rank',
  'displayName',
  'digest',
  'seed',
  'commitment',
  'publicKey',
  'secret',
  'receipt',
  'presentation',
  'nextCursor',
  'latencyMs',
  'rowsPerSecond',
  'request_id',
  'redirectUris',
  'waitingSeconds',
]);
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;
const UUIDS = new RegExp(UUID, 'g');
const ADDRESSES: ReadonlySet<string> = new Set(['docs', 'type', 'instance']);
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** One call and its answer. */
export interface Line {
  readonly who: Who | 'app';
  readonly id: OperationId;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Transcript {
  readonly lines: readonly Line[];
  /** Calls as somebody and writes down what came of it. */
  call(who: Who | Actor, id: OperationId, sent?: Sent): Promise<Answer>;
}

export function transcriptOf(stage: Stage): Transcript {
  const lines: Line[] = [];
  const ids = new Map<string, string>();
  const named = (id: string) => {
    const name = ids.get(id) ?? `id-${ids.size + 1}`;
    ids.set(id, name);
    return name;
  };
  const asText = (value: string, field: string): string => {
    if (INSTANT.test(value)) return '(instant)';
    // Pairwise ids of members are no UUIDs, and addresses begin with the platform's own.
    if (field === 'id' && !UUID.test(value)) return '(id)';
    const address = ADDRESSES.has(field) ? value.replace(/^https?:\/\/[^/]+/, '') : value;
    return address.replaceAll(UUIDS, named).replaceAll(stage.suffix, '').replaceAll(stage.hookUrl, '(hook)');
  };
  const comparableFields = (fields: object): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(fields)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, item]) => [name, comparable(item, name)]),
    );
  const comparable = (value: unknown, field: string): unknown => {
    if (OWN.has(field)) return value === null ? null : `(${typeof value})`;
    if (typeof value === 'string') return asText(value, field);
    if (Array.isArray(value)) return value.map((item) => comparable(item, ''));
    return value === null || typeof value !== 'object' ? value : comparableFields(value);
  };
  return {
    lines,
    call: async (who, id, sent) => {
      const actor = typeof who === 'string' ? stage.as(who) : who;
      const answer = await actor.call(id, sent);
      lines.push({ who: typeof who === 'string' ? who : 'app', id, status: answer.status, body: comparableFields(answer.body) });
      return answer;
    },
  };
}

/** `operation status code` of each line: what a scenario is about, on one look. */
export const outcomesOf = ({ lines }: Transcript): string[] =>
  lines.map(({ id, status, body }) => [id, status, body['code'] ?? body['state'] ?? ''].join(' ').trim());
