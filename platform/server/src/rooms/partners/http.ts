import { decidePartner, getPartnerProfile, listPartners, registerPartner } from '@chung/contracts';
import { DomainError } from '../../kernel/errors.ts';
import { on, type Route } from '../../kernel/route.ts';
import type { Partners } from './partners.ts';

/** A partner is always the token's own; only an admin names one in the path. */
export function partnersRoutes(partners: Partners): Route[] {
  return [
    on(registerPartner, ({ body }) => partners.register(body)),
    on(getPartnerProfile, async ({ principal }) => {
      const partner = await partners.find(principal.partnerId);
      if (!partner) throw new DomainError('not_found');
      return partner;
    }),
    on(listPartners, ({ query }) => partners.list(query)),
    on(decidePartner, ({ tx, params, body }) => partners.decide(tx, { partnerId: params.partnerId, ...body })),
  ];
}
