import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { type AllowedHosts, isPublicAddress } from '../endpoint-url.ts';

/** Names to addresses. A port: tests answer as a hostile name server would. */
export interface NameResolver {
  resolve(host: string): Promise<readonly string[]>;
}

/** An address was refused at connection time; the delivery log says so and the try counts as failed. */
export class RefusedAddressError extends Error {
  readonly code = 'ADDRESS_REFUSED';
}

const DNS_TIMEOUT_MS = 2_000;
const DNS_TRIES = 2;

/**
 * Asks the name servers directly (c-ares). `dns.lookup` would go through libuv's four threads, where four endpoints with a dead name
 * server hold up every other one, and would read the machine's own hosts file.
 */
export function createNameResolver(): NameResolver {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  return {
    resolve: async (host) => {
      const asked = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const found = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      const [first] = asked;
      if (found.length === 0 && first.status === 'rejected') throw first.reason;
      return found;
    },
  };
}

/**
 * The look-up of every connection. The address that was checked is the one that is connected to, so a name that answers differently
 * the second time (DNS rebinding) wins nothing. One private address among several refuses all: it is never an accident.
 */
export function guardedLookup(resolver: NameResolver, allowed: AllowedHosts): LookupFunction {
  return (host, options, callback) => {
    addressesOf(host).then(
      (addresses) => {
        const [first] = addresses;
        if (!first) callback(new Error('the name has no address'), '');
        else if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ''),
    );
  };
  async function addressesOf(host: string): Promise<readonly { address: string; family: 4 | 6 }[]> {
    const letThrough = allowed.has(host);
    const found = letThrough && host === 'localhost' ? ['127.0.0.1'] : await resolver.resolve(host);
    if (!letThrough && !found.every(isPublicAddress)) throw new RefusedAddressError('the name leads to an address that is not public');
    return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  }
}
