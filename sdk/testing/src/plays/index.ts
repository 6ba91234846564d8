import type { AnyOperation } from '@chung/contracts';
import type { Plays } from '../plays.ts';
import type { FakeReceipts } from '../receipts.ts';
import type { Consents } from '../state/consents.ts';
import type { Store } from '../state/state.ts';
import type { Deliveries } from '../webhooks/deliver.ts';
import { appSubmissionPlays } from './app-submissions.ts';
import { claimPlays } from './claims.ts';
import { codePlays } from './codes.ts';
import { drawPlays } from './draws.ts';
import { eventPlays } from './events.ts';
import { mePlays } from './me.ts';
import { offerPlays } from './offers.ts';
import { partnerOfferPlays } from './partner-offers.ts';
import { partnerRedemptionPlays } from './partner-redemptions.ts';
import { partnerPlays } from './partners.ts';
import { queuePlays } from './queue.ts';
import { redemptionPlays } from './redemptions.ts';
import { webhookPlays } from './webhooks.ts';

/** What members, partners and anybody can call: everything but the admins' own. An operation that is new does not compile until it is played. */
type PlayedId = Exclude<AnyOperation, { readonly actor: 'admin' }>['id'];

export interface PlayParts {
  readonly store: Store;
  readonly receipts: FakeReceipts;
  readonly consents: Consents;
  readonly deliveries: Deliveries;
}

/** Every operation, over one state. */
export function allPlays({ store, receipts, consents, deliveries }: PlayParts): Plays<PlayedId> {
  return {
    ...offerPlays(store),
    ...claimPlays(store),
    ...redemptionPlays(store, receipts),
    ...queuePlays(store),
    ...drawPlays(store),
    ...mePlays(store, consents),
    ...partnerPlays(store),
    ...appSubmissionPlays(store),
    ...partnerOfferPlays(store),
    ...codePlays(store),
    ...partnerRedemptionPlays(store, receipts),
    ...eventPlays(store),
    ...webhookPlays(store, deliveries),
  };
}
