// The Merkle tree of RFC 9162 §2.1: a leaf and a node are hashed with different first bytes, so that neither passes for the other.
import { sha256 } from './statement-canonical.ts';

type Digest = Uint8Array<ArrayBuffer>;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
/** Digests under way at once: enough to keep the threads busy, few enough to keep memory small. */
const TOGETHER = 2_000;

export const leafHash = (content: Digest): Promise<Digest> => sha256(LEAF, content);
const nodeHash = (left: Digest, right: Digest): Promise<Digest> => sha256(NODE, left, right);

/** All levels of the tree over leaf hashes, leaves first; the last is the root alone. Of no leaves the root is the hash of nothing. */
export async function merkleLevels(leaves: readonly Digest[]): Promise<readonly (readonly Digest[])[]> {
  if (leaves.length === 0) return [[await sha256()]];
  const levels: (readonly Digest[])[] = [leaves];
  for (let level = leaves; level.length > 1; ) {
    level = await inTurns(Math.ceil(level.length / 2), (index) => parentOf(level, index));
    levels.push(level);
  }
  return levels;
}

/** One without a neighbour goes up as it is; that gives the same tree as splitting at the largest power of two. */
async function parentOf(level: readonly Digest[], index: number): Promise<Digest> {
  const [left, right] = [level[2 * index], level[2 * index + 1]];
  if (!left) throw new RangeError('a node has at least one child');
  return right ? nodeHash(left, right) : left;
}

/** Does many small digests a few thousand at a time. */
export async function inTurns<Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < count; from += TOGETHER) {
    const size = Math.min(TOGETHER, count - from);
    results.push(...(await Promise.all(Array.from({ length: size }, (_, index) => work(from + index)))));
  }
  return results;
}

/** The digests beside the way up from a leaf, the nearest first (RFC 9162 §2.1.3.1). */
export function merklePath(levels: readonly (readonly Digest[])[], index: number): readonly Digest[] {
  return levels.slice(0, -1).flatMap((level, height) => {
    const beside = level[Math.floor(index / 2 ** height) ^ 1];
    return beside ? [beside] : [];
  });
}

/** The root that a leaf at this place, in a tree of this many, has with this path; null when the path does not fit the place (§2.1.3.2). */
export async function rootFromPath(
  leaf: Digest,
  { index, size, path }: { readonly index: number; readonly size: number; readonly path: readonly Digest[] },
): Promise<Digest | null> {
  if (index < 0 || index >= size) return null;
  let [place, last, root] = [index, size - 1, leaf];
  for (const beside of path) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      root = await nodeHash(beside, root);
      // Where it has no right neighbour it has gone up by itself until it has a left one.
      while (place % 2 === 0 && place !== 0) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
    } else root = await nodeHash(root, beside);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
}
