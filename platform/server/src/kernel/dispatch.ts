import { DomainError } from './errors.ts';

/** What a method and a path lead to, with what the path names. */
export interface Found<Target> {
  readonly target: Target;
  readonly params: Readonly<Record<string, string>>;
}

export interface Entry<Target> {
  readonly method: string;
  /** `/v1/offers/{offerId}`. */
  readonly path: string;
  readonly target: Target;
}

interface Leaf<Target> {
  readonly target: Target;
  /** Where in the path each parameter stands. */
  readonly places: readonly { readonly name: string; readonly at: number }[];
}

interface Branch<Target> {
  readonly words: Map<string, Branch<Target>>;
  any: Branch<Target> | null;
  readonly leaves: Map<string, Leaf<Target>>;
}

const PARAMETER = /^\{(\w+)\}$/;

/**
 * Finds one of many addresses word by word, where a router of Express tries one pattern after the other: with a hundred operations
 * that was more than a request's own work. Reads addresses as Express does: capitals do not matter in words, one slash at the end
 * is none, HEAD is GET.
 */
export function createDispatch<Target>(entries: readonly Entry<Target>[]): (method: string, path: string) => Found<Target> | null {
  const root = newBranch<Target>();
  for (const { method, path, target } of entries) {
    let branch = root;
    const places: { name: string; at: number }[] = [];
    for (const [at, segment] of path.split('/').entries()) {
      const [, name] = PARAMETER.exec(segment) ?? [];
      if (name !== undefined) places.push({ name, at });
      branch = name === undefined ? wordOf(branch, segment) : anyOf(branch);
    }
    if (branch.leaves.has(method)) throw new Error(`${method} ${path} is declared twice`);
    branch.leaves.set(method, { target, places });
  }
  return (method, path) => {
    const segments = path.split('/');
    if (segments.length > 2 && segments.at(-1) === '') segments.pop();
    const leaf = descend(root, segments, { at: 0, method: method === 'HEAD' ? 'GET' : method });
    return leaf && { target: leaf.target, params: paramsOf(leaf, segments) };
  };
}

const newBranch = <Target>(): Branch<Target> => ({ words: new Map(), any: null, leaves: new Map() });

function wordOf<Target>(branch: Branch<Target>, segment: string): Branch<Target> {
  const word = segment.toLowerCase();
  const next = branch.words.get(word) ?? newBranch<Target>();
  branch.words.set(word, next);
  return next;
}

function anyOf<Target>(branch: Branch<Target>): Branch<Target> {
  branch.any ??= newBranch<Target>();
  return branch.any;
}

/** A word before a parameter; where the word leads nowhere, the parameter is tried. */
function descend<Target>(
  branch: Branch<Target>,
  segments: readonly string[],
  { at, method }: { at: number; method: string },
): Leaf<Target> | null {
  const segment = segments[at];
  if (segment === undefined) return branch.leaves.get(method) ?? null;
  const next = { at: at + 1, method };
  const word = branch.words.get(segment.toLowerCase());
  const found = word ? descend(word, segments, next) : null;
  if (found || !branch.any || segment === '') return found;
  return descend(branch.any, segments, next);
}

function paramsOf({ places }: Leaf<unknown>, segments: readonly string[]): Record<string, string> {
  // Without a prototype: names are ours, and yet nothing may be found that was not sent.
  const params: Record<string, string> = Object.create(null);
  for (const { name, at } of places) params[name] = decoded(segments[at] ?? '');
  return params;
}

function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new DomainError('invalid_request', { cause });
  }
}
