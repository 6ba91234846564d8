// Rotates the keys that sign receipts: `npm run keys:rotate`, and for a stolen key `npm run keys:rotate -- --revoke KID`.
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { createDb } from '../kernel/db.ts';
import { StartupError } from '../kernel/startup-error.ts';
import { createVault } from '../kernel/vault.ts';
import { createKeyRing, type KeyRing, makeReceiptKey, PUBLISHED_AHEAD_SECONDS } from '../rooms/redemptions/index.ts';
import { loadKeys } from '../secrets.ts';
import { openDatabaseOfTools } from './open-database.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const tell = (line: string) => void process.stderr.write(`${line}\n`);
const timeOf = (seconds: number | undefined) => (seconds === undefined ? '–' : new Date(seconds * 1000).toISOString());

/** The operator keeps these keys: we make the next one and say where it goes. Only the secret is on standard output. */
async function printNextKey(): Promise<void> {
  const nbf = Math.floor(Date.now() / 1000) + PUBLISHED_AHEAD_SECONDS;
  tell(`CHUNG_RECEIPT_KEYS is set, so the keys are yours to rotate. Put this key FIRST in the set and restart every node before
${timeOf(nbf)}; until then it is only published. Keep the old keys; once the new one signs, remove the "d" of the old.
To take a stolen key out of use, remove it from the set.`);
  say(JSON.stringify({ ...(await makeReceiptKey()), nbf }));
}

async function rotate(ring: KeyRing, revoked: string | undefined): Promise<void> {
  if (revoked !== undefined && !(await ring.revoke(revoked))) throw new StartupError(`There is no key ${revoked} in use.`);
  const done = revoked === undefined ? await ring.rotate() : true;
  say(done ? 'The keys for receipts:' : 'A new key waits for its time already; nothing was changed. The keys for receipts:');
  for (const { kid, nbf, exp } of (await ring.published()).keys) say(`  ${kid}  signs from ${timeOf(nbf)}  verifies until ${timeOf(exp)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { revoke: { type: 'string' } } });
  const config = readConfig({ CHUNG_DEMO: '0', ...process.env }, process.env['INIT_CWD'] ?? process.cwd());
  if (config.CHUNG_RECEIPT_KEYS) return printNextKey();
  const keys = await loadKeys(config);
  const database = await openDatabaseOfTools(config, { serverPassword: keys.databaseRole, say: tell });
  const db = createDb(database.serverUrl, { poolSize: 2, onIdleError: () => {} });
  try {
    await rotate(createKeyRing({ db, vault: createVault(keys.vault), first: keys.receiptSigning }), values.revoke);
  } finally {
    await db.close();
    await database.close();
  }
}

await main().catch((error: unknown) => {
  tell(error instanceof StartupError ? error.message : String(error));
  process.exitCode = 1;
});
