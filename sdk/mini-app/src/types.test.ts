// Types in both directions: what is declared compiles, what is not is an error at that very place (`npm run check`, types of test).

import type { MissingScope } from '@chung/client/scoped';
import type { OfferId } from '@chung/contracts';
import { expectTypeOf, test } from 'vitest';
import { createMiniApp, type MemberScope, type MiniApp } from './index.ts';

declare const app: MiniApp<'openid' | 'offers:read', 'redemptions:claim' | 'member.profile:read'>;
declare const offerId: OfferId;

/** Never run: the compiler reads it. */
export async function whatTheCompilerSays(): Promise<void> {
  expectTypeOf((await app.offers.list({ q: 'x', limit: 3 })).items).toBeArray();
  for await (const offer of app.offers.list.all()) expectTypeOf(offer.title.vi).toBeString();
  await app.provinces.list();
  // @ts-expect-error redemptions:claim is optional and was not asked for
  await app.offers.claim({ offerId });
  // @ts-expect-error redemptions:read is declared nowhere
  await app.redemptions.list();
  // @ts-expect-error what is the platform’s own no mini-app has
  await app.me.grants.list();
  // @ts-expect-error nor what is the partners’
  app.partner;
  if (app.has('redemptions:claim')) {
    await app.offers.claim({ offerId });
    // @ts-expect-error another optional one
    (await app.me.get()).profile.displayName;
    if (app.has('member.profile:read')) expectTypeOf((await app.me.get()).profile.displayName).toBeString();
  } else {
    // @ts-expect-error refused is refused
    await app.offers.claim({ offerId });
  }
  // @ts-expect-error a scope that this app never declares
  app.has('member.contact:read');
  // @ts-expect-error nor may it be asked for
  await app.request('member.contact:read');
  expectTypeOf(app.offers.claim).toEqualTypeOf<MissingScope<'redemptions:claim'>>();
  // @ts-expect-error partners’ scopes are not for mini-apps
  await createMiniApp({ scopes: ['partner.offers:read'] });
  // @ts-expect-error nor are the platform’s own
  await createMiniApp({ scopes: ['grants:manage'] });
  expectTypeOf<Extract<MemberScope, `partner.${string}` | 'grants:manage'>>().toBeNever();
}

test('an app with more scopes can stand for one with fewer, never the other way', () => {
  expectTypeOf<MiniApp<'openid' | 'offers:read'>>().toExtend<MiniApp<'openid'>>();
  expectTypeOf<MiniApp<'openid'>>().not.toExtend<MiniApp<'openid' | 'offers:read'>>();
});
