import type { CodeJob } from '@chung/contracts';
import { readCodeLines } from '../code-lines.ts';
import { pageOf } from '../paging.ts';
import { type IdsOf, type Plays, partnerOf } from '../plays.ts';
import { refusal } from '../refusal.ts';
import { assertNoneRuns, leaveJob, offerWithPool, ownOffer, startJob } from '../state/code-jobs.ts';
import type { FakeCodeJob, FakeOffer } from '../state/records.ts';
import type { Store } from '../state/state.ts';

/** How a partner fills its pools: uploads and generations, as jobs that it can watch. A generation takes a second of the platform's clock. */
export function codePlays(store: Store): Plays<IdsOf<'partner.offers.codes.'>> {
  const jobOf = (offer: FakeOffer, id: string): FakeCodeJob => {
    const job = store.codeJobs.find((one) => one.offer === offer && one.id === id);
    if (!job) throw refusal('not_found');
    return job;
  };
  return {
    'partner.offers.codes.upload': async ({ params, query: { jobId, offset }, caller, upload }) => {
      const offer = offerWithPool(store, { partnerId: partnerOf(caller), offerId: params.offerId });
      if (!upload) throw refusal('unsupported_media_type');
      const { bytesTotal } = upload;
      const job =
        jobId === undefined
          ? startJob(store, offer, { kind: 'upload', bytesTotal })
          : resumedJob(store, jobOf(offer, jobId), { offset: offset ?? 0, bytesTotal });
      try {
        await readCodeLines(job, upload.chunks);
      } catch (error) {
        // The connection broke: what was added stays, and the upload goes on from there.
        if (job.state === 'running') leaveJob(store, job, 'interrupted');
        throw error;
      }
      if (job.state === 'cancelled')
        throw refusal('wrong_state', { detail: { vi: 'Lượt nạp mã đã bị dừng.', en: 'The upload was cancelled.' } });
      leaveJob(store, job, 'done');
      return jobView(job);
    },
    'partner.offers.codes.generate': ({ params, body: recipe, caller }) => {
      const offer = offerWithPool(store, { partnerId: partnerOf(caller), offerId: params.offerId, adding: recipe.count });
      return jobView(startJob(store, offer, { kind: 'generation', recipe }));
    },
    'partner.offers.codes.jobs.list': ({ params, query, caller }) => {
      const offer = ownOffer(store, partnerOf(caller), params.offerId);
      const own = store.codeJobs.filter((job) => job.offer === offer).toReversed();
      const { items, nextCursor } = pageOf(own, 'falling', { list: 'partner.offers.codes.jobs', query, position: ({ id }) => id });
      return { items: items.map(jobView), nextCursor };
    },
    'partner.offers.codes.jobs.get': ({ params, caller }) =>
      jobView(jobOf(ownOffer(store, partnerOf(caller), params.offerId), params.jobId)),
    'partner.offers.codes.jobs.cancel': ({ params, caller }) => {
      const job = jobOf(ownOffer(store, partnerOf(caller), params.offerId), params.jobId);
      if (job.state !== 'running' && job.state !== 'interrupted') throw refusal('wrong_state');
      leaveJob(store, job, 'cancelled');
      return jobView(job);
    },
  };
}

/** An interrupted upload, if it is gone on with exactly where it stands. */
function resumedJob(
  store: Store,
  job: FakeCodeJob,
  { offset, bytesTotal }: { readonly offset: number; readonly bytesTotal: number | null },
): FakeCodeJob {
  if (job.kind !== 'upload' || job.state !== 'interrupted')
    throw refusal('wrong_state', { detail: { vi: 'Lượt nạp mã này đã kết thúc.', en: 'This upload of codes is over.' } });
  if (offset !== job.bytesTaken)
    throw refusal('conflict', {
      detail: {
        vi: `Hãy gửi tiếp từ byte ${job.bytesTaken}, không phải từ ${offset}.`,
        en: `Send the file from byte ${job.bytesTaken} on, not from ${offset}.`,
      },
    });
  assertNoneRuns(store, job.offer);
  return Object.assign(job, { state: 'running' as const, bytesTotal: bytesTotal === null ? job.bytesTotal : bytesTotal + offset });
}

function jobView({ offer, recipe: _, linesTaken: __, ...job }: FakeCodeJob): CodeJob {
  const [part, whole] = job.kind === 'generation' ? [job.added, job.rowsTotal] : [job.bytesTaken, job.bytesTotal];
  const percent = whole === null || whole === 0 ? null : Math.min(99, Math.floor((part / whole) * 100));
  return { ...job, offerId: offer.id, percent: job.state === 'done' ? 100 : percent, rowsPerSecond: 0 };
}
