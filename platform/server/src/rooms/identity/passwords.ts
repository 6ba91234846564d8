import { hash, verify } from '@node-rs/argon2';

// OWASP's argon2id numbers: 19 MiB, two passes; about 20 ms on a server core. (2 is Argon2id: the package's const enum has no run time.)
const OPTIONS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const MAX_PASSWORD_LENGTH = 200;

export const hashPassword = (password: string): Promise<string> => hash(password, OPTIONS);

let decoy: Promise<string> | undefined;

/**
 * Compares a password. Without a hash (no such account, or one without a password) it does the same work against a decoy,
 * so that the time tells nobody which accounts exist.
 */
export async function passwordMatches(stored: string | null, password: string): Promise<boolean> {
  // Longer than any we accept at registration: refused before it costs memory.
  if (password.length > MAX_PASSWORD_LENGTH) return false;
  decoy ??= hashPassword('decoy');
  const matches = await verify(stored ?? (await decoy), password);
  return matches && stored !== null;
}
