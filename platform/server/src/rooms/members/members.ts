import type { Language, MemberId } from '@chung/contracts';
import type { Logger } from 'pino';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db, Tx } from '../../kernel/db.ts';
import { gatherReads } from '../../kernel/gather-reads.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import type { Vault } from '../../kernel/vault.ts';
import { createDirectory } from './directory.ts';
import { type ImportOrder, importMembers } from './import-members.ts';
import { listImports } from './list-imports.ts';
import type { MemberFacts } from './member.ts';
import { createPlaceNames, type PlaceNames } from './place-names.ts';
import { seedReferenceData } from './seed-reference-data.ts';
import { createMemberStore, type MemberRecord, writeUnits } from './store.ts';
import type { Unit } from './unit.ts';

export interface MembersDeps {
  readonly db: Db;
  readonly vault: Vault;
  /** Reports of rejected rows go below it. */
  readonly dataDirectory: string;
  readonly log: Logger;
  readonly cursors: Cursors;
  /** Told before an app of a partner is given a member's contact. */
  onContactRead?(reader: MemberPrincipal): Promise<void>;
}

/** The room's use cases. */
export function createMembers(deps: MembersDeps) {
  const store = createMemberStore(deps.db);
  const findRecord = gatherReads<MemberId, MemberRecord>((memberIds) => store.findRecords(memberIds));
  const findFacts = gatherReads<MemberId, MemberFacts>((memberIds) => store.findFacts(memberIds));
  const placeNames = createPlaceNames(store);
  return {
    ...createDirectory({
      store,
      findFacts,
      findRecord,
      vault: deps.vault,
      ...(deps.onContactRead && { onContactRead: deps.onContactRead }),
    }),
    placeNames: async (): Promise<PlaceNames> => {
      await placeNames.refresh();
      return placeNames.names;
    },
    importMembers: (order: ImportOrder) => importMembers(deps, order),
    listImports: (page: { cursor: string | undefined; limit: number; language: Language }) => listImports(deps, page),
    seedReferenceData: async (tx: Pick<Tx, 'query'> = deps.db) => {
      await seedReferenceData(tx);
      await placeNames.refresh();
    },
    /** Adds units to the tree, parents before children; names of known units are corrected. */
    addUnits: async (units: readonly Unit[], tx: Pick<Tx, 'query'> = deps.db) => {
      await writeUnits(tx, units);
      await placeNames.refresh();
    },
  };
}

export type Members = ReturnType<typeof createMembers>;
