import path from 'node:path';
import type { AdminAppSubmission, AppSubmission, AppSubmissionState, PartnerId, QueuedAppSubmission, SubmissionId } from '@chung/contracts';
import type { Logger } from 'pino';
import type { Cursors } from '../../kernel/cursor.ts';
import type { Db } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type Page, pageFrom } from '../../kernel/page.ts';
import type { Partners } from '../partners/index.ts';
import { createDiskStore } from './content-store.ts';
import { createGate } from './gate.ts';
import { findProvidedTypes } from './provided-types.ts';
import { findDossier, findOfPartner, listOfPartner, listQueue } from './store.ts';
import type { SubmissionRecord } from './submission.ts';
import { type SentApp, submitApp } from './submit-app.ts';
import { sweep, workplaceOf } from './workplace.ts';

export interface MiniApps {
  /** The same content again answers the same submission, whatever key it comes with. */
  submit(sent: SentApp): Promise<AppSubmission>;
  /** Newest first. */
  list(page: {
    partnerId: PartnerId;
    appId?: string | undefined;
    cursor?: string | undefined;
    limit: number;
  }): Promise<Page<AppSubmission>>;
  find(partnerId: PartnerId, id: SubmissionId): Promise<AppSubmission>;
  /** Waiting: oldest first. The others: newest first. */
  queue(page: { state: AppSubmissionState; cursor?: string | undefined; limit: number }): Promise<Page<QueuedAppSubmission>>;
  dossier(id: SubmissionId): Promise<AdminAppSubmission>;
  /** Removes what servers that died left on the disk. */
  sweepLeftovers(): Promise<void>;
  /** Ends the checks that run. */
  stop(): void;
}

export interface MiniAppsDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly cursors: Cursors;
  readonly partners: Partners;
  readonly dataDirectory: string;
  /** The platform's public address. */
  readonly baseUrl: string;
}

/** A check uses a core and up to a gigabyte: more at once would take them from the members. */
const CHECKS = { atOnce: 2, waiting: 16 };

export async function createMiniApps({ db, log, cursors, partners, dataDirectory, baseUrl }: MiniAppsDeps): Promise<MiniApps> {
  const stopping = new AbortController();
  const store = await createDiskStore(path.join(dataDirectory, 'store'));
  const workplace = workplaceOf(dataDirectory);
  const intake = {
    db,
    log,
    partners,
    store,
    types: findProvidedTypes(),
    gate: createGate(CHECKS),
    stopping: stopping.signal,
    workplace,
    platformHosts: [new URL(baseUrl).host],
  };
  const withPartners = async (records: readonly SubmissionRecord[]): Promise<QueuedAppSubmission[]> => {
    const known = await partners.findMany([...new Set(records.map(({ partnerId }) => partnerId))]);
    return records.map((record) => {
      const partner = known.get(record.partnerId);
      if (!partner) throw new Error(`submission ${record.id} refers to a partner that is missing`);
      return { ...submissionOf(record), partner };
    });
  };
  return {
    submit: async (sent) => submissionOf(await submitApp(intake, sent)),
    list: async ({ partnerId, appId = null, cursor, limit }) => {
      const own = cursors.ofList('app-submissions');
      const records = await listOfPartner(db, { partnerId, appId, before: own.decode(cursor)?.[0] ?? null, limit: limit + 1 });
      return pageFrom(records, { limit, cursors: own, position: ({ id }) => [id], item: submissionOf });
    },
    find: async (partnerId, id) => {
      const record = await findOfPartner(db, partnerId, id);
      if (!record) throw new DomainError('not_found');
      return submissionOf(record);
    },
    queue: async ({ state, cursor, limit }) => {
      // The waiting are read forwards and the others backwards: a place in one is none in the other.
      const own = cursors.ofList(`app-queue.${state}`);
      const records = await listQueue(db, { state, after: own.decode(cursor)?.[0] ?? null, limit: limit + 1 });
      const page = pageFrom(records, { limit, cursors: own, position: ({ id }) => [id], item: (record) => record });
      return { ...page, items: await withPartners(page.items) };
    },
    dossier: async (id) => {
      const record = await findDossier(db, id);
      const [queued] = record ? await withPartners([record]) : [];
      if (!record || !queued) throw new DomainError('not_found');
      return { ...queued, manifest: record.manifest, scopes: record.scopes, contents: record.contents };
    },
    sweepLeftovers: async () => {
      await sweep(store.incoming(''));
      await sweep(workplace);
    },
    stop: () => stopping.abort(),
  };
}

/** The submission as its partner sees it. */
function submissionOf(record: SubmissionRecord): AppSubmission {
  const { partnerId: _, fileCount: files, submittedAt, ...rest } = record;
  return { ...rest, version: { ...record.version }, files, submittedAt: submittedAt.toISOString() };
}
