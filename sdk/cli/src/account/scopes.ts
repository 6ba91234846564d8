import type { PartnerScope } from '@chung/contracts';

/** The platform's own public client for this command; any loopback port may be its redirect address. */
export const CLIENT_ID = 'chung-cli';

/**
 * What `chung login` asks a partner's person for: exactly what the commands use, so a lost laptop can read events and send apps, and touch
 * neither offers, nor codes, nor redemptions, nor money. A command that needs more adds it here; people then sign in once more.
 */
export const CLI_SCOPES = [
  // login: whose account it is
  'partner.profile:read',
  // status
  'partner.apps:read',
  // submit
  'partner.apps:write',
  // listen, events replay
  'partner.events:read',
  // events replay through the partner's own endpoint
  'partner.webhooks:write',
] as const satisfies readonly PartnerScope[];

export type CliScope = (typeof CLI_SCOPES)[number];
