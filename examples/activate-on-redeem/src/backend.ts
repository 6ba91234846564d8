import { connectPartner, type PartnerClient } from '@chung/client/partner';

export interface BackendSettings {
  /** The platform's issuer, also the base of its API. */
  readonly issuer: string;
  readonly clientId: string;
  /** The private key whose public part is registered for this app; ES256. */
  readonly privateKey: Parameters<typeof connectPartner>[0]['privateKey'];
}

export type Backend = PartnerClient<'partner.events:read' | 'partner.redemptions:fulfil'>;

/** Signs this backend in and keeps it signed in; another operation than these scopes open would not compile. */
export const connectBackend = (settings: BackendSettings): Promise<Backend> =>
  connectPartner({ ...settings, scopes: ['partner.events:read', 'partner.redemptions:fulfil'] });
