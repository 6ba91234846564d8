import type { ReactNode } from 'react';
import classes from './desk.module.css';

/** `good` reached, `busy` under way, `warn` needs someone, `bad` refused or failed, `calm` over or not begun. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'calm';

/** A state in one or two words; the colour only repeats what the words say. */
export function Tag({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}
