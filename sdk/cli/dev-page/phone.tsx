import type { Scope, Surroundings } from '@chung/contracts';
import { type BridgeServer, handOver, readFrameMessage, serveBridge } from '@chung/host';
import { useEffect, useRef, useState } from 'react';
import type { DevState } from '../src/dev/state.ts';
import { ask, call } from './ask.ts';
import { Sheet } from './sheet.tsx';
import { useWords } from './words.ts';

const HOST_VERSION = 1;
const INSETS = { top: 0, right: 0, bottom: 20, left: 0 };

const grantedIn = (state: DevState): Set<Scope> =>
  new Set<Scope>(['openid', ...state.scopes.filter(({ granted }) => granted === 'granted').map(({ scope }) => scope)]);

interface Asked {
  readonly scope: Scope;
  readonly answer: (decision: 'granted' | 'refused') => void;
}

/** The phone with the host's own bars; the mini-app runs in a frame without an origin, as it will at members'. */
export function Phone({ state }: { readonly state: DevState }) {
  const { word, text, language } = useWords();
  const [theme, setTheme] = useState<Surroundings['theme']>('light');
  const [round, setRound] = useState(0);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const bridge = useRef<BridgeServer | null>(null);
  const [isBackHandled, setBackHandled] = useState(false);
  const reload = () => {
    setFailure(null);
    setRound((before) => before + 1);
  };
  const needsConsent = state.consent === 'needed';
  const isBroken = state.build.status === 'failed';
  // A frame that could not start has nothing in it yet that would take in the build which mends it.
  const hasFailed = useRef(false);
  hasFailed.current = failure !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when a build is good again, and not when anything else changes
  useEffect(() => {
    if (!isBroken && hasFailed.current) reload();
  }, [isBroken]);
  return (
    <section className="phone" data-theme={theme} aria-label={text(state.app.name)}>
      <header className="phone-bar">
        <button type="button" disabled={!isBackHandled} onClick={() => bridge.current?.pressBack()} aria-label={word('back')}>
          ‹
        </button>
        <strong>{text(state.app.name)}</strong>
        <button type="button" onClick={() => setTheme(theme === 'light' ? 'dark' : 'light')} aria-pressed={theme === 'dark'}>
          {word('dark')}
        </button>
        <button type="button" onClick={reload}>
          {word('reload')}
        </button>
      </header>
      <div className="phone-screen">
        {state.consent === 'given' && state.build.count > 0 && (
          <Frame
            key={`${state.member} ${language} ${round}`}
            state={state}
            theme={theme}
            onAsk={setAsked}
            onBackHandled={setBackHandled}
            onFailure={setFailure}
            onBridge={(next) => {
              bridge.current = next;
            }}
          />
        )}
        {needsConsent && <FirstConsent state={state} />}
        {asked && <AskSheet state={state} asked={asked} onDone={() => setAsked(null)} />}
        {isBroken && (
          <div className="overlay" role="alert">
            <h2>{word('buildFailed')}</h2>
            {state.build.problems.map((problem) => (
              <pre key={problem.en}>{text(problem)}</pre>
            ))}
          </div>
        )}
        {failure !== null && !isBroken && (
          <div className="overlay" role="alert">
            <h2>{word('stopped')}</h2>
            <pre>{failure}</pre>
            <button type="button" className="main" onClick={reload}>
              {word('reload')}
            </button>
          </div>
        )}
      </div>
    </section>
  );
}

interface FrameProps {
  readonly state: DevState;
  readonly theme: Surroundings['theme'];
  readonly onAsk: (asked: Asked) => void;
  readonly onBackHandled: (handled: boolean) => void;
  readonly onFailure: (message: string | null) => void;
  readonly onBridge: (bridge: BridgeServer | null) => void;
}

function Frame({ state, theme, onAsk, onBackHandled, onFailure, onBridge }: FrameProps) {
  const { language, text } = useWords();
  const element = useRef<HTMLIFrameElement>(null);
  const bridge = useRef<BridgeServer | null>(null);
  const latest = useRef(state);
  latest.current = state;
  const surroundings: Surroundings = { language, theme, safeArea: INSETS, visible: true };
  const surrounded = useRef(surroundings);
  surrounded.current = surroundings;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a frame lives as long as its key; what changes is read where it is used
  useEffect(() => {
    const frame = element.current?.contentWindow;
    if (!frame) return;
    const gone = new AbortController();
    const serve = (port: MessagePort) => {
      bridge.current?.close();
      onFailure(null);
      bridge.current = serveBridge({
        port,
        hostVersion: HOST_VERSION,
        granted: () => grantedIn(latest.current),
        optional: latest.current.scopes.filter(({ declared }) => declared === 'optional').map(({ scope }) => scope),
        askScope: (scope) => new Promise((answer) => onAsk({ scope, answer })),
        invoke: (operation, { signal: _signal, ...input }) => call({ operation, ...input }),
        surroundings: surrounded.current,
        onBackHandled,
        onCut: (reason) => onFailure(`bridge: ${reason}`),
      });
      onBridge(bridge.current);
    };
    // A change that cannot be put in place loads the frame anew, and it asks for a channel again.
    const forEver = async (): Promise<void> => {
      serve(await handOver({ frame, host: window, signal: gone.signal }));
      return forEver();
    };
    forEver().catch(() => {});
    const listen = (event: MessageEvent) => {
      const told = readFrameMessage(event, frame);
      if (told?.kind === 'chung.frame.failed' || told?.kind === 'chung.frame.error') onFailure(told.message);
    };
    addEventListener('message', listen);
    return () => {
      gone.abort();
      removeEventListener('message', listen);
      bridge.current?.close();
      onBridge(null);
      onBackHandled(false);
    };
  }, []);

  const granted = [...grantedIn(state)].toSorted().join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when the set changes, not when the page renders
  useEffect(() => bridge.current?.scopesChanged(), [granted]);
  useEffect(() => bridge.current?.surround({ theme, language }), [theme, language]);
  return <iframe ref={element} title={text(state.app.name)} sandbox="allow-scripts" src={`/frame?lang=${language}`} />;
}

/** What the app cannot do without, asked before it starts. */
function FirstConsent({ state }: { readonly state: DevState }) {
  const ofMember = state.scopes.filter(({ granted, declared }) => granted !== 'backend' && declared !== 'no');
  return (
    <Sheet
      title={state.app.name}
      required={ofMember.filter(({ declared }) => declared === 'required')}
      optional={ofMember.filter(({ declared }) => declared === 'optional')}
      onAllow={(optional) => ask('consent', { optional })}
      onRefuse={null}
    />
  );
}

/** An optional scope, asked while the mini-app waits. It is told once the platform has granted it, and not before. */
function AskSheet({ state, asked, onDone }: { readonly state: DevState; readonly asked: Asked; readonly onDone: () => void }) {
  const isGranted = grantedIn(state).has(asked.scope);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked stays as long as the sheet is open
  useEffect(() => {
    if (!isGranted) return;
    asked.answer('granted');
    onDone();
  }, [isGranted]);
  return (
    <Sheet
      title={state.app.name}
      required={state.scopes.filter(({ scope }) => scope === asked.scope)}
      optional={[]}
      onAllow={() => ask('allow', { scope: asked.scope })}
      onRefuse={() => {
        asked.answer('refused');
        onDone();
      }}
    />
  );
}
