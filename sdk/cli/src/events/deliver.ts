import { setTimeout as pause } from 'node:timers/promises';
import type { PartnerEvent } from '@chung/contracts';
import { signedHeaders, type WebhookSecret } from './secret.ts';
import type { Target } from './target.ts';

/** What came of one try; `status` is null when no answer came, and `error` says why. */
export interface Try {
  readonly event: PartnerEvent;
  /** 1 for the first. */
  readonly attempt: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly latencyMs: number;
  /** The beginning of an answer that is no success. */
  readonly excerpt: string | null;
  /** Seconds until the next try; null after the last one, or when it was taken. */
  readonly nextInSeconds: number | null;
}

export interface Delivering {
  readonly target: Target;
  readonly secret: WebhookSecret;
  /** How often one event is tried; null until it is taken, as events behind it wait. */
  readonly tries: number | null;
  readonly stop: AbortSignal;
  told(one: Try): void;
}

/** As the platform gives a receiver. */
const ANSWER_WITHIN_MS = 10_000;
/** Seconds after the first, second, … failed try. Shorter than the platform's: whoever mends the receiver is waiting for it. */
const DELAYS_SECONDS = [1, 2, 5, 10, 20] as const;
const DELAY_MAX_SECONDS = 30;
const RETRY_AFTER_MAX_SECONDS = 300;
const EXCERPT_CHARACTERS = 200;

export const isTaken = ({ status }: Pick<Try, 'status'>): boolean => status !== null && status >= 200 && status < 300;

/** Delivers one event as the platform would, signed, until it is taken or tried often enough; false in the end. Stops when told to. */
export async function deliver(event: PartnerEvent, { target, secret, tries, stop, told }: Delivering): Promise<boolean> {
  for (let attempt = 1; !stop.aborted; attempt += 1) {
    const answer = await send(event, { target, secret, stop });
    if (stop.aborted && answer.status === null) return false;
    const isLast = isTaken(answer) || attempt === tries;
    const nextInSeconds = isLast ? null : delayAfter(attempt, answer.retryAfterSeconds);
    told({ event, attempt, ...answer, nextInSeconds });
    if (nextInSeconds === null) return isTaken(answer);
    await pause(nextInSeconds * 1000, undefined, { signal: stop }).catch(() => {});
  }
  return false;
}

function delayAfter(attempt: number, retryAfterSeconds: number | null): number {
  return Math.max(DELAYS_SECONDS[attempt - 1] ?? DELAY_MAX_SECONDS, Math.min(retryAfterSeconds ?? 0, RETRY_AFTER_MAX_SECONDS));
}

type Answer = Pick<Try, 'status' | 'error' | 'latencyMs' | 'excerpt'> & { readonly retryAfterSeconds: number | null };

async function send(event: PartnerEvent, { target, secret, stop }: Pick<Delivering, 'target' | 'secret' | 'stop'>): Promise<Answer> {
  const { id, type, occurredAt, data } = event;
  const body = JSON.stringify({ type, timestamp: occurredAt, data, id });
  const began = performance.now();
  const latencyMs = () => Math.round(performance.now() - began);
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      // Redirects are not followed, as the platform follows none: what works here must work there.
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': 'Chung-CLI', ...signedHeaders(secret, { id, body, at: new Date() }) },
      body,
      signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    const text = await response.text().catch(() => '');
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      status: response.status,
      error: null,
      latencyMs: latencyMs(),
      excerpt: isTaken(response) ? null : text.slice(0, EXCERPT_CHARACTERS).trim() || null,
      retryAfterSeconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : null,
    };
  } catch (error) {
    return { status: null, error: reasonOf(error), latencyMs: latencyMs(), excerpt: null, retryAfterSeconds: null };
  }
}

/** The system's code where there is one; else the kind of failure. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TimeoutError') return 'TIMEOUT';
    if ('code' in at && typeof at.code === 'string') return at.code;
    // Every address of a name was tried (`localhost` is two); they failed alike.
    if (at instanceof AggregateError && at.errors.length > 0) return reasonOf(at.errors[0]);
  }
  return 'FAILED';
}
