import type { RedemptionState } from '@chung/contracts';
import { useT } from '../texts/use-t.ts';
import classes from './state-badge.module.css';
import { TONES } from './steps.ts';

/** The words say the state; the colour only repeats it. */
export function StateBadge({ state }: { state: RedemptionState }) {
  const t = useT();
  return (
    <span className={classes.badge} data-tone={TONES[state]}>
      {t(`state.${state}`)}
    </span>
  );
}
