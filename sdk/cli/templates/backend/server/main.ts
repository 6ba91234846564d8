import { existsSync } from 'node:fs';
import { connectPartner } from '@chung/client/partner';
import { createApp } from './app.ts';
import { activate } from './deliver.ts';
import { readSettings } from './settings.ts';

const SHUTDOWN_MS = 10_000;
const log = (line: string) => void process.stdout.write(`${line}\n`);

try {
  await start();
} catch (error) {
  // The message alone: a stack helps nobody who forgot a setting.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { issuer, clientId, privateKey, webhookKeys, port } = readSettings(process.env);
  const platform = await connectPartner({ issuer, clientId, privateKey, scopes: ['partner.redemptions:fulfil'] });
  const server = createApp({ platform, activate, webhookKeys, log }).listen(port, (error) => {
    if (error) throw error;
    const address = server.address();
    log(`Listening on http://localhost:${typeof address === 'object' && address ? address.port : port}`);
  });
  // What has begun is answered; then the process ends by itself, and at the latest after ten seconds.
  const stop = () => {
    server.close();
    server.closeIdleConnections();
    setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}
