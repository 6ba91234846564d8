import { type GrantId, isScope, type Language, type MemberId, type Scope } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { appendEvent } from '../../kernel/outbox.ts';
import type { Pairwise } from '../../kernel/pairwise.ts';
import type { Account } from './account.ts';
import { type App, purposeOf } from './app.ts';
import { deleteGrant, endAuthorizations, insertReceipt, lockGrant, narrowAuthorizations, setScopes } from './grant-store.ts';
import { findAccount, findApp } from './store.ts';

export interface Withdrawal {
  readonly memberId: MemberId;
  readonly grantId: string;
  readonly scope: string;
  readonly language: Language;
}

/**
 * Takes one scope back from an app: receipt, narrowed grant and the partner's event in one transaction. Tokens already issued lose the
 * scope at their next call, because every call reads the grant. Without `openid` the app may not know the member at all: the grant ends.
 */
export function withdrawScope(deps: { db: Db; pairwise: Pairwise; resource: string }, withdrawal: Withdrawal): Promise<void> {
  return deps.db.tx(async (tx) => {
    const account = await findAccount(tx, { memberId: withdrawal.memberId });
    const grant = account && (await lockGrant(tx, { grantId: withdrawal.grantId, accountId: account.id }));
    const app = grant && (await findApp(tx, grant.clientId));
    const { scope } = withdrawal;
    if (!account || !grant || !app || !isScope(scope)) throw new DomainError('not_found');
    if (scope !== 'openid' && grant.scopes.get(scope)?.state !== 'granted') throw new DomainError('not_found');

    const key = { accountId: account.id, clientId: app.clientId };
    const granted = [...grant.scopes].filter(([, line]) => line.state === 'granted').map(([name]) => name);
    const withdrawn = scope === 'openid' ? granted : [scope];
    for (const name of withdrawn)
      await tellWithdrawal(tx, deps.pairwise, { app, account, grantId: grant.id, scope: name, language: withdrawal.language });
    if (scope === 'openid') {
      await endAuthorizations(tx, key);
      await deleteGrant(tx, grant.id);
    } else {
      await setScopes(tx, grant.id, { scopes: [scope], state: 'refused' });
      await narrowAuthorizations(tx, { ...key, resource: deps.resource }, scope);
    }
  });
}

/** The receipt of a withdrawal and the partner's event. */
export async function tellWithdrawal(
  tx: Tx,
  pairwise: Pairwise,
  told: { app: App; account: Account; grantId: GrantId; scope: Scope; language: Language },
): Promise<void> {
  const { app, account, grantId, scope, language } = told;
  const { memberId } = account;
  if (memberId === null) throw new Error('only members have grants');
  await insertReceipt(tx, {
    accountId: account.id,
    memberId,
    grantId,
    clientId: app.clientId,
    appName: app.name,
    partnerId: app.partnerId,
    action: 'withdrawn',
    scope,
    purpose: purposeOf(app, scope),
    language,
  });
  if (app.partnerId === null) return;
  const data = { memberRef: pairwise.subject(app.partnerId, memberId), clientId: app.clientId, scope };
  await appendEvent(tx, { type: 'consent.withdrawn.v1', shardId: app.partnerId, partnerId: app.partnerId, data });
}
