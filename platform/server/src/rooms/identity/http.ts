import { listConsents, listGrants, listPartnerApps, withdrawScope } from '@chung/contracts';
import { on, type Route } from '../../kernel/route.ts';
import type { Identity } from './identity.ts';

/** The room's operations; sign-in and tokens are no operations of the registry and live in `identity.router`. */
export function identityRoutes(identity: Identity): Route[] {
  return [
    on(listGrants, ({ principal, query }) =>
      identity.listGrants({ memberId: principal.memberId, cursor: query.cursor, limit: query.limit }),
    ),
    on(withdrawScope, async ({ principal, params, language }) => {
      await identity.withdrawScope({ memberId: principal.memberId, grantId: params.grantId, scope: params.scope, language });
      return undefined;
    }),
    on(listConsents, ({ principal, query }) =>
      identity.listConsents({ memberId: principal.memberId, cursor: query.cursor, limit: query.limit }),
    ),
    on(listPartnerApps, ({ principal, query }) =>
      identity.listClients({ partnerId: principal.partnerId, cursor: query.cursor, limit: query.limit }),
    ),
  ];
}
