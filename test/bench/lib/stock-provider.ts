// oidc-provider as it comes: memory adapter, RS256, nothing of ours around it. A process of its own, told on the command line its
// port and the public key of a client that authenticates by private_key_jwt; the client `basic` has a secret.
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const [port = '', publicJwk = '{}', clientId = '', scope = ''] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
const resource = `${issuer}/v1`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const common = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
const provider = new Provider(issuer, {
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' }] },
  clients: [
    { ...common, client_id: clientId, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [JSON.parse(publicJwk)] } },
    { ...common, client_id: 'basic', client_secret: 'a secret of the bench' },
  ],
  scopes: [scope],
  ttl: { ClientCredentials: 600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => resource,
      useGrantedResource: async () => true,
      getResourceServerInfo: async () => ({ scope, audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
    },
  },
});
provider.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
