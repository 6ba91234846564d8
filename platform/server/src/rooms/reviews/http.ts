import { decideSubmission, getSubmission, listReviewRules, listSubmissions, submitOffer } from '@chung/contracts';
import { on, type Route } from '../../kernel/route.ts';
import { REVIEW_RULES } from './review-rules.ts';
import type { Reviews } from './reviews.ts';

/** Submitting is the partner's operation, the rest the reviewers'. */
export function reviewsRoutes(reviews: Reviews): Route[] {
  return [
    on(submitOffer, ({ tx, principal, params, language }) =>
      reviews.submit(tx, { partnerId: principal.partnerId, offerId: params.offerId, language }),
    ),
    on(listSubmissions, ({ query }) => reviews.list(query)),
    on(getSubmission, ({ params }) => reviews.find(params.submissionId)),
    on(decideSubmission, ({ tx, principal, params, body }) =>
      reviews.decide(tx, { submissionId: params.submissionId, decision: body, accountId: principal.accountId }),
    ),
    on(listReviewRules, async () => ({ items: Object.entries(REVIEW_RULES).map(([rule, text]) => ({ rule, text })) })),
  ];
}
