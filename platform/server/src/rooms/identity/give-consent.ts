import type { Language, Scope } from '@chung/contracts';
import { SCOPES } from '@chung/contracts';
import type { Db } from '../../kernel/db.ts';
import { appendEvent } from '../../kernel/outbox.ts';
import type { Pairwise } from '../../kernel/pairwise.ts';
import { type Account, holdsScope } from './account.ts';
import { type App, purposeOf } from './app.ts';
import { type Grant, insertReceipt, openGrant, setScopes } from './grant-store.ts';

/** What an app asks of this account, sorted by what must happen. */
export interface Ask {
  /** Granted without a question: open scopes, the platform's own apps, and what was granted before. */
  readonly settled: readonly Scope[];
  /** Asked, and the app cannot go on without. */
  readonly required: readonly Scope[];
  /** Asked, and may be refused. */
  readonly optional: readonly Scope[];
  /** Not to be had: another kind of account holds it, or the member has refused it before. */
  readonly refused: readonly Scope[];
}

/** Decides for each requested scope whether the member must be asked. `again` asks also what was answered before. */
export function sortAsk(requested: readonly Scope[], context: { app: App; account: Account; grant: Grant | null; again?: boolean }): Ask {
  const { app, account, grant, again = false } = context;
  const ask = { settled: [] as Scope[], required: [] as Scope[], optional: [] as Scope[], refused: [] as Scope[] };
  for (const scope of requested) {
    const before = again ? undefined : grant?.scopes.get(scope)?.state;
    if (!holdsScope(account.kind, scope)) ask.refused.push(scope);
    else if (app.kind === 'first-party' || SCOPES[scope].sensitivity === 'open' || before === 'granted') ask.settled.push(scope);
    else if (!app.optionalScopes.includes(scope)) ask.required.push(scope);
    else if (before === 'refused') ask.refused.push(scope);
    else ask.optional.push(scope);
  }
  return ask;
}

export const needsAnswer = (ask: Ask): boolean => ask.required.length + ask.optional.length > 0;

export interface Decision {
  readonly app: App;
  readonly account: Account;
  readonly granted: readonly Scope[];
  readonly refused: readonly Scope[];
  readonly language: Language;
}

/**
 * Writes what the member decided: the grant's lines, a receipt for each scope that is newly granted, and the partner's event, together.
 * The platform's own web apps and accounts of partners and admins have no grant: nobody's data is passed on.
 */
export async function giveConsent(deps: { db: Db; pairwise: Pairwise }, decision: Decision): Promise<void> {
  const { app, account, granted, refused, language } = decision;
  const { memberId } = account;
  if (memberId === null || app.kind === 'first-party') return;
  await deps.db.tx(async (tx) => {
    const grant = await openGrant(tx, { accountId: account.id, clientId: app.clientId });
    const fresh = granted.filter((scope) => grant.scopes.get(scope)?.state !== 'granted');
    await setScopes(tx, grant.id, { scopes: fresh, state: 'granted' });
    // Refusing now what was granted before is a withdrawal, and only the member's own page withdraws.
    const newlyRefused = refused.filter((scope) => holdsScope('member', scope) && !grant.scopes.has(scope));
    await setScopes(tx, grant.id, { scopes: newlyRefused, state: 'refused' });
    for (const scope of fresh) {
      await insertReceipt(tx, {
        accountId: account.id,
        memberId,
        grantId: grant.id,
        clientId: app.clientId,
        appName: app.name,
        partnerId: app.partnerId,
        action: 'granted',
        scope,
        purpose: purposeOf(app, scope),
        language,
      });
    }
    if (app.partnerId === null || fresh.length === 0) return;
    const data = { memberRef: deps.pairwise.subject(app.partnerId, memberId), clientId: app.clientId, scopes: [...fresh] };
    await appendEvent(tx, { type: 'consent.granted.v1', shardId: app.partnerId, partnerId: app.partnerId, data });
  });
}
