export type { Account, AccountKind, NewAccount } from './account.ts';
export type { NewApp } from './app.ts';
export type { ApiRequest } from './authenticate.ts';
export { identityRoutes } from './http.ts';
export { createIdentity, type Identity, type IdentityOptions } from './identity.ts';
export type { Withdrawal } from './withdraw-scope.ts';
