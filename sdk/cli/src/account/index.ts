// Who is calling, and how commands speak with the platform.
export { ACCOUNT_OPTIONS, type Account, accountOf } from './account.ts';
