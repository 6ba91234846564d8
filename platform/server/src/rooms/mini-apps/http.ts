import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { getAppSubmission, getQueuedApp, listAppSubmissions, listQueuedApps, SUBMISSION_LIMITS, submitApp } from '@chung/contracts';
import { on, type Route } from '../../kernel/route.ts';
import type { MiniApps } from './mini-apps.ts';
import { archiveTooLarge } from './receive-archive.ts';

/** Whose apps is always the token's partner, never a parameter. */
export function miniAppsRoutes(miniApps: MiniApps): Route[] {
  return [
    on(submitApp, ({ principal, query, stream, language, idempotencyKey }) => {
      // Told before it is sent: the client need not send it all to learn it.
      if (lengthOf(stream) > SUBMISSION_LIMITS.archiveBytes) throw archiveTooLarge();
      const declared = { digest: query.digest, bundleDigest: query.bundleDigest ?? null };
      return miniApps.submit({ partnerId: principal.partnerId, idempotencyKey, stream, declared, language });
    }),
    on(listAppSubmissions, ({ principal, query }) => miniApps.list({ partnerId: principal.partnerId, ...query })),
    on(getAppSubmission, ({ principal, params }) => miniApps.find(principal.partnerId, params.submissionId)),
    on(listQueuedApps, ({ query }) => miniApps.queue(query)),
    on(getQueuedApp, ({ params }) => miniApps.dossier(params.submissionId)),
  ];
}

/** What the client said that it would send; 0 when it streams without knowing. */
const lengthOf = (stream: Readable): number => (stream instanceof IncomingMessage ? Number(stream.headers['content-length'] ?? 0) : 0);
