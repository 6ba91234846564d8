import type { Scope } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { checkNewApp, type NewApp, type Purpose } from './app.ts';
import { insertApp } from './store.ts';

/** Registers a partner's app; throws `validation_failed`, or `conflict` when the client id is taken. */
export async function registerClient(tx: Tx, app: NewApp): Promise<void> {
  checkNewApp(app);
  const purposes: Record<string, Purpose> = {};
  for (const [scope, text] of Object.entries(app.purposes)) purposes[scope] = { vi: text.vi, en: text.en, version: 1 };
  await insertApp(tx, {
    clientId: app.clientId,
    kind: 'partner',
    actor: 'member',
    partnerId: app.partnerId,
    name: app.name,
    jwks: app.jwks,
    redirectUris: app.redirectUris,
    // Whoever signs people in may know them by their pairwise id; it is open and no question.
    scopes: app.redirectUris.length > 0 ? [...new Set<Scope>(['openid', ...app.scopes])] : app.scopes,
    optionalScopes: app.optionalScopes ?? [],
    purposes,
  });
}
