import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Redemption } from '@chung/contracts';
import type { Plugin } from 'vite';
import { consents, grants, inHours, me, offers, redemptions, uuid } from './data.ts';

/**
 * A small stand-in for the platform, for work on pages. Cookies steer it: `session=out` signs out,
 * `mood=empty|error|slow` shows those states. It is a development aid: nothing of it is built or tested against.
 */
const PRESENTATION_SECONDS = 60;

// The headers the platform sends with its pages, so that a violation shows here first.
const CSP = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

type Reply = { readonly status: number; readonly body?: unknown };
const ok = (body: unknown, status = 200): Reply => ({ status, body });
const page = (items: readonly unknown[]) => ok({ items, nextCursor: null });

const PROBLEMS = {
  not_found: { status: 404, vi: 'Không tìm thấy.', en: 'Not found.' },
  not_eligible: { status: 403, vi: 'Ưu đãi này không dành cho bạn.', en: 'This offer is not for you.' },
  offer_sold_out: { status: 409, vi: 'Ưu đãi đã hết lượt.', en: 'The offer is sold out.' },
  internal: { status: 500, vi: 'Đã có lỗi ở phía chúng tôi.', en: 'Something went wrong on our side.' },
} as const;

type Language = 'vi' | 'en';

function problem(code: keyof typeof PROBLEMS, language: Language, extras: object = {}): Reply {
  const { status, ...title } = PROBLEMS[code];
  const docs = `/docs/errors/${code}`;
  return { status, body: { type: docs, title: title[language], status, code, docs, request_id: 'req_01JD9ZK4W2', ...extras } };
}

const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll(/[đĐ]/g, 'd').toLowerCase();
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function receipt(id: string): Reply {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://chung.example',
    sub: 'pw_1f0c9d',
    jti: crypto.randomUUID(),
    rid: id,
    oid: id,
    st: 'RESERVED',
    iat,
    exp: iat + PRESENTATION_SECONDS,
  };
  const token = `${encoded({ alg: 'EdDSA', kid: 'r-2026-11', typ: 'chung-receipt+jwt' })}.${encoded(claims)}.${'A'.repeat(86)}`;
  return ok({ receipt: token, presentation: token, presentationExpiresAt: inHours(PRESENTATION_SECONDS / 3600) });
}

function claim(offerId: string, language: Language): Reply {
  const offer = offers.find(({ id }) => id === offerId);
  if (!offer) return problem('not_found', language);
  if (offer.soldOut) return problem('offer_sold_out', language);
  const held = offer.fulfilment.mode === 'partner_confirmed';
  const redemption: Redemption = {
    id: uuid(1_000 + redemptions.length),
    offerId: offer.id,
    termsVersion: 1,
    offerTitle: offer.title,
    partner: offer.partner,
    claimedAt: inHours(0),
    updatedAt: inHours(0),
    state: held ? 'RESERVED' : 'REDEEMED',
    expiresAt: held ? inHours(0.5) : null,
    code: offer.codes === 'pool' ? 'VNP7-K2QX-94MD-TRCA' : null,
  };
  redemptions.unshift(redemption);
  offer.usedByMember += 1;
  return ok(redemption, 201);
}

function oneRedemption(id: string, rest: string, language: Language): Reply {
  const redemption = redemptions.find((each) => each.id === id);
  if (!redemption) return problem('not_found', language);
  if (rest === '/receipt') return receipt(id);
  if (rest === '/cancel') Object.assign(redemption, { state: 'RELEASED', expiresAt: null, updatedAt: inHours(0) });
  return ok(redemption);
}

interface Asked {
  readonly ids: readonly string[];
  readonly search: URLSearchParams;
  readonly language: Language;
}

function searchOffers({ search }: Asked): Reply {
  const q = plain(search.get('q') ?? '');
  const category = search.get('category');
  const matches = offers.filter((offer) => plain(`${offer.title.vi} ${offer.summary.vi} ${offer.partner.name}`).includes(q));
  return page(matches.filter((offer) => !category || offer.category === category));
}

function oneOffer({ ids: [id = ''], language }: Asked): Reply {
  const reasons = [
    { fact: 'province', message: 'Chỉ dành cho đoàn viên sinh hoạt tại Hà Nội, Hải Phòng' },
    { fact: 'age', message: 'Chỉ dành cho người từ 18 đến dưới 23 tuổi' },
  ];
  if (id.endsWith('99')) return problem('not_eligible', language, { reasons });
  const offer = offers.find((each) => each.id === id);
  return offer ? ok(offer) : problem('not_found', language);
}

function withdraw({ ids: [, scope = ''] }: Asked): Reply {
  for (const grant of grants) grant.scopes = grant.scopes.filter((granted) => granted.scope !== decodeURIComponent(scope));
  return { status: 204 };
}

const stated = (state: string | null) => redemptions.filter((redemption) => !state || redemption.state === state);

const ANSWERS: readonly (readonly [string, RegExp, (asked: Asked) => Reply])[] = [
  ['GET', /^\/v1\/offers$/, searchOffers],
  ['POST', /^\/v1\/offers\/([^/]+)\/redemptions$/, ({ ids: [id = ''], language }) => claim(id, language)],
  ['GET', /^\/v1\/offers\/([^/]+)$/, oneOffer],
  ['GET', /^\/v1\/redemptions$/, ({ search }) => page(stated(search.get('state')))],
  ['GET', /^\/v1\/redemptions\/([^/]+)()$/, ({ ids: [id = '', rest = ''], language }) => oneRedemption(id, rest, language)],
  ['GET', /^\/v1\/redemptions\/([^/]+)(\/receipt)$/, ({ ids: [id = '', rest = ''], language }) => oneRedemption(id, rest, language)],
  ['POST', /^\/v1\/redemptions\/([^/]+)(\/cancel)$/, ({ ids: [id = '', rest = ''], language }) => oneRedemption(id, rest, language)],
  ['GET', /^\/v1\/me$/, () => ok(me)],
  ['GET', /^\/v1\/me\/grants$/, () => page(grants)],
  ['GET', /^\/v1\/me\/consents$/, () => page(consents)],
  ['DELETE', /^\/v1\/me\/grants\/([^/]+)\/scopes\/([^/]+)$/, withdraw],
];

function answer(method: string, url: URL, language: Language, empty: boolean): Reply {
  for (const [verb, path, reply] of ANSWERS) {
    const match = verb === method ? path.exec(url.pathname) : null;
    if (match && empty && !match[1] && url.pathname !== '/v1/me') return page([]);
    if (match) return reply({ ids: match.slice(1), search: url.searchParams, language });
  }
  return problem('not_found', language);
}

async function respond(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fixture');
  const cookies = request.headers.cookie ?? '';
  response.setHeader('content-security-policy', CSP);
  if (url.pathname === '/session/member/login') {
    response.writeHead(302, { 'set-cookie': 'session=in; Path=/', location: url.searchParams.get('return_to') ?? '/' }).end();
    return;
  }
  if (url.pathname === '/session/member/logout') {
    response.writeHead(204, { 'set-cookie': 'session=out; Path=/' }).end();
    return;
  }
  const send = ({ status, body }: Reply) => {
    const type = status >= 400 ? 'application/problem+json' : 'application/json';
    response.writeHead(status, { 'content-type': type }).end(body === undefined ? undefined : JSON.stringify(body));
  };
  if (url.pathname === '/session/member') {
    const signedIn = !cookies.includes('session=out');
    send(
      ok({
        signedIn,
        user: signedIn ? { displayName: 'Ngọc Ánh' } : null,
        actor: signedIn ? 'member' : null,
        csrfToken: 'csrf',
        scopes: [],
      }),
    );
    return;
  }
  if (!url.pathname.startsWith('/v1/')) return next();
  const language = request.headers['accept-language']?.startsWith('en') ? 'en' : 'vi';
  await new Promise((resolve) => setTimeout(resolve, cookies.includes('mood=slow') ? 60_000 : 150));
  if (cookies.includes('mood=error')) return send(problem('internal', language));
  send(answer(request.method ?? 'GET', url, language, cookies.includes('mood=empty')));
}

export function fixture(): Plugin {
  return {
    name: 'chung:fixture',
    configureServer: (server) => void server.middlewares.use((request, response, next) => void respond(request, response, next)),
    configurePreviewServer: (server) => void server.middlewares.use((request, response, next) => void respond(request, response, next)),
  };
}
