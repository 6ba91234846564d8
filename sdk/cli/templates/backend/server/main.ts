import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connectPartner } from '@chung/client/partner';
import { createApp } from './app.ts';
import { activate } from './deliver.ts';
import { readSettings } from './settings.ts';

const SHUTDOWN_MS = 10_000;
const log = (line: string) => void process.stdout.write(`${line}\n`);

async function start(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { issuer, clientId, privateKey, webhookKeys, port } = readSettings(process.env);
  const platform = await connectPartner({ issuer, clientId, privateKey, scopes: ['partner.redemptions:fulfil'] }).catch(
    (cause: unknown) => {
      throw new Error(`Signing in as ${clientId} at ${issuer} failed: ${reasonOf(cause)}`, { cause });
    },
  );
  const server = createApp({ platform, activate, webhookKeys, log }).listen(port);
  await once(server, 'listening');
  const address = server.address();
  log(`Listening on http://localhost:${typeof address === 'object' && address ? address.port : port}`);
  // What has begun is answered; then the process ends by itself, and at the latest after ten seconds.
  const stop = () => {
    server.close();
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

/** What went wrong underneath is what helps: "fetch failed" says less than "ECONNREFUSED". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  // OAuth describes a refusal in a field of its own; two addresses that both fail have a code and no message.
  const { message, error_description, code }: { message: string; error_description?: unknown; code?: unknown } = error;
  return typeof error_description === 'string' ? error_description : message || String(code);
}

start().catch((error: unknown) => {
  // The message alone: a stack helps nobody who forgot a setting.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
