import './no-eval.ts';
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { DevState } from '../src/dev/state.ts';
import { ask, followState } from './ask.ts';
import { Panel } from './panel.tsx';
import { Offers } from './panels/offers.tsx';
import { Phone } from './phone.tsx';
import './style.css';
import { LanguageContext, useWords, WORDS } from './words.ts';

function Page() {
  const [state, setState] = useState<DevState | null>(null);
  const [isLost, setLost] = useState(false);
  useEffect(
    () =>
      followState(
        (next) => {
          setState(next);
          setLost(false);
        },
        () => setLost(true),
      ),
    [],
  );
  useEffect(() => {
    if (state) document.documentElement.lang = state.language;
  }, [state]);
  if (!state) return <p className="empty">{`${WORDS.connecting.vi} / ${WORDS.connecting.en}`}</p>;
  return (
    <LanguageContext value={state.language}>
      <Top state={state} isLost={isLost} />
      <main>
        {state.app.screen === 'yes' ? <Phone state={state} /> : <OffersOnly state={state} />}
        <Panel state={state} />
      </main>
    </LanguageContext>
  );
}

function Top({ state, isLost }: { readonly state: DevState; readonly isLost: boolean }) {
  const { word, text, language } = useWords();
  const other = language === 'vi' ? 'en' : 'vi';
  return (
    <>
      <header className="top">
        <h1>
          <span className="brand">chung dev</span> {text(state.app.name)} <small>{state.app.version}</small>
        </h1>
        <BuildChip state={state} />
        <label>
          {word('member')}
          <select value={state.member} onChange={(event) => void ask('member', { username: event.target.value })}>
            {state.members.map((member) => (
              <option key={member.username} value={member.username}>
                {member.name} ({text(member.note)})
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => void ask('language', { language: other })} lang={other}>
          {other === 'vi' ? 'Tiếng Việt' : 'English'}
        </button>
      </header>
      {isLost && (
        <p className="banner" role="alert">
          {word('lost')}
        </p>
      )}
      {state.app.problems.length > 0 && (
        <div className="banner" role="alert">
          <strong>{word('manifestWrong')}</strong>
          {state.app.problems.map((problem) => (
            <p key={problem.en}>{text(problem)}</p>
          ))}
        </div>
      )}
    </>
  );
}

function BuildChip({ state }: { readonly state: DevState }) {
  const { word } = useWords();
  const { status, milliseconds } = state.build;
  const said = {
    none: word('noScreen'),
    building: word('building'),
    ready: `${word('built')} ${milliseconds} ms`,
    failed: word('buildFailed'),
  }[status];
  return (
    <span className="chip" data-status={status} role="status">
      {said}
    </span>
  );
}

/** An app without a screen of its own: its offers stand where the phone would. */
function OffersOnly({ state }: { readonly state: DevState }) {
  return (
    <section className="offers-only">
      <Offers state={state} />
    </section>
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('The page has no root.');
createRoot(root).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
