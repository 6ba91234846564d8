// A flash sale to measure: the platform composed on a database of its own, an active partner, published offers, many members.
import path from 'node:path';
import { GrantId, type MemberId, OfferDraft, type OfferId, type PartnerId } from '@chung/contracts';
import pg from 'pg';
import pino from 'pino';
import { composePlatform, type Platform } from '../../../platform/server/src/compose.ts';
import { readConfig } from '../../../platform/server/src/config.ts';
import { migrate } from '../../../platform/server/src/kernel/migrate.ts';
import type { MemberPrincipal } from '../../../platform/server/src/kernel/principal.ts';
import { loadKeys } from '../../../platform/server/src/secrets.ts';
import type { BenchContext } from './bench.ts';
import type { BenchDatabase } from './postgres.ts';

export interface Sale {
  readonly platform: Platform;
  readonly database: BenchDatabase;
  readonly owner: pg.Client;
  readonly settings: Readonly<Record<string, string>>;
  readonly partnerId: PartnerId;
  readonly members: readonly MemberId[];
  /** The member as the platform's own app brings them. */
  principal(memberId: MemberId): MemberPrincipal;
  /** Publishes that many offers of `stock` units each, free and instant, without a code. */
  publish(count: number, stock?: number): Promise<OfferId[]>;
}

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');
const DAY_MS = 24 * 3600 * 1000;
const ENDLESS_STOCK = 50_000_000;

export interface SaleOptions {
  readonly members: number;
  /** How many members the directory has in all; those of the sale are some of them, anywhere in the table. */
  readonly directory?: number;
  /** Name of its database: two sales of one bench need two. */
  readonly database?: string;
  /** Another way to the same database, such as a wire that counts. */
  readonly route?: (serverUrl: string) => Promise<string>;
}

export async function openSale(context: BenchContext, options: SaleOptions): Promise<Sale> {
  const postgres = await context.postgres();
  const { ownerUrl } = await postgres.database(options.database ?? 'chung_bench_sale');
  const settings = {
    CHUNG_DATA_DIR: await keysOf(context),
    CHUNG_DEMO: '0',
    CHUNG_LOG_LEVEL: 'info',
    // The bench is one client; what one member may ask for is not what is measured.
    CHUNG_RATE_FACTOR: '10000',
  };
  const { platform, database, baseUrl } = await compose(ownerUrl, settings, options.route);
  context.defer(() => platform.close());
  await platform.members.seedReferenceData();
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  context.defer(() => owner.end());
  const partnerId = await activePartner(platform);
  const directory = Math.max(options.directory ?? 0, options.members);
  const members = await addMembers(owner, { count: options.members, directory });
  context.say(`${directory.toLocaleString('en')} members, machine-made`);
  return {
    platform,
    database,
    owner,
    settings: { ...settings, CHUNG_BASE_URL: baseUrl },
    partnerId,
    members,
    principal: (memberId) => ({
      actor: 'member',
      memberId,
      clientId: 'chung-member',
      partnerId: null,
      grantId: GrantId.parse('grant-of-the-bench'),
      subject: memberId,
      scopes: [],
    }),
    publish: async (count, stock = ENDLESS_STOCK) => {
      const published: OfferId[] = [];
      for (let index = 0; index < count; index++) published.push(await publishOffer(platform, partnerId, stock));
      return published;
    },
  };
}

const folders = new WeakMap<BenchContext, Promise<string>>();

/** One folder a bench: the server's role and its password belong to the whole cluster, and a second sale with other keys would lock out the first. */
function keysOf(context: BenchContext): Promise<string> {
  const folder = folders.get(context) ?? context.folder();
  folders.set(context, folder);
  return folder;
}

/** With the keys of the data folder, which server processes started on it share: also the password of the server's role. */
async function compose(
  ownerUrl: string,
  settings: Readonly<Record<string, string>>,
  route: SaleOptions['route'] = async (serverUrl) => serverUrl,
): Promise<{ platform: Platform; database: BenchDatabase; baseUrl: string }> {
  const config = readConfig(settings, REPOSITORY);
  const keys = await loadKeys(config);
  const { serverUrl } = await migrate({ ownerUrl, serverPassword: keys.databaseRole, log: () => {} });
  const platform = await composePlatform({
    config,
    keys,
    serverUrl: await route(serverUrl),
    webDirectory: path.join(REPOSITORY, 'platform/web'),
    log: pino({ level: 'silent' }),
    selfOrigin: () => config.baseUrl,
  });
  return { platform, database: { ownerUrl, serverUrl }, baseUrl: config.baseUrl };
}

async function activePartner({ db, partners }: Platform): Promise<PartnerId> {
  const { id } = await partners.register({
    slug: 'bench',
    name: 'Đối tác đo tải',
    legalName: 'Công ty đo tải',
    taxId: '0100000000',
    contactEmail: 'bench@example.vn',
    owner: { username: 'bench.owner', displayName: 'Nguyễn Thị Chủ', password: 'correct horse battery' },
  });
  await db.tx((tx) => partners.decide(tx, { partnerId: id, decision: 'approve', reason: '' }));
  return id;
}

const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

async function publishOffer({ db, offers }: Platform, partnerId: PartnerId, stock: number): Promise<OfferId> {
  const draft = OfferDraft.parse({
    title: { vi: 'Giảm 20% gói dữ liệu tháng', en: '20% off the monthly data package' },
    summary: { vi: 'Gói 60 GB mỗi tháng với giá dành cho đoàn viên.', en: '60 GB a month at the members’ price.' },
    terms: { vi: 'Áp dụng một lần cho mỗi thuê bao đang hoạt động.', en: 'Once for each active subscriber.' },
    category: 'telecom',
    benefit: { kind: 'percentage', rateBasisPoints: 2_000, maxDiscountMinor: null },
    regularPriceMinor: 100_000,
    currency: 'VND',
    funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
    stock,
    // High, because the bench has fewer members than it makes claims; the limit is counted and guarded all the same.
    limits: { perMember: 1000, perMemberPerDay: 1000 },
    window: { startsAt: inDays(-1), endsAt: inDays(30) },
    fulfilment: { mode: 'instant' },
    codes: 'none',
    eligibility: { version: 1, all: [{ fact: 'verified' }] },
  });
  return db.tx(async (tx) => {
    const { id } = await offers.create(tx, { partnerId, draft });
    const { termsVersion } = await offers.submit(tx, { partnerId, offerId: id });
    const decision = { decision: 'approved' as const, reasons: [], decidedAt: new Date().toISOString() };
    await offers.applyDecision(tx, { offerId: id, termsVersion, decision });
    return id;
  });
}

/** Written behind the importer's back, which has a bench of its own. Random ids: who comes to a sale is in no order. */
async function addMembers(owner: pg.Client, { count, directory }: { count: number; directory: number }): Promise<MemberId[]> {
  await owner.query(
    `INSERT INTO chung.units (code, kind, parent_code, name, province_code, path) VALUES ('BENCH', 'centre', NULL, 'Đơn vị đo tải', NULL, ARRAY['BENCH'])`,
  );
  await owner.query(
    `INSERT INTO chung.members (id, member_code, full_name, birth_year, unit_code, province_code, role, verified, updated_at)
     SELECT gen_random_uuid(), 'BENCH' || n, 'Nguyễn Văn ' || n, 2003, 'BENCH', '01', 'member', true, now() FROM generate_series(1, $1::integer) AS n`,
    [directory],
  );
  await owner.query('VACUUM ANALYZE chung.members');
  // A little more than needed, because a sample is not exact; sampled by row, so that they lie anywhere in the table.
  const percent = Math.min(100, (count / directory) * 120 + 0.001);
  const { rows } = await owner.query<{ id: MemberId }>(`SELECT id FROM chung.members TABLESAMPLE BERNOULLI (${percent}) LIMIT $1`, [count]);
  return rows.map(({ id }) => id);
}
