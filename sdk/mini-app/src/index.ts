import type { MemberScope, MiniApp, MiniAppSettings } from './types.ts';

export type { MemberScope, MiniApp, MiniAppSettings } from './types.ts';

/**
 * Connects to the host that runs this mini-app.
 *
 * @example
 * const app = await createMiniApp({ scopes: ['openid', 'offers:read'], optional: ['redemptions:claim'] });
 * const { items } = await app.offers.list({ category: 'telecom' });
 * if (app.has('redemptions:claim')) await app.offers.claim({ offerId });
 */
export async function createMiniApp<const Declared extends MemberScope, const Optional extends MemberScope = never>(
  settings: MiniAppSettings<Declared, Optional>,
): Promise<MiniApp<Declared, Optional>> {
  throw new Error(`no host is there for ${settings.scopes.join(', ')}`);
}
