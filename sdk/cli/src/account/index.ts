// Who is calling, and how commands speak with the platform.
export { ACCOUNT_OPTIONS, type Account, type AccountClient, accountOf } from './account.ts';
export type { CliScope } from './scopes.ts';
