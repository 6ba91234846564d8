import { SCOPE_NAMES } from '@chung/contracts';
import type { Provider } from 'oidc-provider';
import { DPOP_ALGORITHMS } from '../tokens/dpop.ts';

const PATHS = new Set(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']);

/** The stock document lists modes that we refuse and not the scopes of our API; both are put right here. */
export function completeMetadata(resource: string): Parameters<Provider['use']>[0] {
  return async (ctx, next) => {
    await next();
    if (!PATHS.has(ctx.path) || ctx.status !== 200) return;
    Object.assign(Object(ctx.body), {
      response_modes_supported: ['query'],
      scopes_supported: [...new Set(['openid', 'offline_access', ...SCOPE_NAMES])],
      ui_locales_supported: ['vi', 'en'],
      protected_resources: [resource],
    });
  };
}

/** RFC 9728: who protects the API and how to call it. */
export function protectedResourceMetadata(issuer: string, resource: string): Record<string, unknown> {
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: SCOPE_NAMES,
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
    resource_name: 'Chung API',
    resource_documentation: `${issuer}/docs/api`,
  };
}
