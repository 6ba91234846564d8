/** Decides the VAT on the platform's fee; a partner's contract names one. */
export type ServiceClass = 'standard' | 'telecom' | 'finance';

/** What a partner owes the platform at one moment: the contract version in force and the VAT rate of that tax date. */
export interface ContractTerms {
  /** Stands on each ledger line, so that a statement can name the terms it was made by. */
  readonly version: number;
  readonly feePerRedemptionMinor: bigint;
  readonly commissionBasisPoints: number;
  /** Of the service class at the tax date; not part of the contract, because the law changes it on a date for everyone. */
  readonly vatBasisPoints: number;
  readonly serviceClass: ServiceClass;
}

/** A contract version to add; it is in force from `validFrom` until the next version begins. */
export interface ContractVersion {
  readonly validFrom: Date;
  readonly feePerRedemptionMinor: bigint;
  readonly commissionBasisPoints: number;
  readonly serviceClass: ServiceClass;
}

/** The contract a partner gets with its approval: 2,000 đ a redemption, no commission. An operator adds versions for other deals. */
export const DEFAULT_CONTRACT: Omit<ContractVersion, 'validFrom'> = {
  feePerRedemptionMinor: 2_000n,
  commissionBasisPoints: 0,
  serviceClass: 'standard',
};
