import type { AccountId } from '@chung/contracts';
import type { Tx } from '../../../kernel/db.ts';

/** Who somebody is at the operator's provider. The subject alone says nothing: another provider may use the same one. */
interface LinkKey {
  readonly issuer: string;
  readonly subject: string;
}

export async function findLink(tx: Tx, { issuer, subject }: LinkKey): Promise<AccountId | null> {
  const [link] = await tx.query<{ account_id: AccountId }>(
    'SELECT account_id FROM chung.upstream_links WHERE issuer = $1 AND subject = $2',
    [issuer, subject],
  );
  return link?.account_id ?? null;
}

/** Leaves a link that is there already: the first one holds, whatever the provider says later. */
export async function insertLink(tx: Tx, link: LinkKey & { readonly accountId: AccountId }): Promise<void> {
  await tx.query('INSERT INTO chung.upstream_links (issuer, subject, account_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
    link.issuer,
    link.subject,
    link.accountId,
  ]);
}
