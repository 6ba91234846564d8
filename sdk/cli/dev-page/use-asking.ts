import { useState } from 'react';

/** One thing that is asked of the command at a time, and what it said when it could not be done. */
export function useAsking() {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = (work: () => Promise<unknown>) => {
    setAsking(true);
    setProblem(null);
    work()
      .catch((error: unknown) => setProblem(error instanceof Error ? error.message : String(error)))
      .finally(() => setAsking(false));
  };
  return { isAsking, problem, run };
}
