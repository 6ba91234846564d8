// A catalogue to measure: many members of every kind signed in to the member app, and 10,000 live offers of fifty partners, a third
// of them for everyone, a third for one province and a third for one unit and an age.
import type { BenchContext } from './bench.ts';
import { type HttpSale, openHttpSale } from './http-sale.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import type { Sale } from './sale.ts';

interface CatalogueWorld {
  readonly http: HttpSale;
  readonly port: number;
  /** The first page of the member app, asked by one member after the other. */
  pageOrder(load: { connections: number; seconds: number }): LoadOrder;
}

const OFFERS = 10_000;
const PARTNERS = 50;
const UNITS = 50;
const PROVINCES = 34;

export async function openCatalogueWorld(context: BenchContext, options: { directory: number; database: string }): Promise<CatalogueWorld> {
  const http = await openHttpSale(context, { servers: 1, ...options });
  const { sale } = http;
  await spreadMembers(sale);
  const [model] = await sale.publish(1, 1_000_000);
  await multiplyOffers(sale, String(model));
  await sale.owner.query('VACUUM ANALYZE');
  context.say(`${OFFERS.toLocaleString('en')} live offers of ${PARTNERS} partners`);
  const port = http.ports[0] ?? 0;
  return {
    http,
    port,
    pageOrder: ({ connections, seconds }) => ({
      ports: [port],
      connections,
      seconds,
      method: 'GET',
      paths: ['/v1/offers'],
      headers: http.headers,
      callers: http.callers,
      stopAtRefusal: false,
    }),
  };
}

/** The members who are signed in live everywhere and are of every age; the others of the directory only make it larger. */
async function spreadMembers({ owner, members }: Sale): Promise<void> {
  await owner.query(
    `INSERT INTO chung.units (code, kind, parent_code, name, province_code, path)
     SELECT 'BENCH-' || i, 'province', 'BENCH', 'Tỉnh đoàn ' || i, p.code, ARRAY['BENCH', 'BENCH-' || i]
       FROM generate_series(0, ${UNITS - 1}) AS i
       JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS n FROM chung.provinces) AS p ON p.n = i % ${PROVINCES}`,
  );
  await owner.query(
    `UPDATE chung.members AS m SET unit_code = u.code, province_code = u.province_code, birth_year = 1992 + given.n % 18,
            role = (ARRAY['member', 'member', 'member', 'officer'])[1 + given.n % 4], verified = given.n % 10 > 0
       FROM unnest($1::uuid[]) WITH ORDINALITY AS given (id, n) JOIN chung.units AS u ON u.code = 'BENCH-' || given.n % ${UNITS}
      WHERE m.id = given.id`,
    [members],
  );
}

/** The offer that went through every use case, again and again with other words and another rule. Ids rise with time, as UUIDv7. */
async function multiplyOffers({ owner }: Sale, model: string): Promise<void> {
  const id = (kind: string) => `('019ac000-0000-7${kind}00-8000-' || lpad(to_hex(i), 12, '0'))::uuid`;
  const partner = `('019ac000-0000-7a00-8000-' || lpad(to_hex(i % ${PARTNERS}), 12, '0'))::uuid`;
  const rows = `generate_series(1, ${OFFERS - 1}) AS i`;
  const unit = `'BENCH-' || i % ${UNITS}`;
  const province = `(SELECT array_agg(code ORDER BY code) FROM chung.provinces)`;
  const condition = `CASE i % 3 WHEN 0 THEN '[]'::jsonb
    WHEN 1 THEN jsonb_build_array(jsonb_build_object('fact', 'province', 'in', jsonb_build_array((${province})[1 + i % ${PROVINCES}])))
    ELSE jsonb_build_array(jsonb_build_object('fact', 'unit', 'within', jsonb_build_array(${unit})),
                           jsonb_build_object('fact', 'age', 'atLeastYears', 16, 'belowYears', 31)) END`;
  const statements = [
    `INSERT INTO chung.partners (id, slug, name, legal_name, tax_id, contact_email, status)
     SELECT ${partner}, 'bench-' || i, 'Đối tác ' || i, 'Công ty', '0100000000', 'a@example.vn', 'active' FROM generate_series(0, ${PARTNERS - 1}) AS i`,
    `INSERT INTO chung.offers (id, partner_id, state, terms_version) SELECT ${id('b')}, ${partner}, 'published', 1 FROM ${rows}`,
    `INSERT INTO chung.offer_stock (offer_id, stock) SELECT ${id('b')}, 1000000 FROM ${rows}`,
    `INSERT INTO chung.offer_terms (offer_id, version, terms)
     SELECT ${id('b')}, 1, t.terms || jsonb_build_object('eligibility', jsonb_build_object('version', 1, 'all', ${condition}),
                                                         'title', jsonb_build_object('vi', 'Giảm 20% gói dữ liệu số ' || i, 'en', '20% off package ' || i))
       FROM ${rows}, chung.offer_terms t WHERE t.offer_id = '${model}'`,
    `INSERT INTO chung.offer_listings (offer_id, id, partner_id, terms_version, starts_at, ends_at, category, kind, verified_only,
                                       province_codes, unit_codes, roles, at_least_years, below_years, search_text)
     SELECT ${id('b')}, ${id('c')}, ${partner}, 1, l.starts_at, l.ends_at, l.category, l.kind, false,
            CASE WHEN i % 3 = 1 THEN ARRAY[(${province})[1 + i % ${PROVINCES}]] END, CASE WHEN i % 3 = 2 THEN ARRAY[${unit}] END, NULL,
            CASE WHEN i % 3 = 2 THEN 16 END, CASE WHEN i % 3 = 2 THEN 31 END, ' giam 20 goi du lieu so ' || i
       FROM ${rows}, chung.offer_listings l WHERE l.offer_id = '${model}'`,
  ];
  for (const statement of statements) await owner.query(statement);
}

/** What of a load were not pages. */
export function notPages({ statuses, lost }: LoadReport): string[] {
  const others = Object.entries(statuses).filter(([status]) => status !== '200');
  return [...others.map(([status, count]) => `${count} pages were answered ${status}`), ...(lost > 0 ? [`${lost} connections broke`] : [])];
}
