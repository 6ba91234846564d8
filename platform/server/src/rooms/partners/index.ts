export type { ContractTerms, ContractVersion, ServiceClass } from './contract.ts';
export { partnersRoutes } from './http.ts';
export { createPartners, type Partners } from './partners.ts';
export type { PartnerIdentity } from './register-partner.ts';
