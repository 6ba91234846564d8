import { HostTooOldError, ScopesNotGrantedError, UnreachableError } from '@chung/mini-app';
import { type Failure, useWords } from './words.ts';

/** What a member can understand and do about a failure; its details are for the platform's logs. */
function failureOf(error: unknown): Failure {
  if (error instanceof UnreachableError) return 'offline';
  if (error instanceof ScopesNotGrantedError) return 'withdrawn';
  if (error instanceof HostTooOldError) return 'outdated';
  return 'broken';
}

interface NoticeProps {
  readonly icon: 'ticket' | 'cloud';
  readonly title: string;
  readonly more: string;
  readonly action: string;
  readonly onAction: () => void;
}

function Notice({ icon, title, more, action, onAction }: NoticeProps) {
  return (
    <section className="notice">
      <Picture of={icon} />
      <h2>{title}</h2>
      <p>{more}</p>
      <button type="button" className="secondary" onClick={onAction}>
        {action}
      </button>
    </section>
  );
}

/** Nothing is for this member now: says what will stand here, and when. */
export function Empty({ onLook }: { readonly onLook: () => void }) {
  const words = useWords();
  return <Notice icon="ticket" title={words.empty} more={words.emptyMore} action={words.look} onAction={onLook} />;
}

export function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const words = useWords();
  const { title, more } = words.failures[failureOf(error)];
  return (
    <div role="alert">
      <Notice icon="cloud" title={title} more={more} action={words.retry} onAction={onRetry} />
    </div>
  );
}

/** Over a list that is still shown, but of before. */
export function Stale({ onRetry }: { readonly onRetry: () => void }) {
  const words = useWords();
  return (
    <p className="stale" role="status">
      {words.stale}
      <button type="button" onClick={onRetry}>
        {words.retry}
      </button>
    </p>
  );
}

const PATHS = {
  ticket: 'M8 18h48v9a5 5 0 0 0 0 10v9H8v-9a5 5 0 0 0 0-10zM40 18v28',
  cloud: 'M20 46a11 11 0 0 1-1-22 14 14 0 0 1 27-2 12 12 0 0 1 0 24zM26 33l12 8M38 33l-12 8',
} as const;

const Picture = ({ of }: { readonly of: keyof typeof PATHS }) => (
  <svg viewBox="0 0 64 64" width="64" height="64" aria-hidden="true">
    <path d={PATHS[of]} />
  </svg>
);
