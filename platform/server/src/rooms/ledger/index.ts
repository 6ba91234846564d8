export { ledgerRoutes } from './http.ts';
export { credit, debit, type Journal, opposite, type Posting, withoutZeroes } from './journal.ts';
export { createLedger, type Ledger } from './ledger.ts';
