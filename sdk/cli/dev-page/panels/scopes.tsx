import type { DevState, ScopeLine } from '../../src/dev/state.ts';
import { ask } from '../ask.ts';
import { useAsking } from '../use-asking.ts';
import { useWords } from '../words.ts';

/** Every scope: what the manifest says, what the source needs, what ran; and a switch that takes it away as the member would. */
export function Scopes({ state }: { readonly state: DevState }) {
  const { word } = useWords();
  return (
    <>
      <p className="soft">{word('scopesHint')}</p>
      {state.scopes.length === 0 && <p className="empty">{word('noScopes')}</p>}
      {state.scopes.map((line) => (
        <Scope key={line.scope} line={line} isLocked={state.consent !== 'given'} />
      ))}
      {state.findings !== null && (
        <p className={state.findings > 0 ? 'wrong' : 'soft'}>
          {state.findings} {word('findings')}
        </p>
      )}
    </>
  );
}

function Scope({ line, isLocked }: { readonly line: ScopeLine; readonly isLocked: boolean }) {
  const { word, text } = useWords();
  const { isAsking, problem, run } = useAsking();
  const isGranted = line.granted === 'granted';
  const differs = line.inferred !== null && (line.declared === 'no') !== (line.inferred.length === 0) && line.scope !== 'openid';
  return (
    <article className="line" data-differs={differs}>
      <header>
        <div>
          <code>{line.scope}</code>
          <span className="soft">{text(line.title)}</span>
        </div>
        {line.granted === 'backend' ? (
          <span className="chip">{word('ofBackend')}</span>
        ) : (
          <button
            type="button"
            role="switch"
            aria-checked={isGranted}
            aria-label={`${line.scope}: ${word(isGranted ? 'granted' : 'denied')}`}
            disabled={isAsking || isLocked || line.declared === 'no'}
            onClick={() => run(() => ask(isGranted ? 'deny' : 'allow', { scope: line.scope }))}
          >
            {word(isGranted ? 'granted' : 'denied')}
          </button>
        )}
      </header>
      <dl>
        <dt>{word('declared')}</dt>
        <dd className={line.declared === 'no' ? 'wrong' : ''}>{word(line.declared === 'no' ? 'undeclared' : line.declared)}</dd>
        <dt>{word('inferred')}</dt>
        <dd className={line.inferred?.length === 0 && line.scope !== 'openid' ? 'wrong' : ''}>
          {line.inferred === null ? word('working') : line.inferred.length === 0 ? word('nowhere') : line.inferred.join(', ')}
        </dd>
        <dt>{word('used')}</dt>
        <dd>{line.used === 0 ? word('never') : `${line.used} ${word('times')}`}</dd>
      </dl>
      {problem !== null && (
        <p role="alert" className="wrong">
          {problem}
        </p>
      )}
    </article>
  );
}
