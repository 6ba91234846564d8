import type { RedemptionState } from '@chung/contracts';
import { useT } from '../texts/use-t.ts';
import classes from './state-badge.module.css';
import { TONES } from './steps.ts';

export function StateBadge({ state }: { state: RedemptionState }) {
  const t = useT();
  return (
    <span className={classes.badge} data-tone={TONES[state]}>
      {t(`state.${state}`)}
    </span>
  );
}
