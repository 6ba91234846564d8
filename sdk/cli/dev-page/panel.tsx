import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import type { DevState } from '../src/dev/state.ts';
import { Accounts } from './panels/accounts.tsx';
import { CallLog } from './panels/call-log.tsx';
import { Clock } from './panels/clock.tsx';
import { Faults } from './panels/faults.tsx';
import { Inbox } from './panels/inbox.tsx';
import { Scopes } from './panels/scopes.tsx';
import { useWords } from './words.ts';

const TABS = ['scopes', 'faults', 'clock', 'webhooks', 'calls', 'accounts'] as const;
type Tab = (typeof TABS)[number];

/** The tools beside the phone, a tab each. */
export function Panel({ state }: { readonly state: DevState }) {
  const { word } = useWords();
  const [open, setOpen] = useState<Tab>('scopes');
  const id = useId();
  const buttons = useRef(new Map<Tab, HTMLButtonElement>());
  const badges: Partial<Record<Tab, number>> = { webhooks: state.inbox.length, calls: state.calls.length, faults: faultsIn(state) };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const next = TABS[(TABS.indexOf(open) + step + TABS.length) % TABS.length] ?? open;
    setOpen(next);
    buttons.current.get(next)?.focus();
  };
  return (
    <section className="panel" aria-label={word('details')}>
      <div role="tablist" aria-label={word('details')} onKeyDown={move}>
        {TABS.map((tab) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`${id}-${tab}`}
            aria-selected={tab === open}
            aria-controls={`${id}-body`}
            tabIndex={tab === open ? 0 : -1}
            ref={(button) => void (button && buttons.current.set(tab, button))}
            onClick={() => setOpen(tab)}
          >
            {word(tab)}
            {(badges[tab] ?? 0) > 0 && <span className="badge">{badges[tab]}</span>}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a panel that scrolls has to be reached by the keyboard */}
      <div role="tabpanel" id={`${id}-body`} aria-labelledby={`${id}-${open}`} tabIndex={0}>
        {bodyOf(open, state)}
      </div>
    </section>
  );
}

function bodyOf(tab: Tab, state: DevState): ReactNode {
  switch (tab) {
    case 'scopes':
      return <Scopes state={state} />;
    case 'faults':
      return <Faults faults={state.faults} />;
    case 'clock':
      return <Clock seconds={state.clockSeconds} />;
    case 'webhooks':
      return <Inbox state={state} />;
    case 'calls':
      return <CallLog calls={state.calls} />;
    case 'accounts':
      return <Accounts state={state} />;
  }
}

function faultsIn({ faults }: DevState): number {
  const { token, latencySeconds, network, rate, deliveries } = faults;
  return [token !== 'valid', latencySeconds > 0, network !== 'up', rate !== 'unlimited', deliveries !== 'in_order'].filter(Boolean).length;
}
