import type { BodyOf, Partner, PartnerId, PartnerStatus, registerPartner as registerOperation } from '@chung/contracts';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db, Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import type { ContractTerms, ContractVersion } from './contract.ts';
import { decidePartner } from './decide-partner.ts';
import type { PartnerDecision } from './partner.ts';
import { type PartnerIdentity, registerPartner } from './register-partner.ts';
import { findContractAt, findPartnerBySlug, findPartners, findStanding, insertContract, listPartners } from './store.ts';

export interface Partners {
  /** Opens its own transaction: who registers has no key to repeat with, the slug stops a second one. */
  register(application: BodyOf<typeof registerOperation>): Promise<Partner>;
  /** Approve, refuse, suspend or reinstate; throws `wrong_state` where the state table has no such move. */
  decide(tx: Tx, input: { partnerId: PartnerId; decision: PartnerDecision; reason: string }): Promise<Partner>;
  /** Newest first. */
  list(page: { status?: PartnerStatus | undefined; cursor?: string | undefined; limit: number }): Promise<Page<Partner>>;
  find(partnerId: PartnerId): Promise<Partner | null>;
  findBySlug(slug: string): Promise<Partner | null>;
  /** Several at once, by id; one round trip for a page. */
  findMany(partnerIds: readonly PartnerId[], on?: Tx): Promise<ReadonlyMap<PartnerId, Partner>>;
  /** Throws `partner_not_active` unless an admin has approved the partner and not suspended it. */
  requireActive(partnerId: PartnerId, on?: Tx): Promise<Partner>;
  /** The terms in force at that moment; null before the first contract. */
  contractAt(on: Tx, partnerId: PartnerId, at: Date): Promise<ContractTerms | null>;
  /** Partner and contract in one round trip. */
  standingAt(on: Tx, partnerId: PartnerId, at: Date): Promise<{ partner: Partner; contract: ContractTerms | null } | null>;
  /** Adds a contract version that begins after all there are; throws `conflict` when it does not. */
  addContract(tx: Tx, partnerId: PartnerId, contract: ContractVersion): Promise<void>;
}

export function createPartners(deps: { db: Db; identity: PartnerIdentity; cursors: Cursors }): Partners {
  const { db, identity } = deps;
  const cursors = deps.cursors.ofList('partners');
  const findMany = async (ids: readonly PartnerId[], on: Tx = db) =>
    new Map((ids.length === 0 ? [] : await findPartners(on, ids)).map((partner) => [partner.id, partner]));
  return {
    register: (application) => registerPartner(deps, application),
    decide: (tx, input) => decidePartner(tx, identity, input),
    list: async ({ status, cursor, limit }) => {
      const before = cursors.decode(cursor)?.[0] ?? null;
      const rows = await listPartners(db, { status, before, limit: limit + 1 });
      return pageFrom(rows, { limit, cursors, position: (partner) => [partner.id], item: (partner) => partner });
    },
    find: async (partnerId) => (await findMany([partnerId])).get(partnerId) ?? null,
    findBySlug: (slug) => findPartnerBySlug(db, slug),
    findMany,
    requireActive: async (partnerId, on = db) => {
      const partner = (await findMany([partnerId], on)).get(partnerId);
      if (partner?.status !== 'active') throw new DomainError('partner_not_active');
      return partner;
    },
    contractAt: findContractAt,
    standingAt: findStanding,
    addContract: insertContract,
  };
}
