// A platform on which every page has something to show: offers in each state, redemptions in each state, consents, imports, applicants.
import type { OfferDraft } from '@chung/contracts';
import * as oauth from 'openid-client';
import { draftOf } from '../harness/partner-rooms.ts';
import { startTestPlatform, type TestPlatform } from '../harness/platform.ts';
import { signIn, type WebApp, type WebSession } from '../harness/session.ts';
import { backendOf, throughPages } from '../harness/tokens.ts';
import type { Person } from './people.ts';

export type Viewer = 'nobody' | 'an' | 'binh' | 'dung' | 'partner' | 'fresh' | 'applied' | 'refused' | 'admin';

export interface World {
  readonly platform: TestPlatform;
  /** The cookies of someone who is signed in. */
  cookiesOf(viewer: Viewer): { name: string; value: string; url: string }[];
  /** Pushes a partner app's request for consent; the address opens its page. */
  consentAddress(): Promise<string>;
  readonly offers: Readonly<Record<'forAn' | 'notForAn' | 'draft' | 'waiting' | 'refused' | 'withCodes' | 'inLine' | 'drawn', string>>;
  readonly redemptions: Readonly<Record<'held' | 'withCode' | 'confirmed', string>>;
  readonly submissions: Readonly<Record<'waiting' | 'approved' | 'refused', string>>;
}

const PASSWORD = 'mật khẩu dài đủ dùng';
const GONE = 'this is not in the world';

async function must(
  reply: Promise<{ status: number; body: { readonly [name: string]: unknown } }>,
): Promise<{ readonly id: string; readonly [name: string]: unknown }> {
  const { status, body } = await reply;
  if (status >= 300) throw new Error(`the world could not be made: ${status} ${JSON.stringify(body)}`);
  return { ...body, id: String(body['id'] ?? '') };
}

interface Sessions {
  readonly admin: WebSession;
  readonly home: WebSession;
  readonly an: WebSession;
}

async function makeOffers({ admin, home, an }: Sessions) {
  const write = async (changes: Partial<OfferDraft>) =>
    (await must(home.call('POST', '/v1/partner/offers', { body: draftOf(changes) }))).id;
  const submit = async (id: string) => (await must(home.call('POST', `/v1/partner/offers/${id}/submit`, { body: {} }))).id;
  const decide = (id: string, body: object) => must(admin.call('POST', `/v1/admin/submissions/${id}/decision`, { body }));
  const draft = await write({
    title: { vi: 'Bản nháp: tặng một tháng cáp quang', en: 'Draft: one month of fibre for free' },
    window: { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-06-01T00:00:00Z' },
  });
  const notForAn = await write({
    title: { vi: 'Giảm 20% lắp mạng tại Thành phố Hồ Chí Minh', en: '20% off installation in Hồ Chí Minh City' },
    eligibility: {
      version: 1,
      all: [
        { fact: 'province', in: ['79'] },
        { fact: 'role', in: ['secretary'] },
      ],
    },
  });
  const approved = await submit(notForAn);
  await decide(approved, { decision: 'approve' });
  const refused = await write({});
  const turnedDown = await submit(refused);
  await decide(turnedDown, {
    decision: 'refuse',
    reasons: [
      { rule: 'REV-203', note: 'Gửi kèm bảng giá ba tháng gần nhất.' },
      { rule: 'REV-202', note: '' },
    ],
  });
  // A share of the platform is a remark of the checks, so that the reviewer's page has one to show.
  const waiting = await write({
    title: { vi: 'Giảm 30% bộ phát Wi-Fi 6 cho phòng trọ sinh viên', en: '30% off a Wi-Fi 6 router for student rooms' },
    funding: [
      { by: 'partner', shareBasisPoints: 7_000 },
      { by: 'platform', shareBasisPoints: 3_000 },
    ],
  });
  const queued = await submit(waiting);
  // The only unit is taken and may come back.
  const inLine = await write({
    title: { vi: 'Một suất dùng thử bộ phát Wi-Fi 7', en: 'One Wi-Fi 7 router to try' },
    stock: 1,
    eligibility: { version: 1, all: [] },
    fulfilment: { mode: 'partner_confirmed', holdMinutes: 1440 },
    allocation: { mode: 'first_come', waitingList: 'on', acceptMinutes: 120 },
  });
  await decide(await submit(inLine), { decision: 'approve' });
  await must(an.call('POST', `/v1/offers/${inLine}/redemptions`, { body: {} }));
  return { offers: { draft, notForAn, refused, waiting, inLine }, submissions: { waiting: queued, approved, refused: turnedDown } };
}

async function makeRedemptions({ home, an }: Sessions, offers: readonly { id: string; title: { en: string } }[]) {
  const named = (start: string) => offers.find(({ title }) => title.en.startsWith(start))?.id ?? GONE;
  const claim = async (offerId: string) => (await must(an.call('POST', `/v1/offers/${offerId}/redemptions`, { body: {} }))).id;
  const held = await claim(named('Home Combo'));
  const withCode = await claim(named('MyTV'));
  const confirmed = await claim(named('150,000'));
  const { presentation } = await must(an.call('GET', `/v1/redemptions/${confirmed}/receipt`));
  await must(home.call('POST', `/v1/partner/redemptions/${confirmed}/confirm`, { body: { presented: presentation } }));
  return {
    offers: { forAn: named('30% off the Youth'), withCodes: named('MyTV'), drawn: named('Twenty free years') },
    redemptions: { held, withCode, confirmed },
  };
}

interface Application {
  readonly slug: string;
  readonly name: string;
  readonly decisions: readonly string[];
}

/** A partner that applied, and was decided about. */
async function makePartner(baseUrl: string, admin: WebSession, { slug, name, decisions }: Application): Promise<void> {
  const owner = { username: `${slug}.chu`, displayName: 'Đỗ Thị Hà My', password: PASSWORD };
  const body = { slug, name, legalName: `Công ty TNHH ${name}`, taxId: '0101234567', contactEmail: `lienhe@${slug}.example.vn`, owner };
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${baseUrl}/v1/partners`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { id } = await must(reply.json().then((made) => ({ status: reply.status, body: made })));
  for (const decision of decisions)
    await must(admin.call('POST', `/v1/admin/partners/${id}/decision`, { body: { decision, reason: 'Theo hồ sơ đã nộp.' } }));
}

/** The address at which an app of `slug` asks; every call is a request of its own. */
async function pushRequest({ demo }: TestPlatform, slug: string, scope: string): Promise<string> {
  const client = demo.partners.find((one) => one.slug === slug)?.client;
  if (!client) throw new Error(`${slug} is not in the demo`);
  const challenge = await oauth.calculatePKCECodeChallenge(oauth.randomPKCECodeVerifier());
  const asked = {
    redirect_uri: client.redirect_uris[0] ?? '',
    scope,
    resource: demo.resource,
    state: oauth.randomState(),
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  return (await oauth.buildAuthorizationUrlWithPAR(await backendOf(demo.issuer, client), asked)).href;
}

const REGISTER = `member_code,full_name,birth_date,gender,phone,email,unit_code,province_code,role,verified,joined_on
QA-0001,Vũ Minh Khôi,2004-05-06,,,,T01,01,member,true,2020-03-26
QA-0002,Hoàng Thảo Vy,2004-31-06,,,,T01,01,member,true,2020-03-26
QA-0003,Bùi Đức Anh,2002-01-09,,,,T01,99,member,true,2020-03-26
`;

/** The applicants of the world; the suspended one can sign in nowhere any more. */
const APPLICATIONS: readonly Application[] = [
  { slug: 'ca-phe-xanh', name: 'Cà phê Xanh', decisions: ['approve'] },
  { slug: 'sach-hay', name: 'Nhà sách Hay', decisions: [] },
  { slug: 'xe-om-nhanh', name: 'Xe ôm Nhanh', decisions: ['refuse'] },
  { slug: 'gym-khoe', name: 'Phòng tập Khỏe', decisions: ['approve', 'suspend'] },
];
export const SUSPENDED: Person = { username: 'gym-khoe.chu', password: PASSWORD };

const ACCOUNTS = {
  an: ['member', 'an.hanoi'],
  binh: ['member', 'binh.hcm'],
  dung: ['member', 'dung.cantho'],
  partner: ['partner', 'vnpt-home'],
  fresh: ['partner', 'ca-phe-xanh.chu'],
  applied: ['partner', 'sach-hay.chu'],
  refused: ['partner', 'xe-om-nhanh.chu'],
  admin: ['admin', 'admin'],
} as const satisfies Record<Exclude<Viewer, 'nobody'>, readonly [WebApp, string]>;

const cookiesIn = (header: string, url: string) =>
  header.split('; ').map((pair) => {
    const at = pair.indexOf('=');
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url };
  });

async function fill(platform: TestPlatform, sessions: Sessions) {
  const { admin, an } = sessions;
  const made = await makeOffers(sessions);
  const { items } = (await an.call('GET', '/v1/offers?limit=100')).body as unknown as { items: { id: string; title: { en: string } }[] };
  const used = await makeRedemptions(sessions, items);
  await must(admin.call('POST', '/v1/admin/members/import', { body: REGISTER, headers: { 'content-type': 'text/csv' } }));
  const scope = 'openid offers:read member.membership:read redemptions:read';
  await throughPages(an.visitor, await pushRequest(platform, 'vnpt-money', scope), { username: '', password: '' });
  return { offers: { ...made.offers, ...used.offers }, submissions: made.submissions, redemptions: used.redemptions };
}

export async function makeWorld(): Promise<World> {
  const platform = await startTestPlatform();
  const { baseUrl, demo } = platform;
  const people: Person[] = [...demo.members, ...demo.partners, demo.admin];
  const enter = (viewer: Exclude<Viewer, 'nobody'>) => {
    const [app, username] = ACCOUNTS[viewer];
    return signIn(baseUrl, app, people.find((one) => one.username === username) ?? { username, password: PASSWORD });
  };
  const [admin, home, an] = await Promise.all([enter('admin'), enter('partner'), enter('an')]);
  const filled = await fill(platform, { admin, home, an });
  await Promise.all(APPLICATIONS.map((application) => makePartner(baseUrl, admin, application)));
  const [binh, dung, fresh, applied, refused] = await Promise.all((['binh', 'dung', 'fresh', 'applied', 'refused'] as const).map(enter));
  const sessions: Partial<Record<Viewer, WebSession | undefined>> = { admin, partner: home, an, binh, dung, fresh, applied, refused };
  const scope = 'openid offers:read member.membership:read redemptions:read redemptions:claim member.profile:read';
  return {
    platform,
    ...filled,
    consentAddress: () => pushRequest(platform, 'vinaphone', scope),
    cookiesOf: (viewer) => cookiesIn(sessions[viewer]?.visitor.cookieHeader ?? '', baseUrl).filter(({ name }) => name !== ''),
  };
}
