import type { OperationId } from '@chung/contracts';
import { walkPages } from './pages.ts';
import type { LooseInput } from './request.ts';
import type { MethodOptions } from './scoped-types.ts';
import type { PagesOptions, WireOperation } from './types.ts';

/** One operation as a tree needs it: where its fields go on the wire. */
export type Placed = Pick<WireOperation, 'method' | 'path' | 'bodyType'> & { readonly id: string };

export type Invoke = (id: OperationId, input: LooseInput) => Promise<unknown>;

type Fields = Readonly<Record<string, unknown>>;
interface Leaf {
  (fields?: Fields, options?: MethodOptions): Promise<unknown>;
  all?: (fields?: Fields, options?: PagesOptions) => AsyncGenerator<unknown, void, undefined>;
}
interface Branch {
  [name: string]: Branch | Leaf;
}

/**
 * Methods by the ids of operations: `offers.queue.join` is `tree.offers.queue.join(fields)`. The tree has no prototype and is frozen: a name
 * that is no operation is undefined, and no code can put its own function in the place of one.
 *
 * @example
 * const tree = operationsOver([{ id: 'offers.get', method: 'GET', path: '/v1/offers/{offerId}', bodyType: 'none' }], invoke);
 */
export function operationsOver(operations: readonly Placed[], invoke: Invoke): object {
  const root = branch();
  for (const operation of operations) {
    const names = operation.id.split('.');
    const last = names.pop() ?? '';
    let place = root;
    for (const name of names) {
      const next = place[name] ?? branch();
      if (typeof next === 'function') throw new TypeError(`The operation ${operation.id} stands below another one.`);
      place[name] = next;
      place = next;
    }
    place[last] = Object.freeze(leafOf(operation, invoke));
  }
  return freeze(root);
}

const branch = (): Branch => Object.create(null);

function freeze(place: Branch): Branch {
  for (const next of Object.values(place)) if (typeof next !== 'function') freeze(next);
  return Object.freeze(place);
}

function leafOf(operation: Placed, invoke: Invoke): Leaf {
  // Ids come from the registry; that is where the types of the tree come from too.
  const id = operation.id as OperationId;
  const leaf: Leaf = (fields = {}, { idempotencyKey, signal } = {}) => invoke(id, { ...placed(operation, fields), idempotencyKey, signal });
  if (operation.method !== 'GET') return leaf;
  leaf.all = (fields = {}, options = {}) => {
    const { params, query } = placed(operation, fields);
    return walkPages((page) => invoke(id, { ...page, params }), query ?? {}, options);
  };
  return leaf;
}

/** Which of the fields are in the path, which in the query and which in the body; a field has one name and one place. */
function placed({ path, method, bodyType }: Placed, fields: Fields): LooseInput {
  const inPath = new Set([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  const params = Object.fromEntries(Object.entries(fields).filter(([name]) => inPath.has(name)));
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !inPath.has(name)));
  if (bodyType === 'stream') {
    const { body, contentType, ...query } = rest;
    return { params, query, body, contentType: typeof contentType === 'string' ? contentType : undefined };
  }
  return bodyType === 'json' && method !== 'GET' ? { params, body: rest } : { params, query: rest };
}
