/** Remembers answers for a fraction of a second, so that a page's burst of calls reads the database once. */
export interface ShortCache<Value> {
  get(key: string, load: () => Promise<Value>): Promise<Value>;
}

const MAX_ENTRIES = 10_000;

/**
 * `milliseconds` is counted from before the load, so an answer is never older than that. Withdrawal must be felt within a second on
 * every node: keep it at 500 or below. Failures are not remembered.
 */
export function createShortCache<Value>(milliseconds: number): ShortCache<Value> {
  const entries = new Map<string, { until: number; value: Promise<Value> }>();
  return {
    get: (key, load) => {
      const now = performance.now();
      const known = entries.get(key);
      if (known && known.until > now) return known.value;
      // Old entries leave in the order they came; the map cannot grow with the number of tokens ever seen.
      if (known) entries.delete(key);
      for (const [oldest, entry] of entries) {
        if (entry.until > now && entries.size < MAX_ENTRIES) break;
        entries.delete(oldest);
      }
      const value = load();
      entries.set(key, { until: now + milliseconds, value });
      value.catch(() => entries.delete(key));
      return value;
    },
  };
}
