import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { AppFinding, Language, Manifest, PartnerId, SubmissionId } from '@chung/contracts';
import type { Logger } from 'pino';
import type { Db, Tx } from '../../kernel/db.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { appendEvent } from '../../kernel/outbox.ts';
import type { Partners } from '../partners/index.ts';
import { type CheckOutcome, checkApp } from './check-app.ts';
import type { ContentStore } from './content-store.ts';
import type { Gate } from './gate.ts';
import type { ProvidedTypes } from './provided-types.ts';
import { type ReceivedArchive, receiveArchive } from './receive-archive.ts';
import { countApps, digestUnderKey, findByDigest, insertSubmission, latestVersionCode, lockApp, replaceWaiting } from './store.ts';
import { bundleDigestOf, type CheckReport, type ContainedFile, digestOf, type SubmissionRecord } from './submission.ts';
import { unpackArchive } from './unpack-archive.ts';

export interface IntakeDeps {
  readonly db: Db;
  readonly log: Logger;
  readonly partners: Partners;
  readonly store: ContentStore;
  readonly types: ProvidedTypes;
  /** Judging an app is the work of seconds and of hundreds of megabytes. */
  readonly gate: Gate;
  readonly stopping: AbortSignal;
  readonly platformHosts: readonly string[];
  /** What the path of each folder begins with in which a submission is unpacked. */
  readonly workplace: string;
}

export interface SentApp {
  readonly partnerId: PartnerId;
  readonly idempotencyKey: string;
  readonly stream: Readable;
  /** What the sender reckons the digests to be. */
  readonly declared: { readonly digest: string; readonly bundleDigest: string | null };
  readonly language: Language;
}

/**
 * Takes in one version of an app: receive → unpack → compare digests → check → keep. What is refused on the way leaves nothing behind. The row,
 * its event and the archive come to be in one transaction, the archive last: a commit that fails then leaves bytes that nobody refers to, and
 * the same bytes again take the same place.
 */
export async function submitApp(deps: IntakeDeps, sent: SentApp): Promise<SubmissionRecord> {
  const { db, partners, store } = deps;
  await partners.requireActive(sent.partnerId);
  const earlier = await digestUnderKey(db, sent.partnerId, sent.idempotencyKey);
  if (earlier !== null && earlier !== sent.declared.digest) throw new DomainError('idempotency_key_reused');
  const file = store.incoming(newId());
  const folder = await mkdtemp(deps.workplace);
  try {
    const archive = await receiveArchive(sent.stream, file);
    return await deps.gate.pass(() => takeIn(deps, sent, { archive, folder }));
  } finally {
    await rm(file, { force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

async function takeIn(deps: IntakeDeps, sent: SentApp, at: { archive: ReceivedArchive; folder: string }): Promise<SubmissionRecord> {
  const files = await unpackArchive(at.archive.file, at.folder);
  const digest = digestOf(files);
  const bundleDigest = bundleDigestOf(files);
  assertSame('digest', sent.declared.digest, digest);
  assertSame('bundleDigest', sent.declared.bundleDigest, bundleDigest);
  const known = await findByDigest(deps.db, sent.partnerId, digest);
  if (known) return known;
  await deps.types.linkInto(at.folder);
  const settings = { readable: deps.types.readable, platformHosts: deps.platformHosts, signal: deps.stopping };
  const report = reportOf(await checkApp(path.join(at.folder, 'source'), settings), { log: deps.log, language: sent.language });
  assertBundled(report.manifest, bundleDigest);
  return deps.db.tx((tx) => keep(deps, tx, { ...sent, ...report, files, digest, bundleDigest, archive: at.archive }));
}

function assertSame(name: string, declared: string | null, received: string | null): void {
  if (declared === received) return;
  const [said, came] = [declared ?? '–', received ?? '–'];
  throw new DomainError('digest_differs', {
    detail: { vi: `${name} khai là ${said}, nhận được ${came}.`, en: `${name} is declared as ${said}; ${came} arrived.` },
  });
}

/** Screens without a bundle cannot be opened, and a bundle without screens is code that nobody would ever look at. */
function assertBundled({ pages }: Manifest, bundleDigest: string | null): void {
  if (pages.length > 0 === (bundleDigest !== null)) return;
  throw new DomainError('archive_refused', {
    detail:
      bundleDigest === null
        ? { vi: 'Ứng dụng có màn hình (pages) nhưng thiếu bundle/.', en: 'The app has pages and there is no bundle/.' }
        : { vi: 'Có bundle/ nhưng ứng dụng không có màn hình (pages).', en: 'There is a bundle/ and the app has no pages.' },
  });
}

type PassedReport = Omit<CheckReport, 'manifest'> & { readonly manifest: Manifest };

/** What the check says, when it lets the app through; throws `checks_failed` with all that stops it. */
function reportOf(outcome: CheckOutcome, { log, language }: { log: Logger; language: Language }): PassedReport {
  switch (outcome.kind) {
    case 'unfinished':
      throw new DomainError('checks_failed', {
        detail: {
          vi: 'Kiểm tra mã nguồn vượt quá thời gian hoặc bộ nhớ cho phép.',
          en: 'The check of the source took more time or memory than it may.',
        },
      });
    case 'failed':
      log.warn({ said: outcome.message }, 'the source of a submission could not be analysed');
      throw new DomainError('checks_failed', {
        detail: {
          vi: 'Mã nguồn không phân tích được; hãy chạy chung check và xem tsconfig.json.',
          en: 'The source cannot be analysed; run chung check, and look at tsconfig.json.',
        },
      });
    case 'checked': {
      const { manifest, findings, scopes } = outcome.report;
      const errors = findings.filter(({ severity }) => severity === 'error');
      if (errors.length > 0 || !manifest) throw checksFailed(errors, language);
      return { manifest, findings, scopes };
    }
  }
}

/** Each at its place: `path` is `src/main.tsx:41:7`, `code` the rule. */
function checksFailed(errors: readonly AppFinding[], language: Language): DomainError {
  const placeOf = ({ at, subject }: AppFinding) => (at ? `${at.file}:${at.line}:${at.column}` : subject);
  return new DomainError('checks_failed', {
    fields: errors.map((error) => ({ path: placeOf(error), code: error.rule, message: error.text[language] })),
    reasons: errors.map((error) => ({ fact: error.rule, text: error.text })),
  });
}

interface Checked extends SentApp, PassedReport {
  readonly files: readonly ContainedFile[];
  readonly digest: string;
  readonly bundleDigest: string | null;
  readonly archive: ReceivedArchive;
}

async function keep({ partners, store }: IntakeDeps, tx: Tx, sent: Checked): Promise<SubmissionRecord> {
  const { partnerId, manifest, digest, archive } = sent;
  const { app_id: appId, version } = manifest;
  // Again: it may have been suspended while the archive was on its way.
  await partners.requireActive(partnerId, tx);
  const app = await lockApp(tx, appId, partnerId);
  if (app.partnerId !== partnerId) throw new DomainError('app_id_taken', { detail: takenBy(appId) });
  const twin = await findByDigest(tx, partnerId, digest);
  if (twin) return twin;
  const latest = await latestVersionCode(tx, appId);
  // Its own first one is counted already, and goes with the transaction.
  if (latest === 0 && (await countApps(tx, partnerId)) > APPS_MAX) throw new DomainError('conflict', { detail: TOO_MANY_APPS });
  if (version.code <= latest) throw new DomainError('version_not_higher', { detail: notHigher(version.code, latest) });
  await replaceWaiting(tx, appId);
  const id = newId<SubmissionId>();
  await insertSubmission(tx, { ...sent, id, appId, version, report: sent });
  const data = { appId, submissionId: id, versionCode: version.code, versionName: version.name, digest };
  await appendEvent(tx, { type: 'app.submitted.v1', shardId: partnerId, partnerId, data });
  const record = await findByDigest(tx, partnerId, digest);
  if (!record) throw new Error(`submission ${id} is missing after its insert`);
  await store.keep(archive.file, archive.digest);
  return record;
}

/** Each is a place in the reviewers' queue and a name that nobody else can have. */
const APPS_MAX = 100;
const TOO_MANY_APPS = {
  vi: `Mỗi đối tác có tối đa ${APPS_MAX} ứng dụng; hãy gửi bản mới của ứng dụng đã có.`,
  en: `A partner has ${APPS_MAX} apps at the most; submit a version of one that is there.`,
};

const takenBy = (appId: string) => ({
  vi: `${appId} đã thuộc về đối tác khác; hãy dùng app_id theo tên miền của bạn.`,
  en: `${appId} belongs to another partner; take an app_id of a domain of yours.`,
});

const notHigher = (given: number, latest: number) => ({
  vi: `version.code là ${given}, đã có bản ${latest}; hãy tăng lên ${latest + 1}.`,
  en: `The version.code is ${given} and ${latest} was submitted before; raise it to ${latest + 1}.`,
});
