// The fake platform over its `fetch`, emptied of the offers that it begins with.
import { OfferId, type PartnerScope, RedemptionId, scopesOf } from '@chung/contracts';
import { createFakePlatform, FAKE_ISSUER, FAKE_PARTNER, OTHER_PARTNER } from '@chung/testing';
import { asClient, httpActor } from './http-actor.ts';
import type { Actor, Person, Stage } from './stage.ts';

const LONG = { lifeSeconds: 10 ** 9 };
const isPartnerScope = (scope: string): scope is PartnerScope => scope.startsWith('partner.');
const ALL = scopesOf('partner').filter(isPartnerScope);

export function openFakeStage(): Stage {
  let answer = 204;
  const receiver = ({ url }: Request) => {
    // No name under this one is ever resolved (RFC 6761).
    if (new URL(url).hostname.endsWith('.invalid')) throw Object.assign(new Error(url), { code: 'ENOTFOUND' });
    return new Response(answer === 204 ? null : `answer ${answer}`, { status: answer });
  };
  const platform = createFakePlatform({ startAt: new Date(), receiver });
  platform.store.offers.clear();
  for (const partner of [FAKE_PARTNER, OTHER_PARTNER]) {
    platform.setPartnerStatus(partner, 'applied');
    platform.setPartnerStatus(partner, 'active');
  }
  const withToken = (token: string | null): Actor =>
    httpActor({
      fetch: platform.fetch,
      baseUrl: FAKE_ISSUER,
      headers: () => (token === null ? {} : { authorization: `Bearer ${token}` }),
    });
  const member = (who: Person) => withToken(platform.memberAppToken(platform.members[who], LONG));
  const actors = {
    lan: member('lan'),
    minh: member('minh'),
    hoa: member('hoa'),
    partner: withToken(platform.partnerToken(ALL, LONG)),
    other: withToken(platform.partnerToken(ALL, { ...LONG, partner: OTHER_PARTNER })),
    anybody: withToken(null),
  };
  const at = async (moment: Date | string | null | undefined) => {
    if (!moment) throw new Error('there is nothing to wait for');
    platform.clock.stopAt(moment);
  };
  return {
    name: 'fake',
    suffix: '',
    as: (who) => actors[who],
    backend: async (scopes) => withToken(platform.partnerToken(scopes, LONG)),
    throughApp: async (who, scopes) => {
      for (const scope of scopes) platform.grant(platform.members[who], scope);
      return asClient(withToken(platform.memberToken(platform.members[who], scopes, LONG)));
    },
    review: async (offerId, decision = 'approve') => {
      const words = {
        vi: 'Thiếu điều khoản quan trọng hoặc điều khoản khó hiểu.',
        en: 'Important terms are missing or hard to understand.',
      };
      platform.review(
        OfferId.parse(offerId),
        decision === 'approve' ? { decision } : { decision, reasons: [{ rule: 'REV-202', text: words }] },
      );
    },
    holdLapses: (id) => at(platform.store.redemptions.get(RedemptionId.parse(id))?.expiresAt),
    promisesLapse: (id) =>
      at(platform.store.entries.findLast(({ offer, state }) => offer.id === id && state === 'PROMISED')?.promisedUntil),
    entriesEnd: (id) => at(platform.store.lotteries.get(OfferId.parse(id))?.entriesUntil),
    generationsEnd: async () => platform.clock.advance(1),
    withdrawalFelt: async () => {},
    hookUrl: 'https://partner.test/hook',
    hookAnswers: (status) => {
      answer = status;
    },
    delivered: () => platform.deliver(),
    close: async () => {},
  };
}
