// What redemptions should do, small enough to be seen to be right: no database, no concurrency, no money but counts.

export interface OfferSpec {
  readonly stock: number;
  readonly held: boolean;
  /** Size of the code pool; null without one. */
  readonly codes: number | null;
  readonly perMember: number;
  readonly perDay: number | null;
  /** What platform and partner pay for each redemption; the two parts are given, so that the model does no rounding. */
  readonly cashback: { readonly platform: number; readonly partner: number } | null;
}

type State = 'RESERVED' | 'REDEEMED' | 'FULFILLED' | 'RELEASED' | 'EXPIRED' | 'REVERSED';

interface ModelRedemption {
  readonly offer: number;
  readonly member: number;
  readonly key: string;
  state: State;
  lapsed: boolean;
  readonly events: string[];
  readonly journals: string[];
}

export type Action =
  | { readonly kind: 'claim'; readonly member: number; readonly offer: number; readonly key: string }
  | { readonly kind: 'confirm' | 'fulfil' | 'cancel' | 'reverse' | 'lapse'; readonly target: number }
  | { readonly kind: 'sweep' }
  | { readonly kind: 'restock'; readonly offer: number; readonly stock: number }
  | { readonly kind: 'pause' | 'resume'; readonly offer: number };

/** What an offer looks like from outside; the test reads the same from the database. */
export interface OfferView {
  readonly units: { readonly stock: number; readonly held: number; readonly redeemed: number };
  readonly codes: { readonly free: number; readonly live: number; readonly voided: number };
  readonly redemptions: readonly { readonly state: State; readonly events: string; readonly journals: string }[];
  /** Live uses of each member in the offer's life, and of this day. */
  readonly used: Readonly<Record<number, readonly [life: number, today: number]>>;
  /** Balance of each account, without those of zero. */
  readonly balances: Readonly<Record<string, number>>;
}

const FEE = 2_000;
const VAT = 160;
const LIVE: readonly State[] = ['RESERVED', 'REDEEMED', 'FULFILLED'];
const CHARGED: readonly State[] = ['REDEEMED', 'FULFILLED'];

export class RedemptionModel {
  readonly redemptions: ModelRedemption[] = [];
  readonly #offers: { spec: OfferSpec; stock: number; paused: boolean }[];

  constructor(specs: readonly OfferSpec[]) {
    this.#offers = specs.map((spec) => ({ spec, stock: spec.stock, paused: false }));
  }

  apply(action: Action): string {
    switch (action.kind) {
      case 'claim':
        return this.#claim(action);
      case 'sweep':
        return this.#sweep();
      case 'restock':
        return this.#restock(action.offer, action.stock);
      case 'pause':
      case 'resume':
        this.#offer(action.offer).paused = action.kind === 'pause';
        return 'done';
      default:
        return this.#change(action.kind, this.redemptions[action.target % this.redemptions.length]);
    }
  }

  #of(offer: number, states: readonly State[]): ModelRedemption[] {
    return this.redemptions.filter((one) => one.offer === offer && states.includes(one.state));
  }

  #offer(offer: number): { spec: OfferSpec; stock: number; paused: boolean } {
    const found = this.#offers[offer];
    if (!found) throw new Error(`the model has no offer ${offer}`);
    return found;
  }

  #claim({ member, offer, key }: { member: number; offer: number; key: string }): string {
    const earlier = this.redemptions.findIndex((one) => one.member === member && one.key === key);
    if (earlier >= 0) return this.redemptions[earlier]?.offer === offer ? `redemption ${earlier}` : 'idempotency_key_reused';
    const { spec, stock, paused } = this.#offer(offer);
    if (paused) return 'offer_not_open';
    const live = this.#of(offer, LIVE);
    const mine = live.filter((one) => one.member === member).length;
    if (live.length >= stock) return 'offer_sold_out';
    if (mine >= spec.perMember || (spec.perDay !== null && mine >= spec.perDay)) return 'limit_reached';
    if (spec.codes !== null && spec.codes <= this.redemptions.filter((one) => one.offer === offer).length) return 'codes_exhausted';
    const first = spec.held ? 'reserved' : 'redeemed';
    this.redemptions.push({
      offer,
      member,
      key,
      state: spec.held ? 'RESERVED' : 'REDEEMED',
      lapsed: false,
      events: [first],
      journals: [first],
    });
    return `redemption ${this.redemptions.length - 1}`;
  }

  #change(kind: 'confirm' | 'fulfil' | 'cancel' | 'reverse' | 'lapse', one: ModelRedemption | undefined): string {
    if (!one) return 'nothing';
    const open = one.state === 'RESERVED' && !one.lapsed;
    const over = one.state === 'EXPIRED' || (one.state === 'RESERVED' && one.lapsed);
    if (kind === 'lapse') {
      one.lapsed ||= one.state === 'RESERVED';
      return 'done';
    }
    if (kind === 'reverse') return CHARGED.includes(one.state) ? move(one, 'REVERSED', { journal: true }) : 'wrong_state';
    if (over) return 'reservation_expired';
    if (kind === 'fulfil' && open) move(one, 'REDEEMED', { journal: true });
    if (kind === 'fulfil') return one.state === 'REDEEMED' ? move(one, 'FULFILLED', { journal: false }) : 'wrong_state';
    if (!open) return 'wrong_state';
    return move(one, kind === 'confirm' ? 'REDEEMED' : 'RELEASED', { journal: true });
  }

  #sweep(): string {
    const over = this.redemptions.filter((one) => one.state === 'RESERVED' && one.lapsed);
    for (const one of over) move(one, 'EXPIRED', { journal: true });
    return `${over.length} expired`;
  }

  #restock(offer: number, stock: number): string {
    const live = this.#of(offer, LIVE).length;
    const { spec, stock: before } = this.#offer(offer);
    // A live offer is given no more units than its pool has codes for; codes that were given out once are gone.
    const given = this.redemptions.filter((one) => one.offer === offer).length;
    if (spec.codes !== null && stock > before && spec.codes - given < stock - live) return 'checks_failed';
    if (live > stock) return 'stock_below_redeemed';
    this.#offer(offer).stock = stock;
    return 'done';
  }

  view(offer: number): OfferView {
    const { spec, stock } = this.#offer(offer);
    const all = this.redemptions.filter((one) => one.offer === offer);
    const live = this.#of(offer, LIVE);
    const charged = this.#of(offer, CHARGED).length;
    const used: Record<number, readonly [number, number]> = {};
    for (const { member } of all) {
      const uses = live.filter((one) => one.member === member).length;
      used[member] = [uses, uses];
    }
    const held = live.length - charged;
    const taken = spec.codes === null ? 0 : all.length;
    const { platform, partner } = spec.cashback ?? { platform: 0, partner: 0 };
    return {
      units: { stock, held, redeemed: charged },
      codes: {
        free: (spec.codes ?? 0) - taken,
        live: spec.codes === null ? 0 : live.length,
        voided: spec.codes === null ? 0 : taken - live.length,
      },
      redemptions: all.map(({ state, events, journals }) => ({
        state,
        events: events.join(' '),
        journals: journals.toSorted().join(' '),
      })),
      used,
      balances: withoutZeroes({
        1200: charged * (FEE + VAT),
        4110: charged * -FEE,
        2300: charged * -VAT,
        5140: charged * platform,
        2100: charged * partner,
        2210: charged * -(platform + partner),
        9000: -live.length,
        9100: held,
        9200: charged,
      }),
    };
  }
}

function move(one: ModelRedemption, state: State, { journal }: { journal: boolean }): string {
  one.state = state;
  one.events.push(state.toLowerCase());
  if (journal) one.journals.push(state.toLowerCase());
  return 'done';
}

export function withoutZeroes(balances: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(balances).filter(([, balance]) => balance !== 0));
}
