import type { Scope, Text } from '@chung/contracts';
import { useEffect, useRef, useState } from 'react';
import type { ScopeLine } from '../src/dev/state.ts';
import { useWords } from './words.ts';

interface SheetProps {
  /** The app's name. */
  readonly title: Text;
  readonly required: readonly ScopeLine[];
  readonly optional: readonly ScopeLine[];
  readonly onAllow: (optional: readonly Scope[]) => Promise<unknown>;
  /** Null where there is nothing to go on with. */
  readonly onRefuse: (() => void) | null;
}

/** The host's consent sheet: what is asked, in the app's own words for why. Boxes begin empty: silence is no consent. */
export function Sheet({ title, required, optional, onAllow, onRefuse }: SheetProps) {
  const { word, text } = useWords();
  const [ticked, setTicked] = useState<ReadonlySet<Scope>>(new Set());
  const [status, setStatus] = useState<'asking' | 'sending' | Error>('asking');
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const tick = (scope: Scope) => {
    const next = new Set(ticked);
    if (!next.delete(scope)) next.add(scope);
    setTicked(next);
  };
  const allow = () => {
    setStatus('sending');
    onAllow([...ticked]).catch((error: unknown) => setStatus(error instanceof Error ? error : new Error(String(error))));
  };
  return (
    <div className="sheet-back">
      <div className="sheet" role="dialog" aria-modal="true" aria-label={text(title)}>
        <h2>
          {text(title)} {word('sheetAsks')}
        </h2>
        <ul>
          {required.map((line) => (
            <li key={line.scope}>
              <strong>{text(line.title)}</strong>
              {line.purpose && <span>{text(line.purpose)}</span>}
            </li>
          ))}
        </ul>
        {optional.length > 0 && <p>{word('sheetOptional')}</p>}
        {optional.map((line) => (
          <label key={line.scope}>
            <input type="checkbox" checked={ticked.has(line.scope)} onChange={() => tick(line.scope)} />
            <span>
              <strong>{text(line.title)}</strong>
              {line.purpose && <span>{text(line.purpose)}</span>}
            </span>
          </label>
        ))}
        <p className="soft">{word('sheetNote')}</p>
        {status instanceof Error && (
          <p role="alert" className="wrong">
            {status.message}
          </p>
        )}
        <button type="button" className="main" ref={first} disabled={status === 'sending'} onClick={allow}>
          {word('allow')}
        </button>
        {onRefuse && (
          <button type="button" disabled={status === 'sending'} onClick={onRefuse}>
            {word('refuse')}
          </button>
        )}
      </div>
    </div>
  );
}
