import type { AccountId, BodyOf, registerPartner as operation, Partner, PartnerId, PartnerStatus } from '@chung/contracts';
import type { Db, Tx } from '../../kernel/db.ts';
import { newId } from '../../kernel/ids.ts';
import { insertPartner } from './store.ts';

/** What partners needs of identity; the composition root hands it in. */
export interface PartnerIdentity {
  /** Makes the owner's account; throws `username_taken`. */
  createAccount(
    tx: Tx,
    account: { kind: 'partner'; partnerId: PartnerId; username: string; displayName: string; password: string },
  ): Promise<AccountId>;
  /** Sessions, clients and tokens of the partner follow its status from the commit on. */
  setPartnerStatus(tx: Tx, partnerId: PartnerId, status: PartnerStatus): Promise<void>;
}

/** A new partner and its owner's account, both or neither; it can do nothing until an admin approves it. */
export function registerPartner(
  { db, identity }: { db: Db; identity: PartnerIdentity },
  application: BodyOf<typeof operation>,
): Promise<Partner> {
  return db.tx(async (tx) => {
    const { owner, ...organisation } = application;
    const partner = await insertPartner(tx, newId<PartnerId>(), organisation);
    await identity.createAccount(tx, { kind: 'partner', partnerId: partner.id, ...owner });
    await identity.setPartnerStatus(tx, partner.id, partner.status);
    return partner;
  });
}
