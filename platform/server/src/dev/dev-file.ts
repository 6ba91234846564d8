import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { OfferId } from '@chung/contracts';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { safeJson, writePrivate } from '../secrets.ts';

const Key = z.looseObject({ kty: z.string(), kid: z.string() });

const DevFile = z.object({
  keys: z.object({ miniApp: Key, backend: Key, console: Key }),
  /** Which offer on the platform is which of the manifest's, by app and ref. */
  offers: z.record(z.string(), OfferId),
});
export type DevFile = z.infer<typeof DevFile>;

const fileIn = (dataDirectory: string) => path.join(dataDirectory, 'dev.json');

/** What outlives a restart of `chung dev`: keys, so that a backend's settings stay true, and which offer is which. */
export async function readDevFile(dataDirectory: string): Promise<DevFile> {
  const text = await readFile(fileIn(dataDirectory), 'utf8').catch(() => '');
  const kept = DevFile.safeParse(safeJson(text));
  if (kept.success) return kept.data;
  const fresh = { keys: { miniApp: await makeKey(), backend: await makeKey(), console: await makeKey() }, offers: {} };
  await writeDevFile(dataDirectory, fresh);
  return fresh;
}

export const writeDevFile = (dataDirectory: string, file: DevFile): Promise<void> => writePrivate(fileIn(dataDirectory), file);

async function makeKey(): Promise<z.infer<typeof Key>> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return Key.parse({ ...jwk, kid: `dev-${String(jwk.x).slice(0, 8)}`, alg: 'ES256', use: 'sig' });
}
