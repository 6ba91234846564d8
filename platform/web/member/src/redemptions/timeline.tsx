import type { Redemption } from '@chung/contracts';
import { useFormat } from '@chung/ui';
import { useT } from '../texts/use-t.ts';
import { stepsOf } from './steps.ts';
import classes from './timeline.module.css';

/** An ordered list, because the order is the message; the step that holds now is marked for screen readers too. */
export function Timeline({ redemption }: { redemption: Redemption }) {
  const t = useT();
  const format = useFormat();
  return (
    <ol className={classes.steps}>
      {stepsOf(redemption).map((step) => {
        const time = step.at && format.dateTime(step.at);
        return (
          <li key={step.name} className={classes.step} data-phase={step.phase} aria-current={step.phase === 'now' ? 'step' : undefined}>
            <span>{t(`step.${step.name}`)}</span>
            {time && <span className={classes.time}>{step.isLimit ? t('step.before', { time }) : time}</span>}
          </li>
        );
      })}
    </ol>
  );
}
