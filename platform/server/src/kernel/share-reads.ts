interface Waiting<Key, Answer> {
  readonly keys: Set<Key>;
  readonly answer: PromiseWithResolvers<Answer>;
}

/**
 * One read for all who ask while the last one runs: their keys are united, and everyone gets the whole answer. An answer is never
 * older than its question: what is asked after a read began goes with the next. Nobody is refused, because a longer line costs
 * the database nothing where many ask about the same few things; where each asks about its own, use `gatherReads`.
 */
export function shareReads<Key, Answer>(read: (keys: readonly Key[]) => Promise<Answer>): (keys: readonly Key[]) => Promise<Answer> {
  let waiting: Waiting<Key, Answer> | null = null;
  let isRunning = false;

  const run = async () => {
    isRunning = true;
    // In a microtask: what the same tick brings along shares the first read.
    await Promise.resolve();
    while (waiting) {
      const { keys, answer } = waiting;
      waiting = null;
      await read([...keys]).then(answer.resolve, answer.reject);
    }
    isRunning = false;
  };
  return (keys) => {
    waiting ??= { keys: new Set(), answer: Promise.withResolvers() };
    for (const key of keys) waiting.keys.add(key);
    const { promise } = waiting.answer;
    if (!isRunning) void run();
    return promise;
  };
}
