import { Readable } from 'node:stream';
import type { OfferId, PartnerId } from '@chung/contracts';
import { exportJWK, generateKeyPair } from 'jose';
import type { Platform } from '../compose.ts';
import type { Config } from '../config.ts';
import { generateUnits, registerFile } from '../rooms/members/index.ts';
import { type DemoFile, readDemoFile, writeDemoFile } from './file.ts';
import { DEMO_OFFERS, DEMO_PARTNERS, type DemoOffer } from './offers.ts';
import { DEMO_MEMBERS, DEMO_PASSWORDS, demoRegister } from './people.ts';

export interface SeedContext {
  readonly platform: Platform;
  readonly config: Config;
  readonly say: (line: string) => void;
}

const REGISTER_SEED = 2026;

/** Fills an empty platform with the demo. Every step looks first, so that a start that was cut off goes on where it was. */
export async function seedDemo(context: SeedContext): Promise<DemoFile> {
  const file = await demoFile(context);
  const { platform } = context;
  if ((await platform.members.findByCode(lastOf(DEMO_MEMBERS).memberCode)) === null) await importRegisters(context);
  await createPeople(platform);
  for (const partner of DEMO_PARTNERS) await createPartner(platform, { partner, file });
  await createOffers(platform);
  return file;
}

function lastOf<Item>(items: readonly Item[]): Item {
  const last = items.at(-1);
  if (last === undefined) throw new Error('the demo has no people');
  return last;
}

/** Written before anything uses its keys: a start that is cut off must not orphan a registered app. */
async function demoFile({ config }: SeedContext): Promise<DemoFile> {
  const { baseUrl, dataDirectory } = config;
  const earlier = await readDemoFile(dataDirectory);
  const partners = await Promise.all(
    DEMO_PARTNERS.map(async ({ slug }) => {
      const known = earlier?.partners.find((candidate) => candidate.slug === slug);
      if (known) return known;
      const { privateKey } = await generateKeyPair('ES256', { extractable: true });
      const jwk = { ...(await exportJWK(privateKey)), kty: 'EC', kid: `${slug}-1`, alg: 'ES256', use: 'sig' };
      const client = { client_id: `${slug}-backend`, private_key_jwk: jwk, redirect_uris: [`http://127.0.0.1:8484/${slug}/callback`] };
      return { slug, username: slug, password: DEMO_PASSWORDS.partner, client };
    }),
  );
  const file: DemoFile = {
    baseUrl,
    issuer: baseUrl,
    resource: `${baseUrl}/v1`,
    admin: { username: 'admin', password: DEMO_PASSWORDS.admin },
    members: DEMO_MEMBERS.map(({ username, provinceCode, fullName }) => ({
      username,
      password: DEMO_PASSWORDS.member,
      province: provinceCode,
      displayName: fullName,
    })),
    partners,
    nativeClient: { client_id: 'chung-cli', redirect_uri: 'http://127.0.0.1/callback' },
  };
  await writeDemoFile(dataDirectory, file);
  return file;
}

async function importRegisters({ platform, config, say }: SeedContext): Promise<void> {
  const { members } = platform;
  const count = config.CHUNG_DEMO_MEMBERS;
  say(`  Importing a demo register of ${count.toLocaleString('en')} members …`);
  const units = generateUnits();
  await members.addUnits(units);
  const started = performance.now();
  const report = (rows: number) => say(`    ${Math.round((rows / count) * 100)} % (${rows.toLocaleString('en')} rows)`);
  let nextReport = count / 4;
  const done = await members.importMembers({
    file: Readable.from(registerFile({ count, seed: REGISTER_SEED })),
    source: 'command',
    onProgress: ({ step, rows }) => {
      if (step !== 'writing' || rows < nextReport) return;
      nextReport += count / 4;
      report(rows);
    },
  });
  say(`  ${done.inserted.toLocaleString('en')} members in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  await members.importMembers({ file: Readable.from([Buffer.from(demoRegister())]), source: 'command' });
}

async function createPeople({ db, identity, members }: Platform): Promise<void> {
  if (!(await identity.findAccount('admin')))
    await db.tx((tx) =>
      identity.createAccount(tx, { kind: 'admin', username: 'admin', password: DEMO_PASSWORDS.admin, displayName: 'Quản trị viên' }),
    );
  for (const { username, memberCode, fullName } of DEMO_MEMBERS) {
    if (await identity.findAccount(username)) continue;
    const member = await members.findByCode(memberCode);
    if (!member) throw new Error(`demo member ${memberCode} is not in the register`);
    await db.tx((tx) =>
      identity.createAccount(tx, { kind: 'member', username, password: DEMO_PASSWORDS.member, displayName: fullName, memberId: member.id }),
    );
  }
}

async function createPartner(
  platform: Platform,
  { partner, file }: { partner: (typeof DEMO_PARTNERS)[number]; file: DemoFile },
): Promise<void> {
  const { db, partners, identity } = platform;
  const { slug, name, legalName, taxId, contactEmail } = partner;
  const owner = { username: slug, displayName: `Quản lý ${name}`, password: DEMO_PASSWORDS.partner };
  const known = (await partners.findBySlug(slug)) ?? (await partners.register({ slug, name, legalName, taxId, contactEmail, owner }));
  if (known.status === 'applied') await db.tx((tx) => partners.decide(tx, { partnerId: known.id, decision: 'approve', reason: '' }));
  const app = file.partners.find((candidate) => candidate.slug === slug)?.client;
  if (!app || (await identity.listClients({ partnerId: known.id, limit: 1 })).items.length > 0) return;
  const { d: _, ...publicKey } = app.private_key_jwk;
  await db.tx((tx) =>
    identity.registerClient(tx, {
      clientId: app.client_id,
      partnerId: known.id,
      name: `${name} (máy chủ)`,
      jwks: { keys: [publicKey] },
      redirectUris: app.redirect_uris,
      scopes: [...MEMBER_SCOPES, ...PARTNER_SCOPES],
      optionalScopes: ['member.membership:read'],
      purposes: {
        'offers:read': { vi: `Hiển thị ưu đãi của ${name} dành cho bạn`, en: `Show the offers of ${name} that are for you` },
        'member.profile:read': { vi: `Hiển thị tên bạn khi dùng ưu đãi của ${name}`, en: `Show your name when you use offers of ${name}` },
        'member.membership:read': { vi: 'Chọn ưu đãi đúng tỉnh, thành và đơn vị của bạn', en: 'Pick offers for your province and unit' },
        'redemptions:read': { vi: `Cho bạn xem lại ưu đãi đã nhận của ${name}`, en: `Show you the offers of ${name} you have redeemed` },
        'redemptions:claim': { vi: `Nhận ưu đãi ngay trong ứng dụng ${name}`, en: `Claim offers inside the app of ${name}` },
      },
    }),
  );
}

const MEMBER_SCOPES = [
  'openid',
  'offers:read',
  'member.profile:read',
  'member.membership:read',
  'redemptions:read',
  'redemptions:claim',
] as const;
const PARTNER_SCOPES = [
  'partner.profile:read',
  'partner.offers:read',
  'partner.offers:write',
  'partner.codes:write',
  'partner.redemptions:read',
  'partner.redemptions:fulfil',
  'partner.redemptions:reverse',
  'partner.apps:read',
  'partner.apps:write',
  'partner.revenue:read',
  'partner.events:read',
  'partner.webhooks:write',
] as const;

/** Offers go the way of any offer: written, filled with codes, submitted with its checks, approved. */
async function createOffers(platform: Platform): Promise<void> {
  for (const offer of DEMO_OFFERS) {
    const partner = await platform.partners.findBySlug(offer.partner);
    if (!partner) throw new Error(`demo partner ${offer.partner} is missing`);
    const { items } = await platform.offers.list(partner.id, { limit: 100 });
    const earlier = items.find(({ terms }) => terms.title.en === offer.draft.title.en);
    // A draft is one whose seeding was cut off; submission and approval come in one transaction.
    if (earlier === undefined || earlier.state === 'draft')
      await createOffer(platform, { partnerId: partner.id, offer, offerId: earlier?.id });
  }
}

interface OfferToCreate {
  readonly partnerId: PartnerId;
  readonly offer: DemoOffer;
  readonly offerId: OfferId | undefined;
}

async function createOffer(
  { db, offers, reviews, identity }: Platform,
  { partnerId, offer, offerId: earlier }: OfferToCreate,
): Promise<void> {
  const { draft, codes } = offer;
  const offerId = earlier ?? (await db.tx((tx) => offers.create(tx, { partnerId, draft }))).id;
  if (codes !== undefined) await offers.uploadCodes({ partnerId, offerId, stream: Readable.from(codes().map((code) => `${code}\n`)) });
  const admin = await identity.findAccount('admin');
  if (!admin) throw new Error('the demo admin is missing');
  await db.tx(async (tx) => {
    const { id: submissionId } = await reviews.submit(tx, { partnerId, offerId, language: 'vi' });
    await reviews.decide(tx, { submissionId, accountId: admin.id, decision: { decision: 'approve' } });
  });
}
