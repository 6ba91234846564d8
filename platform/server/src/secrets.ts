import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import type { Config } from './config.ts';
import { deriveKeys, type Keys } from './kernel/keys.ts';
import { StartupError } from './kernel/startup-error.ts';

const Jwk = z.looseObject({ kty: z.string(), kid: z.string(), d: z.string() });
const Stored = z.object({
  secret: z.string().min(43),
  tokenKeys: z.array(Jwk).min(1),
  receiptKeys: z.array(Jwk).min(1),
});
type Stored = z.infer<typeof Stored>;

/** The operator's keys, or in development keys made once and kept (mode 0600) so that sessions and sealed data outlive a restart. */
export async function loadKeys(config: Config): Promise<Keys> {
  const { CHUNG_SECRET: secret, CHUNG_TOKEN_KEYS: token, CHUNG_RECEIPT_KEYS: receipt } = config;
  if (secret && token && receipt) return deriveKeys(secret, { token, receipt });
  const stored = await developmentKeys(path.join(config.dataDirectory, 'secrets.json'));
  return deriveKeys(secret ?? stored.secret, { token: token ?? stored.tokenKeys, receipt: receipt ?? stored.receiptKeys });
}

async function developmentKeys(file: string): Promise<Stored> {
  const kept = await readKeys(file);
  if (kept) return kept;
  const made = {
    secret: randomBytes(32).toString('base64url'),
    tokenKeys: [await makeKey('ES256')],
    receiptKeys: [await makeKey('EdDSA')],
  };
  // Two first starts at once must end with the keys of one: what the other had sealed would never open again.
  await writePrivate(file, made, { keepExisting: true });
  return (await readKeys(file)) ?? made;
}

async function readKeys(file: string): Promise<Stored | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new StartupError(`The keys in ${file} cannot be read (${error.code}).`, { cause: error });
  });
  if (text === null) return null;
  const parsed = Stored.safeParse(safeJson(text));
  if (parsed.success) return parsed.data;
  throw new StartupError(`The keys in ${file} are damaged; restore the file, or remove the data folder to start anew.`);
}

async function makeKey(alg: 'ES256' | 'EdDSA'): Promise<z.infer<typeof Jwk>> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return Jwk.parse({ ...(await exportJWK(privateKey)), kid: randomBytes(8).toString('hex'), alg, use: 'sig' });
}

/** Writes a file only its owner can read, whole or not at all; with `keepExisting`, only if there is none yet. */
export async function writePrivate(file: string, content: unknown, { keepExisting = false } = {}): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  // A name of its own, made anew: the mode counts only for a new file, and two writers must not write into one.
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    if (keepExisting) await link(temporary, file).catch(ignoreExisting);
    else await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** `null` for what is no JSON: a file cut off half-way is then told as damaged and not as our bug. */
export function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
