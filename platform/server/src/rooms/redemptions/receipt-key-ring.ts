import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Db } from '../../kernel/db.ts';
import type { Vault } from '../../kernel/vault.ts';
import { addKey, destroyReplaced, type KeysRead, readKeys, revokeKey } from './receipt-key-store.ts';
import { PUBLISHED_AHEAD_SECONDS, publishedOf, type ReceiptKeys, ROTATE_AFTER_DAYS, signingAt } from './receipt-keys.ts';

/** A revoked key counts nowhere after this time; one small query in it is all that a node pays. */
const RELOAD_MS = 5_000;
/** A token may name any key: made-up names must not make us ask the database at every request. */
const ASK_AGAIN_MS = 1_000;

export interface KeyRingDeps {
  readonly db: Pick<Db, 'query'>;
  readonly vault: Vault;
  /** The keys that signed before there was a table, the signing one first; they become its first rows. */
  readonly first: readonly JWK[];
}

/** Keys in the database, the private parts sealed: every node signs with the same one and sees a rotation at once. */
export interface KeyRing extends ReceiptKeys {
  /** Makes the next key, published now and signing in an hour. False when one is waiting already. */
  rotate(): Promise<boolean>;
  /** Takes a stolen key out of use; if none is left to sign, the next one signs at once. False when it is unknown. */
  revoke(kid: string): Promise<boolean>;
  /** The worker's job: rotates by age and destroys private parts that sign no more. */
  tend(): Promise<void>;
}

export async function makeReceiptKey(): Promise<JWK & { kid: string }> {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomBytes(8).toString('hex') };
}

interface Loaded extends KeysRead {
  readonly at: number;
}

/** The database's time without asking again. The host's clock has no part in it: it may jump. */
const timeOf = ({ now, at }: Loaded) => new Date(now.getTime() + performance.now() - at);

export function createKeyRing({ db, vault, first }: KeyRingDeps): KeyRing {
  let loaded: Loaded | null = null;
  let loading: Promise<Loaded> | null = null;

  const load = async (): Promise<Loaded> => {
    loaded = { ...(await readOrMake({ db, vault, first })), at: performance.now() };
    return loaded;
  };
  const reload = (): Promise<Loaded> => {
    loading ??= load().finally(() => {
      loading = null;
    });
    return loading;
  };
  const youngerThan = async (maxAgeMs: number): Promise<Loaded> => {
    if (loaded && performance.now() - loaded.at < maxAgeMs) return loaded;
    const before = loaded;
    // Without the database the last known keys serve on: verifying and publishing need no more.
    return reload().catch((error: unknown) => {
      if (before) return before;
      throw error;
    });
  };
  const changed = async <Result>(work: Promise<Result>): Promise<Result> => {
    const result = await work;
    await reload();
    return result;
  };
  const add = async (days: number) =>
    addKey(db, vault, {
      jwk: await makeReceiptKey(),
      aheadSeconds: PUBLISHED_AHEAD_SECONDS,
      onlyIf: { youngestIsOlderThanDays: days },
    });

  return {
    signing: async (now) => {
      const ring = await youngerThan(RELOAD_MS);
      // A first key may be younger than the request that it is made for.
      const key = signingAt(ring.keys, new Date(Math.max(now.getTime(), timeOf(ring).getTime())));
      if (!key?.privateKey) throw new Error('no key for receipts signs yet');
      return key.privateKey;
    },
    verifying: async (kid, now) => {
      const find = ({ keys }: Loaded) => publishedOf(keys, now).find((key) => key.kid === kid) ?? null;
      return find(await youngerThan(RELOAD_MS)) ?? find(await youngerThan(ASK_AGAIN_MS));
    },
    published: async () => {
      const ring = await youngerThan(RELOAD_MS);
      return { keys: publishedOf(ring.keys, timeOf(ring)) };
    },
    rotate: async () => {
      // First the keys that were there before the table: a new one must not come before them.
      await youngerThan(RELOAD_MS);
      return changed(add(0));
    },
    revoke: async (kid) => {
      await youngerThan(RELOAD_MS);
      return changed(revokeKey(db, kid));
    },
    tend: async () => {
      await youngerThan(RELOAD_MS);
      if (await add(ROTATE_AFTER_DAYS)) await reload();
      await destroyReplaced(db);
    },
  };
}

/** The keys as they are; an empty table gets the first ones, and a table without a key that signs gets one that does. */
async function readOrMake({ db, vault, first }: KeyRingDeps): Promise<KeysRead> {
  const read = await readKeys(db, vault);
  if (signingAt(read.keys, read.now)) return read;
  // The signing one stands first in the list and has to be the youngest in the table.
  const seeds = first.flatMap((jwk) => (jwk.kid === undefined ? [] : [{ ...jwk, kid: jwk.kid }])).toReversed();
  const isEmpty = read.generation === 0 && seeds.length > 0;
  const added = isEmpty ? seeds : [await makeReceiptKey()];
  for (const [index, jwk] of added.entries())
    await addKey(db, vault, { jwk, aheadSeconds: 0, onlyIf: { youngestIs: read.generation + index } });
  return readKeys(db, vault);
}
