import type { DevFaults } from '../../src/dev/state.ts';
import { ask } from '../ask.ts';
import { useWords, type WORDS } from '../words.ts';

type Word = keyof typeof WORDS;
type Choices<Value> = readonly (readonly [Value, Word | string])[];

const LATENCIES: Choices<number> = [
  [0, 'none'],
  [1, '1 s'],
  [3, '3 s'],
  [10, '10 s'],
];

/** What goes wrong on purpose. */
export function Faults({ faults }: { readonly faults: DevFaults }) {
  const { word } = useWords();
  const set = (change: Partial<DevFaults>) => void ask('faults', { ...faults, ...change });
  return (
    <>
      <p className="soft">{word('faultsHint')}</p>
      <Choice
        title="network"
        value={faults.network}
        choices={[
          ['up', 'up'],
          ['unreachable', 'unreachable'],
          ['answers_lost', 'answersLost'],
        ]}
        onChoose={(network) => set({ network })}
      />
      <Choice title="latency" value={faults.latencySeconds} choices={LATENCIES} onChoose={(latencySeconds) => set({ latencySeconds })} />
      <Choice
        title="token"
        value={faults.token}
        choices={[
          ['valid', 'valid'],
          ['expired', 'expired'],
        ]}
        onChoose={(token) => set({ token })}
      />
      <Choice
        title="rate"
        value={faults.rate}
        choices={[
          ['unlimited', 'none'],
          ['limited', 'limited'],
        ]}
        onChoose={(rate) => set({ rate })}
      />
      <Choice
        title="deliveries"
        value={faults.deliveries}
        choices={[
          ['in_order', 'inOrder'],
          ['duplicated', 'duplicated'],
          ['reordered', 'reordered'],
        ]}
        onChoose={(deliveries) => set({ deliveries })}
      />
      <button type="button" onClick={() => void ask('noFaults')}>
        {word('clear')}
      </button>
    </>
  );
}

interface ChoiceProps<Value> {
  readonly title: Word;
  readonly value: Value;
  readonly choices: Choices<Value>;
  readonly onChoose: (value: Value) => void;
}

function Choice<Value extends string | number>({ title, value, choices, onChoose }: ChoiceProps<Value>) {
  const { word } = useWords();
  const name = (shown: Word | string) => (isWord(shown) ? word(shown) : shown);
  return (
    <fieldset>
      <legend>{word(title)}</legend>
      {choices.map(([one, shown]) => (
        <label key={one} className="choice">
          <input type="radio" name={title} checked={one === value} onChange={() => onChoose(one)} />
          <span className="shown">{name(shown)}</span>
        </label>
      ))}
    </fieldset>
  );
}

// Durations read the same in every language.
const isWord = (shown: string): shown is Word => !/^\d/.test(shown);
