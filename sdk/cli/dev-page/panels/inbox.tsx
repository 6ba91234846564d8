import type { DevState, InboxLine } from '../../src/dev/state.ts';
import { ask } from '../ask.ts';
import { useAsking } from '../use-asking.ts';
import { useWords } from '../words.ts';

/** A unit that waits for the cashier: here one plays the cashier too. */
const HELD = 'redemption.reserved.v1';

const redemptionIn = ({ body }: InboxLine): string => JSON.parse(body).data.redemptionId;

/** What the platform has sent to the app's webhook endpoint, newest first, and what became of it. */
export function Inbox({ state }: { readonly state: DevState }) {
  const { word } = useWords();
  const { backend } = state;
  return (
    <>
      {backend.status === 'none' ? (
        <p className="soft">{word('noBackend')}</p>
      ) : (
        <details className="line">
          <summary>
            {word('backend')} {backend.status === 'running' ? `${word('running')} ${backend.url}` : word('ended')}
          </summary>
          <pre>{backend.lines.join('\n')}</pre>
        </details>
      )}
      {state.inbox.length === 0 && <p className="empty">{word('noWebhooks')}</p>}
      {state.inbox.map((line) => (
        <Event key={line.id} line={line} />
      ))}
    </>
  );
}

function Event({ line }: { readonly line: InboxLine }) {
  const { word, language } = useWords();
  const { isAsking, problem, run } = useAsking();
  const answers = line.forwarded.map((status) => (status === 'no_answer' ? word('noAnswer') : status)).join(', ');
  const isRefused = line.forwarded.some((status) => status === 'no_answer' || status >= 300);
  return (
    <article className="line">
      <header>
        <div>
          <code>{line.type}</code>
          <span className="soft">
            {new Date(line.at).toLocaleTimeString(language === 'vi' ? 'vi-VN' : 'en-GB')} · {word('arrived')} {line.arrivals}{' '}
            {word('times')}
          </span>
        </div>
        {line.type === HELD && (
          <button type="button" disabled={isAsking} onClick={() => run(() => ask('confirm', { redemptionId: redemptionIn(line) }))}>
            {word('confirm')}
          </button>
        )}
        <button type="button" disabled={isAsking} onClick={() => run(() => ask('replay', { eventId: line.id }))}>
          {word('replay')}
        </button>
      </header>
      {answers !== '' && (
        <p className={isRefused ? 'wrong' : 'soft'}>
          {word('backendAnswered')} {answers}
        </p>
      )}
      <details>
        <summary>JSON</summary>
        <pre>{JSON.stringify(JSON.parse(line.body), null, 2)}</pre>
      </details>
      {problem !== null && (
        <p role="alert" className="wrong">
          {problem}
        </p>
      )}
    </article>
  );
}
