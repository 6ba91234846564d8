import type { AccountId, GrantId, MemberId, PartnerId, PartnerStatus, Scope } from '@chung/contracts';
import type { Tx } from '../../../kernel/db.ts';
import type { AccountKind } from '../account.ts';
import type { App } from '../app.ts';

export interface StandingRow {
  client_id: string;
  app_kind: App['kind'];
  actor: AccountKind | null;
  app_partner: PartnerId | null;
  app_scopes: readonly Scope[];
  account_id: AccountId | null;
  account_kind: AccountKind | null;
  account_state: 'open' | 'closed' | null;
  member_id: MemberId | null;
  account_partner: PartnerId | null;
  display_name: string | null;
  partner_status: PartnerStatus | null;
  consent_id: GrantId | null;
  consented: readonly Scope[] | null;
  revoked: boolean;
}

/** What a token hangs on. `oidcGrant` is null when an app acts for itself, `jti` for a web session: it has no token to revoke. */
export interface StandingKey {
  readonly clientId: string;
  readonly oidcGrant: string | null;
  readonly jti: string | null;
}

/** A row as the database writes it: scopes are words apart by spaces. Without a client where there is no app. */
export type WrittenStanding =
  | { client_id: null }
  | (Omit<StandingRow, 'app_scopes' | 'consented'> & { app_scopes: string; consented: string | null });

/** One row a key, in their order and of one moment (a withdrawal between two reads could be missed); null for an app that is not there. */
export async function findStandings(tx: Tx, keys: readonly StandingKey[]): Promise<(StandingRow | null)[]> {
  const rows = await tx.query<WrittenStanding>('SELECT * FROM chung.find_standings($1, $2, $3)', [
    keys.map(({ clientId }) => clientId),
    keys.map(({ oidcGrant }) => oidcGrant),
    keys.map(({ jti }) => jti),
  ]);
  return rows.map(knownStanding);
}

export function knownStanding(row: WrittenStanding): StandingRow | null {
  if (row.client_id === null) return null;
  return { ...row, app_scopes: scopesIn(row.app_scopes), consented: row.consented === null ? null : scopesIn(row.consented) };
}

/** Nearly everybody has the same few lists: each is taken apart once. */
const knownLists = new Map<string, readonly Scope[]>();
const MOST_LISTS = 1_000;

export function scopesIn(text: string): readonly Scope[] {
  const known = knownLists.get(text);
  if (known) return known;
  const scopes = text === '' ? [] : (text.split(' ') as Scope[]);
  if (knownLists.size >= MOST_LISTS) knownLists.clear();
  knownLists.set(text, scopes);
  return scopes;
}
