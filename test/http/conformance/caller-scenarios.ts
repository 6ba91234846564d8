import { type AppChanges, appFiles, archiveOf, digestsOf } from '../../harness/app-archive.ts';
import { draftOf } from '../../harness/partner-rooms.ts';
import type { Scenario } from './scenario.ts';
import { idOf, published } from './stage.ts';

const body = {};

export const callerScenarios: readonly Scenario[] = [
  {
    title: 'who calls: nobody, somebody of another kind, without the scope, with nonsense',
    isAboutRefusals: true,
    play: async (stage, { call }) => {
      await call('anybody', 'partner.profile.get');
      await call('partner', 'partner.profile.get');
      await call('partner', 'partner.apps.list');
      await call('lan', 'partner.profile.get');
      await call('partner', 'offers.list');
      await call('anybody', 'provinces.list');
      await call('anybody', 'partner.offers.create', { body: 'no json', headers: { 'content-type': 'application/json' }, key: null });
      await call('anybody', 'partner.profile.get', { headers: { authorization: 'Bearer a.b.c' } });
      await call('anybody', 'provinces.list', { headers: { authorization: 'Bearer a.b.c' } });
      const reader = await stage.backend(['partner.offers:read']);
      await call(reader, 'partner.offers.list', { query: { limit: 1, cursor: 'nonsense' } });
      await call(reader, 'partner.events.list');
      await call(reader, 'partner.offers.create', { body: draftOf() });
      await call(reader, 'partner.webhooks.list');
      await call(reader, 'partner.balance.get');
    },
  },
  {
    title: 'an archive that no platform takes in is refused before anything is looked at',
    isAboutRefusals: true,
    play: async (_stage, { call }) => {
      const digest = `sha256:${'0'.repeat(64)}`;
      const headers = { 'content-type': 'application/gzip' };
      await call('partner', 'partner.apps.submissions.list');
      await call('partner', 'partner.apps.submissions.get', { params: { submissionId: '01936b5e-7c00-7000-8000-000000000001' } });
      await call('partner', 'partner.apps.submit', { query: { digest: 'x' }, body: 'x', headers });
      await call('partner', 'partner.apps.submit', { query: { digest }, body: 'x', headers: { 'content-type': 'text/plain' } });
      await call('partner', 'partner.apps.submit', { query: { digest }, body: 'x', headers });
      await call('partner', 'partner.apps.submit', { query: { digest }, body: 'x', headers, key: null });
      await call('lan', 'partner.apps.submit', { query: { digest }, body: 'x', headers });
    },
  },
  {
    title: 'an app is submitted, again, in a later version, by whom it does not belong to',
    play: async (_stage, { call }) => {
      const appId = 'vn.saobac.gifts';
      const submit = async (who: 'partner' | 'other', changes: AppChanges, key?: string) => {
        const files = appFiles({ appId, ...changes });
        const { digest, bundleDigest } = digestsOf(files);
        const query = { digest, ...(bundleDigest !== null && { bundleDigest }) };
        const headers = { 'content-type': 'application/gzip' };
        return call(who, 'partner.apps.submit', { query, body: await archiveOf(files), headers, ...(key && { key }) });
      };
      const first = await submit('partner', {}, 'k-one');
      await submit('partner', {}, 'k-one');
      await submit('partner', {}, 'k-two');
      await submit('partner', { versionCode: 2 }, 'k-one');
      await submit('partner', { versionCode: 3 });
      await submit('partner', { versionCode: 2 });
      await submit('other', { versionCode: 9 });
      await submit('partner', { versionCode: 4, pages: ['home'] });
      await submit('partner', { versionCode: 4, files: { 'bundle/a.js': 'x' } });
      await submit('partner', { versionCode: 4, files: { 'source/.env': 'A=1' } });
      await call('partner', 'partner.apps.submissions.get', { params: { submissionId: idOf(first) } });
      await call('other', 'partner.apps.submissions.get', { params: { submissionId: idOf(first) } });
      await call('partner', 'partner.apps.submissions.list', { query: { appId, limit: 1 } });
      await call('other', 'partner.apps.submissions.list');
      await call('partner', 'partner.events.list');
    },
  },
  {
    title: 'a partner registers; names are taken once',
    isAboutRefusals: true,
    play: async (_stage, { call }) => {
      const application = {
        slug: 'gio-moi',
        name: 'Gió Mới',
        legalName: 'Công ty Gió Mới',
        taxId: '0100000000',
        contactEmail: 'chao@giomoi.example',
        owner: { username: 'giomoi.owner', displayName: 'Nguyễn Thị Chủ', password: 'correct horse battery' },
      };
      await call('anybody', 'partners.register', { body: application });
      await call('anybody', 'partners.register', { body: application });
      await call('anybody', 'partners.register', { body: { ...application, slug: 'gio-khac' } });
      await call('anybody', 'partners.register', { body: { ...application, slug: 'Gió', taxId: '1', contactEmail: 'x' } });
    },
  },
  {
    title: 'an app sees its own partner’s offers and redemptions, and why not only with the scope for it',
    play: async (stage, { call }) => {
      const own = await published(stage, draftOf({ title: { vi: 'Ưu đãi riêng Kỳ Lân', en: 'Own unicorn' } }));
      const foreign = await published(stage, draftOf({ title: { vi: 'Ưu đãi lạ Kỳ Lân', en: 'Foreign unicorn' } }), { of: 'other' });
      const app = await stage.throughApp('hoa', ['openid', 'offers:read', 'redemptions:claim']);
      await call(app, 'offers.get', { params: { offerId: own } });
      await call(app, 'offers.claim', { params: { offerId: own }, body });
      await call(app, 'offers.get', { params: { offerId: foreign } });
      await call(app, 'offers.claim', { params: { offerId: foreign }, body });
      await call(app, 'offers.queue.join', { params: { offerId: foreign }, body });
      await call('hoa', 'offers.get', { params: { offerId: own } });
      await call('lan', 'offers.list', { query: { q: 'ky lan rieng' } });
      await call('lan', 'offers.list', { query: { q: 'unic', limit: 1 } });
      await call('lan', 'offers.list', { query: { q: 'nicorn' } });
      await call('lan', 'offers.list', { query: { q: '%' } });
      await call('lan', 'offers.list', { query: { q: 'kỳ lân', category: 'finance' } });
      await call('lan', 'offers.claim', { params: { offerId: foreign }, body });
      const mine = await stage.throughApp('lan', ['openid', 'offers:read', 'redemptions:read']);
      await call(mine, 'redemptions.list', { query: { limit: 100 } });
      await call('other', 'partner.redemptions.list', { query: { offerId: foreign } });
      await call('partner', 'partner.redemptions.list', { query: { offerId: foreign } });
    },
  },
  {
    title: 'a member sees what they allowed, takes scopes back one by one and at last the app itself',
    play: async (stage, { call }) => {
      await call('minh', 'me.grants.list');
      await call('minh', 'me.consents.list');
      const app = await stage.throughApp('minh', ['openid', 'offers:read', 'member.profile:read']);
      await call(app, 'offers.list', { query: { q: 'không có gì như vậy' } });
      await call(app, 'me.get');
      await call('minh', 'me.grants.list', { query: { cursor: 'x' } });
      const [grant] = await items(await stage.as('minh').call('me.grants.list'));
      const grantId = String(grant?.['id']);
      if (grant?.['lastUsedAt'] === null) throw new Error('a token was got for the grant');
      const withdraw = (scope: string) => call('minh', 'me.grants.scopes.withdraw', { params: { grantId, scope } });
      await withdraw('redemptions:claim');
      await withdraw('nonsense');
      await withdraw('member.profile:read');
      await withdraw('member.profile:read');
      await call('lan', 'me.grants.scopes.withdraw', { params: { grantId, scope: 'offers:read' } });
      await withdraw('offers:read');
      await stage.withdrawalFelt();
      await call(app, 'offers.list');
      await withdraw('openid');
      await withdraw('openid');
      await call('minh', 'me.grants.list');
      await call('minh', 'me.consents.list', { query: { limit: 1 } });
      const consents = await items(await stage.as('minh').call('me.consents.list'));
      if (!consents.some(({ action, scope }) => action === 'withdrawn' && scope === 'openid')) throw new Error('the end is in the history');
      await call('partner', 'me.grants.list');
    },
  },
];

const items = async ({ body: reply }: { body: Readonly<Record<string, unknown>> }): Promise<Record<string, unknown>[]> =>
  JSON.parse(JSON.stringify(reply['items']));
