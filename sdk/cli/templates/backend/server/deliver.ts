import { ApiError } from '@chung/client';
import type { PartnerClient } from '@chung/client/partner';

/** The platform, as far as this backend may use it; another call than its scopes open does not compile. */
export type Platform = PartnerClient<'partner.redemptions:fulfil'>;

/** Gives the member what they redeemed. It may be called again for the same redemption, so it must be harmless twice. */
export type Activate = (redemptionId: string) => Promise<void>;

/** Yours to write: activate the package, send the voucher, tell your own systems. */
export const activate: Activate = async (redemptionId) => {
  process.stdout.write(`Delivered the benefit of redemption ${redemptionId}.\n`);
};

/** Delivers first and says so then: a crash in between repeats both, and loses nothing. */
export async function deliver(redemptionId: string, { platform, activate }: { platform: Platform; activate: Activate }): Promise<void> {
  await activate(redemptionId);
  try {
    // The key makes a repeat of the call one call.
    await platform.partner.redemptions.fulfil({ redemptionId }, { idempotencyKey: `fulfil-${redemptionId}` });
  } catch (error) {
    // Fulfilled before, or taken back in the meantime: nothing is left to say.
    if (!(error instanceof ApiError && error.code === 'wrong_state')) throw error;
  }
}
