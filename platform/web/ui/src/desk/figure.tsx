import type { ReactNode } from 'react';
import classes from './desk.module.css';

/** One number that matters, with what it means. */
export function Figure({ label, value, help, tone }: { label: string; value: ReactNode; help?: ReactNode; tone?: 'good' | 'bad' }) {
  return (
    <div className={classes.figure}>
      <span className={classes.figureLabel}>{label}</span>
      <span className={classes.figureValue} data-tone={tone}>
        {value}
      </span>
      {help && <span className={classes.figureHelp}>{help}</span>}
    </div>
  );
}

export function Figures({ children }: { children: ReactNode }) {
  return <div className={classes.figures}>{children}</div>;
}
