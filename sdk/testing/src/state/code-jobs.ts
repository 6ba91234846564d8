import { CodeJobId, type CodeRecipe, type OfferId, type PartnerId, POOL_MAX } from '@chung/contracts';
import { refusal } from '../refusal.ts';
import { codeMaker } from './code-pool.ts';
import type { FakeCodeJob, FakeOffer } from './records.ts';
import type { Store } from './state.ts';
import { hasEnded } from './units.ts';

/** How long a generation takes here, by the platform's clock; on the platform it takes what it takes. */
const GENERATION_SECONDS = 1;
/** As long as a runner that still lives may be silent. */
const LEASE_SECONDS = 30;

/** The partner's own offer; another partner's is not there. */
export function ownOffer(store: Store, partnerId: PartnerId, offerId: OfferId): FakeOffer {
  const offer = store.offers.get(offerId);
  if (offer?.partner.id !== partnerId) throw refusal('not_found');
  return offer;
}

/** The offer, if codes may be added to its pool now. */
export function offerWithPool(
  store: Store,
  { partnerId, offerId, adding = 1 }: { partnerId: PartnerId; offerId: OfferId; adding?: number },
) {
  const offer = ownOffer(store, partnerId, offerId);
  const isOver = offer.state === 'ended' || (offer.state === 'published' && hasEnded(offer.terms, store.now()));
  if (offer.terms.codes === 'none' || isOver)
    throw refusal('wrong_state', {
      detail: { vi: 'Ưu đãi này không dùng kho mã hoặc đã kết thúc.', en: 'This offer has no code pool or has ended.' },
    });
  if (offer.pool.free + adding > POOL_MAX)
    throw refusal('wrong_state', {
      detail: { vi: 'Kho mã chỉ chứa được 25 triệu mã còn trống.', en: 'A pool holds 25 million free codes at most.' },
    });
  return offer;
}

/** Starts a job; another one that runs in the pool refuses it. */
export function startJob(
  store: Store,
  offer: FakeOffer,
  of: { readonly kind: FakeCodeJob['kind']; readonly recipe?: CodeRecipe; readonly bytesTotal?: number | null },
): FakeCodeJob {
  assertNoneRuns(store, offer);
  const at = store.now().toISOString();
  const job: FakeCodeJob = {
    id: CodeJobId.parse(store.newId()),
    offer,
    kind: of.kind,
    recipe: of.recipe ?? null,
    state: 'running',
    rowsRead: 0,
    added: 0,
    duplicates: 0,
    rejected: 0,
    rejectedLines: [],
    duplicateLines: [],
    bytesTaken: 0,
    linesTaken: 0,
    bytesTotal: of.bytesTotal ?? null,
    rowsTotal: of.recipe?.count ?? null,
    error: null,
    startedAt: at,
    updatedAt: at,
    finishedAt: null,
  };
  store.codeJobs.push(job);
  return job;
}

export function assertNoneRuns(store: Store, offer: FakeOffer): void {
  if (store.codeJobs.some((job) => job.offer === offer && job.state === 'running'))
    throw refusal('import_running', { retryAfterSeconds: LEASE_SECONDS });
}

/** Ends a job, or lets go of it. */
export function leaveJob(store: Store, job: FakeCodeJob, state: FakeCodeJob['state']): void {
  const at = store.now().toISOString();
  Object.assign(job, { state, updatedAt: at, finishedAt: state === 'interrupted' ? null : at });
}

export const generationEndsAt = ({ startedAt }: FakeCodeJob): Date => new Date(Date.parse(startedAt) + GENERATION_SECONDS * 1000);

/** The codes of a generation are there. */
export function finishGeneration(store: Store, job: FakeCodeJob): void {
  const { recipe } = job;
  if (recipe === null) return;
  job.offer.pool.addMade(recipe.count, codeMaker(recipe));
  Object.assign(job, { added: recipe.count, rowsRead: recipe.count });
  leaveJob(store, job, 'done');
}
