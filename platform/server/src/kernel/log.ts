import pino, { type DestinationStream, type Logger } from 'pino';
import { codeOf } from './outside.ts';

/** What an error may say in the log: what and where, never a value. */
export interface LoggedError {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly constraint?: string;
  readonly at: readonly string[];
  readonly cause?: LoggedError;
}

/** A second net: nobody logs these on purpose. */
const REDACTED = ['req.headers', '*.password', '*.token', '*.secret', '*.phone', '*.email'];
const MAX_FRAMES = 12;
const MAX_CAUSES = 4;

/**
 * A driver's error carries the row it was about (`detail`, `where`), and its sentence may quote the value that did not fit;
 * Prisma's quotes the whole call, zod's the keys it did not know. So sentences are kept of our own and of system errors only.
 */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, at: [] };
  const code = codeOf(error);
  const quotesValues = 'severity' in error || /^(Prisma|Zod|SyntaxError)/.test(error.name);
  return {
    type: error.name,
    ...(code !== '' && { code }),
    ...(!quotesValues && { message: error.message }),
    ...('constraint' in error && typeof error.constraint === 'string' && { constraint: error.constraint }),
    at: framesOf(error),
    ...(error.cause !== undefined && depth < MAX_CAUSES && { cause: errorForLog(error.cause, depth + 1) }),
  };
}

/** The stack without its head, which repeats the sentence. */
function framesOf({ stack }: Error): string[] {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, MAX_FRAMES).map((line) => line.trim());
}

/** The platform's log: JSON lines. Every logger is made here, so that no place can forget what must stay out. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, redact: REDACTED, serializers: { err: errorForLog } };
  return destination ? pino(options, destination) : pino(options);
}
