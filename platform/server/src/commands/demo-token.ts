import path from 'node:path';
import { importJWK, type JWK } from 'jose';
import * as oauth from 'openid-client';
import { readConfig } from '../config.ts';
import { readDemoFile } from '../demo/file.ts';

/** Prints an access token of a demo partner's backend: client credentials with private_key_jwt, as a partner would do it. */
async function printToken(slug: string | undefined): Promise<number> {
  const { dataDirectory } = readConfig(process.env, process.cwd());
  const demo = await readDemoFile(dataDirectory);
  const partner = demo?.partners.find((candidate) => candidate.slug === slug);
  if (!demo || !partner) {
    const known = demo?.partners.map((candidate) => candidate.slug).join(', ') ?? 'none: run npm start first';
    process.stderr.write(`Name a demo partner: npm run demo:token -- SLUG (${known})\n`);
    return 1;
  }
  const { client_id, private_key_jwk: jwk } = partner.client;
  const key = await importJWK(jwk as JWK, 'ES256');
  if (key instanceof Uint8Array) throw new Error('the demo key is symmetric');
  const assertion = oauth.PrivateKeyJwt({ key, kid: String(jwk['kid']) });
  const config = await oauth.discovery(new URL(demo.issuer), client_id, {}, assertion, { execute: [oauth.allowInsecureRequests] });
  const tokens = await oauth.clientCredentialsGrant(config, { resource: demo.resource });
  process.stdout.write(`${tokens.access_token}\n`);
  return 0;
}

process.exitCode = await printToken(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(
    `No token: ${error instanceof Error ? error.message : String(error)}. Is the platform running (npm start in ${path.basename(process.cwd())})?\n`,
  );
  return 1;
});
