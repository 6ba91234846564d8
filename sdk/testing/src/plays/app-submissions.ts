import { type AppSubmission, type PartnerId, SubmissionId, type Text } from '@chung/contracts';
import { type AppArchive, readArchive } from '../app-archive.ts';
import { pageOf } from '../paging.ts';
import { type Plays, partnerOf } from '../plays.ts';
import { refusal } from '../refusal.ts';
import type { Store } from '../state/state.ts';

type SubmissionPlayId = 'partner.apps.submit' | 'partner.apps.submissions.list' | 'partner.apps.submissions.get';

/** What of a submission is kept; its place in the queue and its age are told when it is read. */
interface KeptApp extends Omit<AppSubmission, 'queuePosition' | 'waitingSeconds' | 'state'> {
  readonly partnerId: PartnerId;
  readonly idempotencyKey: string;
  state: AppSubmission['state'];
}

/**
 * Submissions of apps. The archive is unpacked and its digests compared, and app ids and versions are kept apart, but no `chung check` is run:
 * there are no findings here, and `chung.config.ts` is read for what stands in it in so many words.
 */
export function appSubmissionPlays(store: Store): Plays<SubmissionPlayId> {
  const kept: KeptApp[] = [];
  const view = ({ partnerId: _, idempotencyKey: __, ...one }: KeptApp): AppSubmission => {
    const waiting = kept.filter(({ state }) => state === 'submitted').findIndex(({ id }) => id === one.id);
    const waitingSeconds = Math.floor((store.now().getTime() - Date.parse(one.submittedAt)) / 1000);
    return { ...one, queuePosition: waiting === -1 ? null : waiting + 1, waitingSeconds };
  };
  return {
    'partner.apps.submit': async ({ query, caller, idempotencyKey, upload }) => {
      const partnerId = partnerOf(caller);
      const earlier = kept.find((one) => one.partnerId === partnerId && one.idempotencyKey === idempotencyKey);
      if (earlier && earlier.digest !== query.digest) throw refusal('idempotency_key_reused');
      if (!upload) throw refusal('unsupported_media_type');
      const archive = await readArchive(upload);
      assertSame('digest', query.digest, archive.digest);
      assertSame('bundleDigest', query.bundleDigest ?? null, archive.bundleDigest);
      // The same content again is the same submission, whatever key it comes with.
      const known = kept.find((one) => one.partnerId === partnerId && one.digest === archive.digest);
      if (known) return view(known);
      return view(keep(store, kept, { partnerId, idempotencyKey, archive }));
    },
    'partner.apps.submissions.list': ({ query, caller }) => {
      const own = kept.filter((one) => one.partnerId === partnerOf(caller) && (!query.appId || one.appId === query.appId));
      const { items, nextCursor } = pageOf(own.toReversed(), 'falling', { list: 'app-submissions', query, position: ({ id }) => id });
      return { items: items.map(view), nextCursor };
    },
    'partner.apps.submissions.get': ({ params, caller }) => {
      const one = kept.find(({ id, partnerId }) => id === params.submissionId && partnerId === partnerOf(caller));
      if (!one) throw refusal('not_found');
      return view(one);
    },
  };
}

function assertSame(name: string, declared: string | null, received: string | null): void {
  if (declared === received) return;
  const [said, came] = [declared ?? '–', received ?? '–'];
  throw refusal('digest_differs', {
    detail: { vi: `${name} khai là ${said}, nhận được ${came}.`, en: `${name} is declared as ${said}; ${came} arrived.` },
  });
}

function keep(
  store: Store,
  kept: KeptApp[],
  { partnerId, idempotencyKey, archive }: { readonly partnerId: PartnerId; readonly idempotencyKey: string; readonly archive: AppArchive },
): KeptApp {
  const { appId, name, version, hasPages } = configOf(archive);
  const { digest, bundleDigest, archiveBytes, files } = archive;
  if (hasPages !== (bundleDigest !== null)) throw refusal('archive_refused', { detail: hasPages ? NO_BUNDLE : NO_PAGES });
  const versions = kept.filter((one) => one.appId === appId);
  if (versions.some((one) => one.partnerId !== partnerId)) throw refusal('app_id_taken', { detail: takenDetail(appId) });
  const latest = Math.max(...versions.map((one) => one.version.code));
  if (version.code <= latest) throw refusal('version_not_higher', { detail: notHigherDetail(version.code, latest) });
  for (const one of versions) if (one.state === 'submitted') one.state = 'replaced';
  const submission: KeptApp = {
    id: SubmissionId.parse(store.newId()),
    partnerId,
    idempotencyKey,
    ...{ appId, name, version, digest, bundleDigest, archiveBytes },
    state: 'submitted',
    files: files.length,
    findings: [],
    submittedAt: store.now().toISOString(),
  };
  kept.push(submission);
  const data = { appId, submissionId: submission.id, versionCode: version.code, versionName: version.name, digest };
  store.emit('app.submitted.v1', data, partnerId);
  return submission;
}

const NO_BUNDLE: Text = { vi: 'Ứng dụng có màn hình (pages) nhưng thiếu bundle/.', en: 'The app has pages and there is no bundle/.' };
const NO_PAGES: Text = { vi: 'Có bundle/ nhưng ứng dụng không có màn hình (pages).', en: 'There is a bundle/ and the app has no pages.' };

const takenDetail = (appId: string): Text => ({
  vi: `${appId} đã thuộc về đối tác khác; hãy dùng app_id theo tên miền của bạn.`,
  en: `${appId} belongs to another partner; take an app_id of a domain of yours.`,
});

const notHigherDetail = (given: number, latest: number): Text => ({
  vi: `version.code là ${given}, đã có bản ${latest}; hãy tăng lên ${latest + 1}.`,
  en: `The version.code is ${given} and ${latest} was submitted before; raise it to ${latest + 1}.`,
});

interface ReadConfig {
  readonly appId: string;
  readonly name: Text;
  readonly version: { readonly code: number; readonly name: string };
  readonly hasPages: boolean;
}

/** What the manifest says, where it says it in literals. */
function configOf({ files }: AppArchive): ReadConfig {
  const source = new TextDecoder().decode(files.find(({ path }) => path === 'source/chung.config.ts')?.bytes);
  const found = (pattern: RegExp): string => pattern.exec(source)?.groups?.['found'] ?? '';
  const appId = found(/\bapp_id['"]?\s*:\s*(['"`])(?<found>.+?)\1/);
  const code = Number(found(/\bversion['"]?\s*:\s*\{[^}]*\bcode['"]?\s*:\s*(?<found>\d+)/));
  const versionName = found(/\bversion['"]?\s*:\s*\{[^}]*\bname['"]?\s*:\s*(['"`])(?<found>.+?)\1/);
  const vi = found(/\bname['"]?\s*:\s*\{[^}]*\bvi['"]?\s*:\s*(['"`])(?<found>.+?)\1/);
  const en = found(/\bname['"]?\s*:\s*\{[^}]*\ben['"]?\s*:\s*(['"`])(?<found>.+?)\1/);
  if (appId === '' || code < 1 || versionName === '' || vi === '' || en === '')
    throw refusal('checks_failed', {
      detail: {
        vi: 'Nền tảng giả chỉ đọc được app_id, name và version viết thẳng trong chung.config.ts.',
        en: 'The fake platform reads app_id, name and version only where chung.config.ts has them in so many words.',
      },
    });
  return { appId, name: { vi, en }, version: { code, name: versionName }, hasPages: /\bpages['"]?\s*:\s*\[\s*['"`]/.test(source) };
}
