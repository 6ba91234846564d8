import type { Language, Scope } from '@chung/contracts';
import { SCOPES } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import { appendEvent } from '../../kernel/outbox.ts';
import type { Pairwise } from '../../kernel/pairwise.ts';
import { type Account, holdsScope } from './account.ts';
import { type App, purposeOf } from './app.ts';
import { type Grant, insertReceipt, narrowAuthorizations, openGrant, setScopes } from './grant-store.ts';
import { tellWithdrawal } from './withdraw-scope.ts';

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
  const ask: Record<keyof Ask, Scope[]> = { settled: [], required: [], optional: [], refused: [] };
  for (const scope of requested) {
    const earlier = grant?.scopes.get(scope)?.state;
    const before = again ? undefined : earlier;
    // An open scope that the member took back does not come back by itself: from then on it is asked for like any other.
    const isOpen = SCOPES[scope].sensitivity === 'open' && earlier !== 'refused';
    if (!holdsScope(account.kind, scope)) ask.refused.push(scope);
    else if (app.kind === 'first-party' || isOpen || before === 'granted') ask.settled.push(scope);
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

export interface ConsentDeps {
  readonly db: Db;
  readonly pairwise: Pairwise;
  readonly resource: string;
}

/**
 * Writes what the member decided: the grant's lines, a receipt for each scope that is newly granted or taken back, and the partner's events,
 * together. The platform's own web apps and accounts of partners and admins have no grant: nobody's data is passed on.
 */
export async function giveConsent(deps: ConsentDeps, decision: Decision): Promise<void> {
  const { app, account, granted, language } = decision;
  const { memberId } = account;
  if (memberId === null || app.kind === 'first-party') return;
  await deps.db.tx(async (tx) => {
    const grant = await openGrant(tx, { accountId: account.id, clientId: app.clientId });
    const fresh = granted.filter((scope) => grant.scopes.get(scope)?.state !== 'granted');
    await setScopes(tx, grant.id, { scopes: fresh, state: 'granted' });
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
    await refuseScopes(tx, deps, { decision, grant });
    if (app.partnerId === null || fresh.length === 0) return;
    const data = { memberRef: deps.pairwise.subject(app.partnerId, memberId), clientId: app.clientId, scopes: [...fresh] };
    await appendEvent(tx, { type: 'consent.granted.v1', shardId: app.partnerId, partnerId: app.partnerId, data });
  });
}

/** What was granted before and is left unticked now is taken back, with all that a withdrawal is; the rest is only remembered. */
async function refuseScopes(tx: Tx, deps: ConsentDeps, { decision, grant }: { decision: Decision; grant: Grant }): Promise<void> {
  const { app, account, language } = decision;
  const refused = decision.refused.filter((scope) => holdsScope('member', scope));
  for (const scope of refused.filter((name) => grant.scopes.get(name)?.state === 'granted')) {
    await tellWithdrawal(tx, deps.pairwise, { app, account, grantId: grant.id, scope, language });
    await narrowAuthorizations(tx, { accountId: account.id, clientId: app.clientId, resource: deps.resource }, scope);
  }
  await setScopes(tx, grant.id, { scopes: refused, state: 'refused' });
}
