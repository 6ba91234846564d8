import { clientOver } from './caller.ts';
import { ROUTES } from './routes.ts';
import type { Client, ClientOptions } from './types.ts';

export { ApiError, type FieldProblem, UnexpectedReplyError, UnreachableError } from './errors.ts';
export type { CallArguments, CallInput, CallReply, Client, ClientOptions, ItemOf, ListId, ListQuery, PagesOptions } from './types.ts';

/**
 * The same client without the schemas (32 kB less to load): replies are typed but not checked.
 * Only for pages that the platform itself serves, where page and API are always of one version.
 *
 * @example
 * import { createClient } from '@chung/client/light';
 *
 * const { items } = await createClient().call('provinces.list', {});
 */
export function createClient(options: ClientOptions = {}): Client {
  return clientOver({ wire: (id) => ROUTES[id], parse: (_, reply) => reply }, options);
}
