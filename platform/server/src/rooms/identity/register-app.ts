import type { Scope } from '@chung/contracts';
import type { Tx } from '../../kernel/db.ts';
import { type App, checkNewApp, type NewApp, type Purpose } from './app.ts';
import { findApp, insertApp, upsertApp } from './store.ts';

/** Registers a partner's app; throws `validation_failed`, or `conflict` when the client id is taken. */
export async function registerClient(tx: Tx, app: NewApp): Promise<void> {
  await insertApp(tx, appFrom(app, {}));
}

/**
 * Registers a partner's app, or gives one that it has new keys, addresses, scopes and purposes; throws as `registerClient` does, `conflict`
 * also for another partner's app. A purpose that reads differently is a new version, so that receipts go on saying what was read.
 */
export async function saveClient(tx: Tx, app: NewApp): Promise<void> {
  const known = await findApp(tx, app.clientId);
  await upsertApp(tx, appFrom(app, known?.purposes ?? {}));
}

function appFrom(app: NewApp, before: App['purposes']): Omit<App, 'createdAt'> {
  checkNewApp(app);
  const purposes: Record<string, Purpose> = {};
  for (const [scope, { vi, en }] of Object.entries(app.purposes)) {
    const old = before[scope];
    purposes[scope] = old && old.vi === vi && old.en === en ? old : { vi, en, version: (old?.version ?? 0) + 1 };
  }
  return {
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
  };
}
