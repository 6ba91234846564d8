import { parseArgs } from 'node:util';

export const PARTS = ['model', 'hammer', 'orders', 'mutants'] as const;

export interface ProofOptions {
  /** Requests over HTTP; ignored when `minutes` is given. */
  readonly attempts: number;
  readonly minutes: number | null;
  readonly seed: number;
  readonly only: (typeof PARTS)[number] | null;
  /** File for the same table as JSON. */
  readonly json: string | null;
  /** Where the histories go; a new temporary folder without it. */
  readonly folder: string | null;
}

export const USAGE = `npm run proof -- [--attempts N | --minutes N] [--seed S] [--only ${PARTS.join('|')}] [--json FILE] [--histories FOLDER]`;

const DEFAULT_ATTEMPTS = 1_000_000;

/** The options, or a sentence that says what is wrong with them. */
export function parseArguments(args: readonly string[]): ProofOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        attempts: { type: 'string' },
        minutes: { type: 'string' },
        seed: { type: 'string' },
        only: { type: 'string' },
        json: { type: 'string' },
        histories: { type: 'string' },
      },
    });
    const attempts = numberOf('attempts', values.attempts, DEFAULT_ATTEMPTS);
    const minutes = values.minutes === undefined ? null : numberOf('minutes', values.minutes, 1);
    const seed = numberOf('seed', values.seed, Date.now() % 2 ** 31);
    const only = PARTS.find((part) => part === values.only) ?? null;
    if (values.only !== undefined && only === null) return `--only is one of ${PARTS.join(', ')}.`;
    return { attempts, minutes, seed, only, json: values.json ?? null, folder: values.histories ?? null };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function numberOf(name: string, given: string | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} is a number above 0, not “${given}”.`);
  return value;
}
