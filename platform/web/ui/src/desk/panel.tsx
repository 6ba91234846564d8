import { type ReactNode, useId } from 'react';
import classes from './desk.module.css';

interface PanelProps {
  readonly title?: string;
  readonly intro?: ReactNode;
  readonly actions?: ReactNode;
  /** Lets a link or an error jump here. */
  readonly id?: string;
  readonly children: ReactNode;
}

/** A titled surface; the one box that portal and console are built from. */
export function Panel({ title, intro, actions, id, children }: PanelProps) {
  const own = useId();
  return (
    <section className={classes.panel} id={id} aria-labelledby={title ? own : undefined}>
      {title && (
        <div className={classes.panelHead}>
          <div>
            <h2 id={own} className={classes.panelTitle}>
              {title}
            </h2>
            {intro && <p className={classes.panelIntro}>{intro}</p>}
          </div>
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}

export interface Fact {
  readonly key: string;
  readonly label: string;
  readonly value: ReactNode;
}

/** Labels and values, two columns on a desk, one on a phone. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ key, label, value }) => (
        <div key={key}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
