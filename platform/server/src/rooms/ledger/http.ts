import { getBalance, getTrialBalance } from '@chung/contracts';
import { on, type Route } from '../../kernel/route.ts';
import { readBalance } from './get-balance.ts';
import { readTrialBalance } from './get-trial-balance.ts';
import type { LedgerDeps } from './ledger.ts';

export const ledgerRoutes = ({ db }: LedgerDeps): Route[] => [
  on(getTrialBalance, () => readTrialBalance(db)),
  on(getBalance, ({ principal }) => readBalance(db, principal.partnerId)),
];
