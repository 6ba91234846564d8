import type { OfferDraft, PartnerId } from '@chung/contracts';
import type { Charges, FakeRedemption } from './records.ts';

const WHOLE = 10_000n;
const STANDARD_VAT = [
  { from: '2027-01-01T00:00:00+07:00', basisPoints: 1_000 },
  { from: '2025-07-01T00:00:00+07:00', basisPoints: 800 },
] as const;
/** Of the contract that a partner gets with its approval. */
const FEE_MINOR = 2_000;

/** A part of an amount, half up; counted in whole numbers, for a product of two amounts need not be exact. */
export const partOf = (amountMinor: number, basisPoints: number): number =>
  Number((BigInt(amountMinor) * BigInt(basisPoints) + WHOLE / 2n) / WHOLE);

/** What a redemption of these terms costs its partner when it is claimed at this time. */
export function chargesOf(terms: OfferDraft, at: Date): Charges {
  const rate = STANDARD_VAT.find(({ from }) => Date.parse(from) <= at.getTime()) ?? STANDARD_VAT[1];
  const whole = terms.benefit.kind === 'cashback' ? terms.benefit.cashbackMinor : 0;
  const platformMinor = partOf(whole, terms.funding.find(({ by }) => by === 'platform')?.shareBasisPoints ?? 0);
  return {
    feeMinor: FEE_MINOR,
    vatMinor: partOf(FEE_MINOR, rate.basisPoints),
    vatBasisPoints: rate.basisPoints,
    cashback: { platformMinor, partnerMinor: whole - platformMinor },
  };
}

interface Sums {
  debitMinor: number;
  creditMinor: number;
}

/** A partner's own accounts: 1200 what it owes, 2100 what it is owed or has promised back, 2300 VAT, 4110 fees. */
export interface Ledger {
  /** A redemption was used: its fee, VAT and promised cashback are owed. */
  redeemed(redemption: FakeRedemption): void;
  /** A part of that is taken back, from one share of the whole to another; all parts together are exactly the whole. */
  reversed(redemption: FakeRedemption, parts: { readonly before: number; readonly after: number }): void;
  sumsOf(partnerId: PartnerId): ReadonlyMap<string, Sums>;
}

/** What is posted is kept in sums for each account; every posting is balanced but for what belongs to an offer and not to the partner. */
export function createLedger(): Ledger {
  const accounts = new Map<PartnerId, Map<string, Sums>>();
  const post = (partnerId: PartnerId, account: string, amountMinor: number) => {
    if (amountMinor === 0) return;
    const own = accounts.get(partnerId) ?? new Map<string, Sums>();
    accounts.set(partnerId, own);
    const sums = own.get(account) ?? { debitMinor: 0, creditMinor: 0 };
    own.set(account, sums);
    if (amountMinor > 0) sums.debitMinor += amountMinor;
    else sums.creditMinor -= amountMinor;
  };
  const postAll = ({ offer, charges }: FakeRedemption, share: (whole: number) => number, sign: 1 | -1) => {
    const [fee, vat] = [share(charges.feeMinor), share(charges.vatMinor)];
    post(offer.partner.id, '1200', sign * (fee + vat));
    post(offer.partner.id, '4110', -sign * fee);
    post(offer.partner.id, '2300', -sign * vat);
    post(offer.partner.id, '2100', sign * share(charges.cashback.partnerMinor));
  };
  return {
    redeemed: (redemption) => postAll(redemption, (whole) => whole, 1),
    reversed: (redemption, { before, after }) => postAll(redemption, (whole) => partOf(whole, after) - partOf(whole, before), -1),
    sumsOf: (partnerId) => new Map([...(accounts.get(partnerId) ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}
