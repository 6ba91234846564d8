import type { AdapterPayload } from 'oidc-provider';
import type { Db } from '../../../kernel/db.ts';
import type { App } from '../app.ts';
import { findUsableApp } from '../store.ts';
import { createShortCache } from '../tokens/short-cache.ts';
import { clientMetadata } from './client-metadata.ts';

/** An app that may be used now, and how oidc-provider wants it. */
interface KnownApp {
  readonly app: App;
  readonly metadata: AdapterPayload;
}

export interface KnownApps {
  /** Null for an app that is not there or whose partner is stopped. */
  find(clientId: string): Promise<KnownApp | null>;
}

/**
 * Apps as the token endpoint asks for them, twice a request. An answer may be as old as what the API believes of a token's
 * standing: a token that a stopped partner gets in that time is refused at its first use.
 */
export function createKnownApps(db: Db, milliseconds: number): KnownApps {
  const cache = createShortCache<KnownApp | null>(milliseconds);
  return {
    find: async (clientId) => {
      // PostgreSQL refuses a NUL with an error, and a caller's mistake must not look like ours.
      if (clientId.includes('\0')) return null;
      return cache.get(clientId, async () => {
        const app = await findUsableApp(db, clientId);
        return app && { app, metadata: clientMetadata(app) };
      });
    },
  };
}
