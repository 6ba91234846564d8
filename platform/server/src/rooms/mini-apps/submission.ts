import { createHash } from 'node:crypto';
import {
  type AppFinding,
  type AppSubmissionState,
  AppFinding as FindingSchema,
  type ListedFile,
  listingOf,
  Manifest,
  type PartnerId,
  ScopeReport,
  type SubmissionId,
} from '@chung/contracts';
import { z } from 'zod';

/** One file of a submission; `bytes` is its size. */
export interface ContainedFile extends ListedFile {
  readonly bytes: number;
}

/** What the check says of a submission, as it comes from its process and as it is kept. */
export const CheckReport = z.object({ manifest: Manifest.nullable(), findings: z.array(FindingSchema), scopes: ScopeReport });
export type CheckReport = z.infer<typeof CheckReport>;

/** A submission as it is kept; the partner is another room's. */
export interface SubmissionRecord {
  readonly id: SubmissionId;
  readonly appId: string;
  readonly partnerId: PartnerId;
  readonly version: { readonly code: number; readonly name: string };
  readonly state: AppSubmissionState;
  readonly digest: string;
  readonly bundleDigest: string | null;
  readonly archiveBytes: number;
  readonly name: { vi: string; en: string };
  readonly fileCount: number;
  readonly findings: AppFinding[];
  readonly queuePosition: number | null;
  readonly waitingSeconds: number;
  readonly submittedAt: Date;
}

/** What only a reviewer is shown. */
export interface SubmissionDossier extends SubmissionRecord {
  readonly manifest: Record<string, unknown>;
  readonly scopes: ScopeReport;
  readonly contents: ContainedFile[];
}

/** The digest of a set of files: of their paths and contents, and of nothing else. */
export const digestOf = (files: readonly ListedFile[]): string => `sha256:${createHash('sha256').update(listingOf(files)).digest('hex')}`;

const BUNDLE = 'bundle/';

/** The bundle has a digest of its own, under the names that its files have when they are served. */
export function bundleDigestOf(files: readonly ListedFile[]): string | null {
  const bundle = files
    .filter(({ path }) => path.startsWith(BUNDLE))
    .map(({ path, sha256 }) => ({ path: path.slice(BUNDLE.length), sha256 }));
  return bundle.length === 0 ? null : digestOf(bundle);
}
