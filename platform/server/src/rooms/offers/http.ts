import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import {
  cancelCodeJob,
  changeOffer,
  createOffer,
  generateCodes,
  getCodeJob,
  getPartnerOffer,
  listCodeJobs,
  listPartnerOffers,
  uploadCodes,
} from '@chung/contracts';
import { DomainError } from '../../kernel/errors.ts';
import { on, type Route } from '../../kernel/route.ts';
import { codeJobOf } from './code-job.ts';
import type { Offers } from './offers.ts';
import { partnerOfferOf } from './partner-offer.ts';

/** Whose offers is always the token's partner, never a parameter. */
export function offersRoutes(offers: Offers): Route[] {
  return [
    on(listPartnerOffers, async ({ principal, query }) => {
      const page = await offers.list(principal.partnerId, query);
      return { ...page, items: page.items.map(partnerOfferOf) };
    }),
    on(getPartnerOffer, async ({ principal, params }) => {
      const offer = await offers.find({ partnerId: principal.partnerId, offerId: params.offerId });
      if (!offer) throw new DomainError('not_found');
      return partnerOfferOf(offer);
    }),
    on(createOffer, async ({ tx, principal, body }) =>
      partnerOfferOf(await offers.create(tx, { partnerId: principal.partnerId, draft: body })),
    ),
    on(changeOffer, async ({ tx, principal, params, body }) =>
      partnerOfferOf(await offers.change(tx, { partnerId: principal.partnerId, offerId: params.offerId, change: body })),
    ),
    ...codeRoutes(offers),
  ];
}

function codeRoutes(offers: Offers): Route[] {
  return [
    on(uploadCodes, async ({ principal: { partnerId }, params: { offerId }, query: { jobId, offset }, stream }) => {
      const resume = jobId === undefined || offset === undefined ? undefined : { jobId, offset };
      return codeJobOf(await offers.uploadCodes({ partnerId, offerId, stream, resume, bytesTotal: lengthOf(stream) }));
    }),
    on(generateCodes, async ({ tx, principal, params, body }) =>
      codeJobOf(await offers.generateCodes(tx, { partnerId: principal.partnerId, offerId: params.offerId, recipe: body })),
    ),
    on(listCodeJobs, async ({ principal, params, query }) => {
      const page = await offers.listCodeJobs({ partnerId: principal.partnerId, offerId: params.offerId }, query);
      return { ...page, items: page.items.map(codeJobOf) };
    }),
    on(getCodeJob, async ({ principal, params }) => {
      const job = await offers.findCodeJob({ partnerId: principal.partnerId, ...params });
      if (!job) throw new DomainError('not_found');
      return codeJobOf(job);
    }),
    on(cancelCodeJob, async ({ tx, principal, params }) =>
      codeJobOf(await offers.cancelCodeJob(tx, { partnerId: principal.partnerId, ...params })),
    ),
  ];
}

/** What the client said that it would send; null when it streams without knowing. */
function lengthOf(stream: Readable): number | null {
  const told = stream instanceof IncomingMessage ? stream.headers['content-length'] : undefined;
  return told === undefined ? null : Number(told);
}
