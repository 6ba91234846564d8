/**
 * Lets so many pieces of work run at once, and so many begin in a second; the others wait in their order. A call and its giving up are two
 * messages, which the numbers leave room for.
 */
export function createGate({ atOnce, perSecond }: { readonly atOnce: number; readonly perSecond: number }) {
  const waiting: (() => void)[] = [];
  const begun: number[] = [];
  let running = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const next = (): void => {
    const now = Date.now();
    while (begun[0] !== undefined && begun[0] <= now - 1_000) begun.shift();
    while (waiting.length > 0 && running < atOnce && begun.length < perSecond) {
      running += 1;
      begun.push(now);
      waiting.shift()?.();
    }
    const [oldest] = begun;
    // Woken by a piece that ends, or, when the second is full, by the clock.
    if (waiting.length > 0 && begun.length >= perSecond && oldest !== undefined) {
      clearTimeout(timer);
      timer = setTimeout(next, oldest + 1_000 - now);
    }
  };

  return async <Value>(work: () => Promise<Value>, signal?: AbortSignal): Promise<Value> => {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.push(begin);
      next();
    });
    try {
      return await work();
    } finally {
      running -= 1;
      next();
    }
  };
}
