import { OPERATIONS, type OperationId, type OperationSpec } from '@chung/contracts';
import { clientOver, type Table } from './caller.ts';
import { UnexpectedReplyError } from './errors.ts';
import type { Client, ClientOptions } from './types.ts';

export { ApiError, type FieldProblem, UnexpectedReplyError, UnreachableError } from './errors.ts';
export type { CallArguments, CallInput, CallReply, Client, ClientOptions, ItemOf, ListId, ListQuery, PagesOptions } from './types.ts';

const byId = new Map<string, OperationSpec>(OPERATIONS.map((operation) => [operation.id, operation]));

function declared(id: OperationId): OperationSpec {
  const operation = byId.get(id);
  if (!operation) throw new TypeError(`The registry has no operation "${id}".`);
  return operation;
}

const checkedTable: Table = {
  wire: declared,
  parse: (id, reply) => {
    const parsed = declared(id).reply.safeParse(reply);
    if (!parsed.success) throw new UnexpectedReplyError(id, parsed.error);
    return parsed.data;
  },
};

/**
 * A client of the platform whose calls are typed by the operation registry and whose replies are checked against it.
 *
 * Throws `ApiError` (refused), `UnreachableError` (no answer) or `UnexpectedReplyError` (answer of another version).
 * Amounts are minor units, instants RFC 3339 with an offset.
 *
 * @example
 * const client = createClient({ baseUrl: 'https://chung.example', headers: () => ({ authorization: `Bearer ${token}` }) });
 * for await (const offer of client.pages('offers.list', { q: 'cap quang' })) show(offer.title.vi);
 * const redemption = await client.call('offers.claim', { params: { offerId } });
 */
export function createClient(options: ClientOptions = {}): Client {
  return clientOver(checkedTable, options);
}
