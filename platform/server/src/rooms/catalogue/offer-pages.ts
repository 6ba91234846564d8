import { MemberOffer, type OfferId } from '@chung/contracts';
import type { Page } from '../../kernel/page.ts';
import { ReadyReply } from '../../kernel/route.ts';
import type { OfferForMember } from '../offers/index.ts';
import { memberOfferOf } from './member-offer.ts';

export interface OfferPages {
  /** The answer of a list as bytes. */
  ready(page: Page<OfferForMember>, used: ReadonlyMap<OfferId, number>): ReadyReply;
}

/** What of an offer is the same for every member whom it is for, as JSON without its last brace. */
interface Rendered {
  readonly bytes: Buffer;
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
  const render = (offer: OfferForMember): Buffer => {
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
      const parts: Buffer[] = [];
      for (const offer of items) {
        parts.push(Buffer.from(parts.length === 0 ? '{"items":[' : ','), render(offer));
        parts.push(Buffer.from(`,"soldOut":${offer.soldOut},"usedByMember":${used.get(offer.offerId) ?? 0}}`));
      }
      const end = `],"nextCursor":${JSON.stringify(nextCursor)}}`;
      return new ReadyReply(Buffer.concat([...parts, Buffer.from(items.length === 0 ? `{"items":[${end}` : end)]));
    },
  };
}

function bytesOf(offer: OfferForMember): Buffer {
  const { soldOut: _sold, usedByMember: _used, ...same } = MemberOffer.parse(memberOfferOf({ ...offer, reasons: offer.reasons() }, 0));
  return Buffer.from(JSON.stringify(same).slice(0, -1));
}
