import { MemberOffer, type OfferId } from '@chung/contracts';
import type { Page } from '../../kernel/page.ts';
import { ReadyReply, signsOf } from '../../kernel/route.ts';
import type { OfferForMember } from '../offers/index.ts';
import { memberOfferOf } from './member-offer.ts';

export interface OfferPages {
  /** The answer of a list. */
  ready(page: Page<OfferForMember>, used: ReadonlyMap<OfferId, number>): ReadyReply;
}

/** What of an offer is the same for every member whom it is for: the bytes of its JSON without the last brace, a sign each. */
interface Rendered {
  readonly bytes: string;
  readonly partnerName: string;
  readonly until: number;
}

/** One kilobyte each. */
const RENDERED_MAX = 10_000;
/** Names of provinces and units stand in the reasons; as long they may be the old ones. */
const RENDERED_MS = 60_000;

/**
 * Writes offers as JSON once, not once a reader: what differs between two members whom an offer is for is two values. A listing
 * never changes, so its id is the key; the partner's name is compared. Nothing undeclared can leak: every offer is parsed by the
 * operation's own schema before it is written.
 */
export function createOfferPages(): OfferPages {
  const kept = new Map<string, Rendered>();
  const render = (offer: OfferForMember): string => {
    const now = performance.now();
    const known = kept.get(offer.listingId);
    if (known && known.until > now && known.partnerName === offer.partner.name) return known.bytes;
    const rendered = { bytes: bytesOf(offer), partnerName: offer.partner.name, until: now + RENDERED_MS };
    kept.delete(offer.listingId);
    kept.set(offer.listingId, rendered);
    const [oldest] = kept.keys();
    if (kept.size > RENDERED_MAX && oldest !== undefined) kept.delete(oldest);
    return rendered.bytes;
  };
  return {
    ready: ({ items, nextCursor }, used) => {
      let bytes = '{"items":[';
      let comma = '';
      for (const offer of items) {
        bytes += `${comma}${render(offer)},"soldOut":${offer.soldOut},"usedByMember":${used.get(offer.offerId) ?? 0}}`;
        comma = ',';
      }
      return new ReadyReply(`${bytes}],"nextCursor":${signsOf(JSON.stringify(nextCursor))}}`);
    },
  };
}

function bytesOf(offer: OfferForMember): string {
  const { soldOut: _sold, usedByMember: _used, ...same } = MemberOffer.parse(memberOfferOf({ ...offer, reasons: offer.reasons() }, 0));
  return signsOf(JSON.stringify(same).slice(0, -1));
}
