import {
  cancelRedemption as cancelOperation,
  claimOffer as claimOperation,
  confirmRedemption as confirmOperation,
  fulfilRedemption as fulfilOperation,
  getReceipt,
  getRedemption,
  listPartnerEvents,
  listPartnerRedemptions,
  listRedemptions,
  lookUpRedemption,
  reverseRedemption as reverseOperation,
} from '@chung/contracts';
import { on, type Route } from '../../kernel/route.ts';
import { cancelRedemption, confirmRedemption, fulfilRedemption, reverseRedemption } from './change-redemption.ts';
import { claimOffer } from './claim-offer.ts';
import { issueReceipt } from './issue-receipt.ts';
import { listEvents } from './list-events.ts';
import type { RedemptionPorts } from './ports.ts';
import { findForMember, forMember, forPartner, listForMember, listForPartner, lookUp } from './read-redemptions.ts';

export const redemptionsRoutes = (ports: RedemptionPorts): Route[] => [
  on(claimOperation, async ({ principal, params, idempotencyKey }) =>
    forMember(ports, await claimOffer(ports, { principal, offerId: params.offerId, idempotencyKey })),
  ),
  on(listRedemptions, ({ principal, query }) => listForMember(ports, principal, query)),
  on(getRedemption, async ({ principal, params }) => forMember(ports, await findForMember(ports, principal, params.redemptionId))),
  on(getReceipt, ({ principal, params }) => issueReceipt(ports, principal, params.redemptionId)),
  on(cancelOperation, async ({ tx, principal, params }) =>
    forMember(ports, await cancelRedemption(tx, ports, { principal, id: params.redemptionId }), tx),
  ),
  on(listPartnerRedemptions, ({ principal, query }) => listForPartner(ports, principal, query)),
  on(lookUpRedemption, ({ principal, body }) => lookUp(ports, principal, body.presented)),
  on(confirmOperation, async ({ tx, principal, params, body }) =>
    forPartner(await confirmRedemption(tx, ports, { principal, id: params.redemptionId, presented: body.presented })),
  ),
  on(fulfilOperation, async ({ tx, principal, params }) =>
    forPartner(await fulfilRedemption(tx, ports, { principal, id: params.redemptionId })),
  ),
  on(reverseOperation, async ({ tx, principal, params, body }) =>
    forPartner(await reverseRedemption(tx, ports, { principal, id: params.redemptionId, ...body })),
  ),
  on(listPartnerEvents, ({ principal, query }) => listEvents(ports, principal.partnerId, query)),
];
