import { WEBHOOK_ENDPOINTS_MAX } from '@chung/contracts';
import { draftOf } from '../../harness/partner-rooms.ts';
import type { Scenario } from './scenario.ts';
import { claim, idOf, published } from './stage.ts';

const body = {};
const url = 'https://hooks.example.invalid/chung';
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

export const webhookScenarios: readonly Scenario[] = [
  {
    title: 'an endpoint is added, changed, rests, goes on, and goes',
    play: async (_stage, { call }) => {
      await call('partner', 'partner.webhooks.list');
      const made = await call('partner', 'partner.webhooks.create', {
        body: { url: 'https://Hooks.Example.invalid:443/a b', description: ' Chính ' },
      });
      const params = { endpointId: idOf(made) };
      await call('partner', 'partner.webhooks.get', { params });
      await call('other', 'partner.webhooks.get', { params });
      await call('other', 'partner.webhooks.delete', { params });
      await call('partner', 'partner.webhooks.change', { params, body: { eventTypes: ['offer.published.v1'], url } });
      await call('partner', 'partner.webhooks.change', { params, body });
      await call('partner', 'partner.webhooks.change', { params, body: { eventTypes: ['webhook.test.v1'] } });
      await call('partner', 'partner.webhooks.change', { params, body: { url: 'http://x.vn/hooks' } });
      await call('partner', 'partner.webhooks.pause', { params, body });
      await call('partner', 'partner.webhooks.pause', { params, body });
      await call('partner', 'partner.webhooks.resume', { params, body: { skipFailing: true } });
      await call('partner', 'partner.webhooks.resume', { params, body });
      await call('anybody', 'webhooks.keys.list', { params });
      await call('partner', 'partner.webhooks.keys.rotate', { params, body });
      await call('partner', 'partner.webhooks.keys.rotate', { params, body: { signing: 'v1', overlapHours: 1 } });
      await call('partner', 'partner.webhooks.keys.rotate', { params, body });
      await call('partner', 'partner.webhooks.keys.rotate', { params, body: { overlapHours: 0 } });
      await call('partner', 'partner.webhooks.keys.rotate', { params, body: { overlapHours: 999 } });
      await call('partner', 'partner.webhooks.keys.rotate', { params, body: { signing: 'v1', overlapHours: 0 } });
      await call('partner', 'partner.webhooks.keys.rotate', { params, body: { overlapHours: 0 } });
      await call('anybody', 'webhooks.keys.list', { params });
      await call('partner', 'partner.webhooks.secret.reveal', { params, body });
      await call('partner', 'partner.webhooks.secret.reveal', { params, body });
      await call('partner', 'partner.webhooks.list', { query: { limit: 1 } });
      await call('partner', 'partner.webhooks.delete', { params });
      await call('partner', 'partner.webhooks.delete', { params });
      await call('anybody', 'webhooks.keys.list', { params });
      for (const id of ['pause', 'resume', 'keys.rotate', 'secret.reveal', 'test'] as const)
        await call('partner', `partner.webhooks.${id}`, { params, body });
    },
  },
  {
    title: 'addresses that the platform would never connect to are refused',
    isAboutRefusals: true,
    play: async (_stage, { call }) => {
      for (const address of [
        'not an address',
        'ftp://x.example.vn/',
        'http://x.example.vn/',
        'https://a:b@x.example.vn/',
        'https://x.example.vn/#x',
        'https://x.example.vn:25/',
        'https://x.example.vn:8443/',
        'https://localhost/a',
        'https://printer/a',
        'https://metadata.internal/a',
        'https://x.local./a',
        'https://10.0.0.1/a',
        'https://0x0a.1/a',
        'https://2130706434/a',
        'https://169.254.169.254/a',
        'https://100.64.0.1/a',
        'https://192.0.2.1/a',
        'https://198.18.0.1/a',
        'https://203.0.113.9/a',
        'https://224.0.0.1/a',
        'https://255.255.255.255/a',
        'https://8.8.8.8/a',
        'https://[::1]/a',
        'https://[::ffff:10.0.0.1]/a',
        'https://[fe80::1]/a',
        'https://[fd00::1]/a',
        'https://[2001:db8::1]/a',
        'https://[2002:a00::1]/a',
        'https://[64:ff9b::a00:1]/a',
        'https://[2001:4860:4860::8888]/a',
      ])
        await call('other', 'partner.webhooks.create', { body: { url: address } });
      for (let i = 0; i <= WEBHOOK_ENDPOINTS_MAX; i++) await call('other', 'partner.webhooks.create', { body: { url } });
      const page = await call('other', 'partner.webhooks.list', { query: { limit: 2 } });
      await call('other', 'partner.webhooks.list', { query: { limit: 2, cursor: page.body['nextCursor'] } });
    },
  },
  {
    title: 'a test event to nobody, the log, and replays that are asked for too early, too late or too often',
    isAboutRefusals: true,
    play: async (stage, { call }) => {
      const params = { endpointId: idOf(await call('partner', 'partner.webhooks.create', { body: { url, signing: 'v1' } })) };
      await call('partner', 'partner.webhooks.secret.reveal', { params, body });
      await call('partner', 'partner.webhooks.secret.reveal', { params, body });
      await call('partner', 'partner.webhooks.pause', { params, body });
      const tried = await call('partner', 'partner.webhooks.test', { params, body });
      await call('partner', 'partner.webhooks.attempts.list', { params });
      await call('partner', 'partner.webhooks.attempts.list', { params, query: { outcome: 'delivered' } });
      await call('partner', 'partner.webhooks.attempts.list', { params, query: { eventId: tried.body['eventId'] } });
      await call('other', 'partner.webhooks.attempts.list', { params });
      await call('partner', 'partner.webhooks.attempts.list', { params, query: { cursor: 'x' } });
      await claim(stage.as('lan'), await published(stage, draftOf()));
      const events: { id: string }[] = JSON.parse(
        JSON.stringify((await stage.as('partner').call('partner.events.list', { query: { limit: 100 } })).body['items']),
      );
      const foreign: { id: string }[] = JSON.parse(JSON.stringify((await stage.as('other').call('partner.events.list')).body['items']));
      const replay = (wish: object) => call('partner', 'partner.webhooks.replays.create', { params, body: wish });
      await replay({ eventId: events.at(-1)?.id });
      await replay({ eventId: foreign[0]?.id });
      await replay({ eventId: '01936b5e-7c00-7000-8000-000000000001' });
      await replay({ from: ago(40 * 86_400), until: ago(0) });
      await replay({ from: ago(0), until: ago(60) });
      await replay({});
      for (let i = 0; i < 4; i++) await replay({ from: ago(60), until: ago(0) });
      await replay({ eventId: events[0]?.id });
      await call('partner', 'partner.webhooks.replays.list', { params, query: { limit: 2 } });
      await call('other', 'partner.webhooks.replays.list', { params });
    },
  },
  {
    title: 'deliveries: in order, failing, tried at once, replayed, and an address that is gone',
    play: async (stage, { call }) => {
      const made = await call('partner', 'partner.webhooks.create', {
        body: { url: stage.hookUrl, eventTypes: ['redemption.redeemed.v1'] },
      });
      const endpointId = idOf(made);
      const params = { endpointId };
      const offerId = await published(stage, draftOf({ limits: { perMember: 9, perMemberPerDay: null } }));
      const claims = async (times: number) => {
        for (let i = 0; i < times; i++) await claim(stage.as('lan'), offerId);
      };
      await claims(2);
      await stage.delivered(endpointId, 2);
      await call('partner', 'partner.webhooks.attempts.list', { params });
      stage.hookAnswers(500);
      await claims(2);
      await stage.delivered(endpointId, 3);
      await call('partner', 'partner.webhooks.get', { params });
      await call('partner', 'partner.webhooks.attempts.list', { params, query: { outcome: 'failed' } });
      await call('partner', 'partner.webhooks.test', { params, body });
      stage.hookAnswers(204);
      await call('partner', 'partner.webhooks.test', { params, body });
      await call('partner', 'partner.webhooks.resume', { params, body: { skipFailing: true } });
      await stage.delivered(endpointId, 6);
      await call('partner', 'partner.webhooks.get', { params });
      const log = await call('partner', 'partner.webhooks.attempts.list', { params });
      const tries: { eventId: string; cause: string }[] = JSON.parse(JSON.stringify(log.body['items']));
      const last = tries.find(({ cause }) => cause === 'event');
      await call('partner', 'partner.webhooks.replays.create', { params, body: { eventId: last?.eventId } });
      await stage.delivered(endpointId, 7);
      await call('partner', 'partner.webhooks.replays.list', { params });
      await call('partner', 'partner.webhooks.attempts.list', { params, query: { eventId: last?.eventId } });
      stage.hookAnswers(410);
      await claims(1);
      await stage.delivered(endpointId, 8);
      await call('partner', 'partner.webhooks.get', { params });
      await call('partner', 'partner.events.list', { query: { limit: 100 } });
    },
  },
];
