import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { z } from 'zod';
import type { Config } from './config.ts';
import { deriveKeys, type Keys } from './kernel/keys.ts';
import { StartupError } from './kernel/startup-error.ts';

const Stored = z.object({
  secret: z.string().min(43),
  tokenKeys: z.array(z.looseObject({ kty: z.string() })),
  receiptKeys: z.array(z.looseObject({ kty: z.string() })),
});

/** The operator's keys, or in development keys made once and kept (mode 0600) so that sessions and sealed data outlive a restart. */
export async function loadKeys(config: Config): Promise<Keys> {
  const { CHUNG_SECRET: secret, CHUNG_TOKEN_KEYS: token, CHUNG_RECEIPT_KEYS: receipt } = config;
  if (secret && token && receipt) return deriveKeys(secret, { token, receipt });
  const stored = await developmentKeys(path.join(config.dataDirectory, 'secrets.json'));
  return deriveKeys(secret ?? stored.secret, { token: token ?? stored.tokenKeys, receipt: receipt ?? stored.receiptKeys });
}

async function developmentKeys(file: string): Promise<{ secret: string; tokenKeys: JWK[]; receiptKeys: JWK[] }> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new StartupError(`The keys in ${file} cannot be read (${error.code}).`, { cause: error });
  });
  if (text !== null) {
    const parsed = Stored.safeParse(safeJson(text));
    if (!parsed.success)
      throw new StartupError(`The keys in ${file} are damaged; restore the file, or remove the data folder to start anew.`);
    return parsed.data as { secret: string; tokenKeys: JWK[]; receiptKeys: JWK[] };
  }
  const made = {
    secret: randomBytes(32).toString('base64url'),
    tokenKeys: [await makeKey('ES256')],
    receiptKeys: [await makeKey('EdDSA')],
  };
  await writePrivate(file, made);
  return made;
}

async function makeKey(alg: 'ES256' | 'EdDSA'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomBytes(8).toString('hex'), alg, use: 'sig' };
}

/** Writes a file only its owner can read, whole or not at all. */
export async function writePrivate(file: string, content: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, file);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
