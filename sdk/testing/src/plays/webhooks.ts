import { type PartnerId, WEBHOOK_ENDPOINTS_MAX, WebhookEndpointId } from '@chung/contracts';
import { pageOf } from '../paging.ts';
import { type Caller, type IdsOf, type Plays, partnerOf } from '../plays.ts';
import { refusal } from '../refusal.ts';
import type { Store } from '../state/state.ts';
import { parseAddress } from '../webhooks/address.ts';
import type { Deliveries } from '../webhooks/deliver.ts';
import { endpointView, liveKeys, makeKey, rotateKey, touched } from '../webhooks/endpoints.ts';
import type { FakeEndpoint } from '../webhooks/records.ts';
import { requestReplay } from '../webhooks/replays.ts';

/** Endpoints and their keys, what was sent to them, and sending again. Nothing leaves before `platform.deliver()`, but test events. */
export function webhookPlays(store: Store, deliveries: Deliveries): Plays<IdsOf<'partner.webhooks.' | 'webhooks.'>> {
  const { endpoints } = deliveries;
  const own = ({ caller, params }: { caller: Caller; params: { endpointId: WebhookEndpointId } }): FakeEndpoint => {
    const endpoint = endpoints.find(({ id, partnerId }) => id === params.endpointId && partnerId === partnerOf(caller));
    if (!endpoint) throw refusal('not_found');
    return endpoint;
  };
  return {
    ...managing(store, { endpoints, own }),
    ...logPlays(store, { own, deliveries }),
    'partner.webhooks.keys.rotate': async (call) => {
      const endpoint = own(call);
      await rotateKey(store, endpoint, { signing: call.body.signing, overlapHours: call.body.overlapHours });
      return endpointView(store, touched(store, endpoint));
    },
    'partner.webhooks.secret.reveal': (call) => {
      const key = own(call).keys.find(({ signing, isRevealed, retiresAt }) => signing === 'v1' && !isRevealed && retiresAt === null);
      if (!key) throw refusal('wrong_state');
      key.isRevealed = true;
      return { keyId: key.id, secret: key.signer.key };
    },
    'webhooks.keys.list': ({ params }) => {
      const endpoint = endpoints.find(({ id }) => id === params.endpointId);
      if (!endpoint) throw refusal('not_found');
      const keys = liveKeys(store, endpoint).flatMap(({ publicKey, retiresAt }) => (publicKey === null ? [] : [{ publicKey, retiresAt }]));
      return { keys };
    },
  };
}

type Own = (call: { caller: Caller; params: { endpointId: WebhookEndpointId } }) => FakeEndpoint;
type ManagingId = `partner.webhooks.${'list' | 'create' | 'get' | 'change' | 'delete' | 'pause' | 'resume'}`;

function managing(store: Store, { endpoints, own }: { readonly endpoints: FakeEndpoint[]; readonly own: Own }): Plays<ManagingId> {
  const ofPartner = (partnerId: PartnerId) => endpoints.filter((endpoint) => endpoint.partnerId === partnerId);
  return {
    'partner.webhooks.list': ({ query, caller }) => {
      const { items, nextCursor } = pageOf(ofPartner(partnerOf(caller)), 'rising', { list: 'webhooks', query, position: ({ id }) => id });
      return { items: items.map((endpoint) => endpointView(store, endpoint)), nextCursor };
    },
    'partner.webhooks.create': async ({ body: { signing, ...settings }, caller }) => {
      const url = parseAddress(settings.url);
      const key = await makeKey(store, signing);
      if (ofPartner(partnerOf(caller)).length >= WEBHOOK_ENDPOINTS_MAX) throw refusal('too_many_webhooks');
      const at = store.now().toISOString();
      const endpoint: FakeEndpoint = {
        ...settings,
        url,
        id: WebhookEndpointId.parse(store.newId()),
        partnerId: partnerOf(caller),
        state: 'active',
        pauseReason: null,
        // It is sent what happens from now on; what was before can be replayed.
        passed: store.events.length,
        failing: null,
        keys: [key],
        attempts: [],
        replays: [],
        createdAt: at,
        updatedAt: at,
      };
      endpoints.push(endpoint);
      return endpointView(store, endpoint);
    },
    'partner.webhooks.get': (call) => endpointView(store, own(call)),
    'partner.webhooks.change': (call) => {
      const { url, description, eventTypes } = call.body;
      const address = url === undefined ? undefined : parseAddress(url);
      const endpoint = own(call);
      const changes = {
        ...(address !== undefined && { url: address }),
        ...(description !== undefined && { description }),
        ...(eventTypes !== undefined && { eventTypes }),
      };
      return endpointView(store, touched(store, endpoint, changes));
    },
    'partner.webhooks.delete': (call) => {
      endpoints.splice(endpoints.indexOf(own(call)), 1);
      return undefined;
    },
    'partner.webhooks.pause': (call) => {
      const endpoint = own(call);
      if (endpoint.failing) endpoint.failing.nextTryAt = null;
      return endpointView(store, touched(store, endpoint, { state: 'paused', pauseReason: endpoint.pauseReason ?? 'partner' }));
    },
    'partner.webhooks.resume': (call) => {
      const endpoint = own(call);
      const skipped = call.body.skipFailing && endpoint.failing ? 1 : 0;
      const passed = endpoint.passed + skipped;
      return endpointView(store, touched(store, endpoint, { state: 'active', pauseReason: null, failing: null, passed }));
    },
  };
}

type LogId = `partner.webhooks.${'test' | 'attempts.list' | 'replays.create' | 'replays.list'}`;

function logPlays(store: Store, { own, deliveries }: { readonly own: Own; readonly deliveries: Deliveries }): Plays<LogId> {
  return {
    'partner.webhooks.test': (call) => deliveries.sendTest(own(call)),
    'partner.webhooks.attempts.list': (call) => {
      const { query } = call;
      const wanted = own(call).attempts.filter(
        ({ delivered, eventId }) =>
          (query.outcome === undefined || delivered === (query.outcome === 'delivered')) &&
          (query.eventId === undefined || eventId === query.eventId),
      );
      return pageOf(wanted, 'falling', { list: 'webhook-attempts', query, position: ({ id }) => id });
    },
    'partner.webhooks.replays.create': (call) => requestReplay(store, own(call), call.body),
    'partner.webhooks.replays.list': (call) =>
      pageOf(own(call).replays, 'falling', { list: 'webhook-replays', query: call.query, position: ({ id }) => id }),
  };
}
