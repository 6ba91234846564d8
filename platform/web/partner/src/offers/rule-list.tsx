import { Code } from '@mantine/core';
import classes from './offers.module.css';

/** Rules by number, each with its words; where a field is known, its name is a button that goes there. */
export function RuleList({ rules }: { rules: readonly { rule: string; words: string; label?: string; onGo?: () => void }[] }) {
  return (
    <ul className={classes.rules}>
      {rules.map(({ rule, words, label, onGo }) => (
        <li key={`${rule}${words}`}>
          <Code>{rule}</Code>
          <span>
            {label && <b>{label}: </b>}
            {onGo ? (
              <button type="button" className={classes.link} onClick={onGo}>
                {words}
              </button>
            ) : (
              words
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
