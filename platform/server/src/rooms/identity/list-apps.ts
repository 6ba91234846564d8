import type { PartnerApp, PartnerId } from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db } from '../../kernel/db.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import { listApps } from './store.ts';

/** A partner's apps, newest first; of their keys only what names them. */
export async function listClients(
  deps: { db: Db; cursors: Cursors },
  page: { partnerId: PartnerId; cursor?: string | undefined; limit: number },
): Promise<Page<PartnerApp>> {
  const cursors = deps.cursors.ofList('apps');
  const rows = await listApps(deps.db, { partnerId: page.partnerId, before: cursors.decode(page.cursor), limit: page.limit + 1 });
  return pageFrom(rows, {
    limit: page.limit,
    cursors,
    position: (app) => [app.createdAt.toISOString(), app.clientId],
    item: (app) => ({
      clientId: app.clientId,
      name: app.name,
      redirectUris: [...app.redirectUris],
      keys: app.jwks.keys.map((key) => ({ kid: key.kid ?? '', alg: key.alg ?? key.kty ?? '' })),
      createdAt: app.createdAt.toISOString(),
    }),
  });
}
