import { type ConsentReceipt, type MemberGrant, type MemberId, type PartnerId, SCOPES } from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db } from '../../kernel/db.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import { purposeOf } from './app.ts';
import { type Grant, listGrantsOf, listReceiptsOf } from './grant-store.ts';
import { findAccount, findApp } from './store.ts';

export interface ListDeps {
  readonly db: Db;
  readonly cursors: Cursors;
  readonly partnerName: (partnerId: PartnerId) => Promise<string | null>;
}

export interface MemberPage {
  readonly memberId: MemberId;
  readonly cursor: string | undefined;
  readonly limit: number;
}

const EMPTY = { items: [], nextCursor: null };

/** What a member allows, an app a line. */
export async function listGrants(deps: ListDeps, { memberId, cursor, limit }: MemberPage): Promise<Page<MemberGrant>> {
  const { db } = deps;
  const cursors = deps.cursors.ofList('grants');
  const before = cursors.decode(cursor)?.[0] ?? null;
  const account = await findAccount(db, { memberId });
  if (!account) return EMPTY;
  const rows = await listGrantsOf(db, { accountId: account.id, before, limit: limit + 1 });
  const page = pageFrom(rows, { limit, cursors, position: (grant) => [grant.id], item: (grant) => grant });
  return { items: await Promise.all(page.items.map((grant) => grantView(deps, grant))), nextCursor: page.nextCursor };
}

async function grantView(deps: ListDeps, grant: Grant): Promise<MemberGrant> {
  const app = await findApp(deps.db, grant.clientId);
  if (!app) throw new Error('a grant without its app');
  const granted = [...grant.scopes].filter(([, line]) => line.state === 'granted');
  return {
    id: grant.id,
    app: { clientId: app.clientId, name: app.name, partner: app.partnerId === null ? null : await deps.partnerName(app.partnerId) },
    scopes: granted.map(([scope, line]) => {
      const { vi, en } = purposeOf(app, scope);
      return { scope, title: SCOPES[scope].title, purpose: { vi, en }, grantedAt: line.changedAt.toISOString(), withdrawable: true };
    }),
    lastUsedAt: grant.lastUsedAt?.toISOString() ?? null,
  };
}

/** Everything a member ever allowed or took back, newest first. */
export async function listConsents(deps: ListDeps, { memberId, cursor, limit }: MemberPage): Promise<Page<ConsentReceipt>> {
  const { db } = deps;
  const cursors = deps.cursors.ofList('consents');
  const before = cursors.decode(cursor)?.[0] ?? null;
  const account = await findAccount(db, { memberId });
  if (!account) return EMPTY;
  const rows = await listReceiptsOf(db, { accountId: account.id, before, limit: limit + 1 });
  return pageFrom(rows, {
    limit,
    cursors,
    position: (row) => [row.id],
    item: (row) => ({
      id: row.id,
      action: row.action,
      app: { clientId: row.client_id, name: row.app_name },
      scope: row.scope,
      purpose: { vi: row.purpose_vi, en: row.purpose_en },
      purposeVersion: row.purpose_version,
      language: row.language,
      at: row.occurred_at.toISOString(),
    }),
  });
}
