// The whole platform over HTTP with its people signed in, for tests of what members and partners do with redemptions.
import type { OfferDraft, OfferId, PartnerId } from '@chung/contracts';
import { draftOf } from './partner-rooms.ts';
import { startTestPlatform, type TestPlatform, type TestPlatformOptions } from './platform.ts';
import { publishOffer } from './redemption-rooms.ts';
import { type ApiReply, signIn, type WebSession } from './session.ts';

export interface RedemptionHttp {
  readonly running: TestPlatform;
  /** Verified, of Hà Nội. */
  readonly an: WebSession;
  /** Verified, of Hồ Chí Minh City. */
  readonly binh: WebSession;
  readonly portal: WebSession;
  readonly otherPortal: WebSession;
  readonly admin: WebSession;
  readonly partnerId: PartnerId;
  readonly otherPartnerId: PartnerId;
  offer(changes?: Partial<OfferDraft>, options?: { codes?: number; partnerId?: PartnerId }): Promise<OfferId>;
  claim(member: WebSession, offerId: string, headers?: Readonly<Record<string, string>>): Promise<ApiReply>;
  /** A claim that must come through; its id. */
  claimed(member: WebSession, offerId: string): Promise<string>;
  act(redemptionId: string, action: 'confirm' | 'fulfil' | 'reverse', body?: Readonly<Record<string, unknown>>): Promise<ApiReply>;
  lapse(redemptionId: string): Promise<void>;
  close(): Promise<void>;
}

export async function openRedemptionHttp(options: TestPlatformOptions = {}): Promise<RedemptionHttp> {
  const running = await startTestPlatform(options);
  const { baseUrl, demo, platform, owner } = running;
  const [anHanoi, binhHcm] = demo.members;
  const [first, second] = demo.partners;
  if (!anHanoi || !binhHcm || !first || !second) throw new Error('the demo has two members and two partners');
  const [an, binh, portal, otherPortal, admin] = await Promise.all([
    signIn(baseUrl, 'member', anHanoi),
    signIn(baseUrl, 'member', binhHcm),
    signIn(baseUrl, 'partner', first),
    signIn(baseUrl, 'partner', second),
    signIn(baseUrl, 'admin', demo.admin),
  ]);
  const [partner, other] = await Promise.all([first, second].map(({ slug }) => platform.partners.findBySlug(slug)));
  if (!partner || !other) throw new Error('the demo’s partners are there');
  const claim: RedemptionHttp['claim'] = (member, offerId, headers) =>
    member.call('POST', `/v1/offers/${offerId}/redemptions`, { body: {}, ...(headers && { headers }) });
  return {
    running,
    an,
    binh,
    portal,
    otherPortal,
    admin,
    partnerId: partner.id,
    otherPartnerId: other.id,
    offer: (changes = {}, { codes, partnerId = partner.id } = {}) => publishOffer(platform, { partnerId, draft: draftOf(changes), codes }),
    claim,
    claimed: async (member, offerId) => {
      const reply = await claim(member, offerId);
      if (reply.status !== 201) throw new Error(`the claim answered ${reply.status} ${reply.body['code']}`);
      return String(reply.body['id']);
    },
    act: (redemptionId, action, body = action === 'reverse' ? { reason: 'Giao nhầm gói' } : {}) =>
      portal.call('POST', `/v1/partner/redemptions/${redemptionId}/${action}`, { body }),
    lapse: async (redemptionId) => {
      await owner.query(`UPDATE chung.redemptions SET expires_at = now() - interval '1 second' WHERE id = $1`, [redemptionId]);
    },
    close: () => running.close(),
  };
}

/** Reads a list to its end, `limit` at a time; `between` runs after each page. */
export async function allPages(
  session: WebSession,
  address: string,
  { limit, between }: { limit: number; between?: () => Promise<unknown> },
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  for (let cursor: unknown; ; ) {
    const from = typeof cursor === 'string' ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const { status, body } = await session.call('GET', `${address}${address.includes('?') ? '&' : '?'}limit=${limit}${from}`);
    if (status !== 200) throw new Error(`${address} answered ${status}`);
    const page: unknown = body['items'];
    if (!Array.isArray(page)) throw new Error('a list has items');
    items.push(...page);
    cursor = body['nextCursor'];
    if (typeof cursor !== 'string') return items;
    await between?.();
  }
}
