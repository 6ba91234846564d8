import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhookAttempts,
  listWebhookPublicKeys,
  listWebhookReplays,
  listWebhooks,
  pauseWebhook,
  replayWebhook,
  resumeWebhook,
  revealWebhookSecret,
  rotateWebhookKey,
  sendTestWebhook,
  type WebhookEndpointId,
} from '@chung/contracts';
import type { PartnerPrincipal } from '../../kernel/principal.ts';
import { on, type Route } from '../../kernel/route.ts';
import { changeEndpoint, deleteByPartner, pauseByPartner, resumeByPartner } from './change-endpoint.ts';
import { createEndpoint } from './create-endpoint.ts';
import { listAttempts, listReplays } from './list-attempts.ts';
import type { WebhookPorts } from './ports.ts';
import { getEndpoint, listEndpoints, listPublicKeys } from './read-endpoints.ts';
import { replayEvents } from './replay-events.ts';
import { revealSecret, rotateKey } from './rotate-key.ts';
import { sendTestEvent } from './send-test-event.ts';
import type { EndpointRef } from './store.ts';

interface OnEndpoint {
  readonly principal: PartnerPrincipal;
  readonly params: { readonly endpointId: WebhookEndpointId };
}

/** The partner is always the token's own, so an endpoint of another is not found. */
const refOf = ({ principal, params }: OnEndpoint): EndpointRef => ({ partnerId: principal.partnerId, id: params.endpointId });

export function webhookRoutes(ports: WebhookPorts): Route[] {
  const { db } = ports;
  return [
    on(listWebhooks, ({ principal, query }) => listEndpoints(ports, principal.partnerId, query)),
    on(createWebhook, ({ tx, principal, body }) => createEndpoint(ports, tx, { partnerId: principal.partnerId, body })),
    on(getWebhook, (call) => getEndpoint(ports, db, refOf(call))),
    on(changeWebhook, (call) => changeEndpoint(ports, call.tx, { ref: refOf(call), body: call.body })),
    on(deleteWebhook, async (call) => {
      await deleteByPartner(call.tx, refOf(call));
      return undefined;
    }),
    on(pauseWebhook, (call) => pauseByPartner(ports, call.tx, refOf(call))),
    on(resumeWebhook, (call) => resumeByPartner(ports, call.tx, { ref: refOf(call), skipFailing: call.body.skipFailing })),
    on(rotateWebhookKey, (call) =>
      rotateKey(ports, call.tx, { ref: refOf(call), signing: call.body.signing, overlapHours: call.body.overlapHours }),
    ),
    on(revealWebhookSecret, (call) => revealSecret(ports, db, refOf(call))),
    on(sendTestWebhook, (call) => sendTestEvent(ports, refOf(call))),
    on(listWebhookAttempts, (call) => listAttempts(ports, refOf(call), call.query)),
    on(replayWebhook, (call) => replayEvents(ports, call.tx, { ref: refOf(call), body: call.body })),
    on(listWebhookReplays, (call) => listReplays(ports, refOf(call), call.query)),
    on(listWebhookPublicKeys, ({ params }) => listPublicKeys(ports, params.endpointId)),
  ];
}
