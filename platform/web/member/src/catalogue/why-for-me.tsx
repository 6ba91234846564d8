import type { MemberOffer } from '@chung/contracts';
import { IconCheck, useLocal } from '@chung/ui';
import { useT } from '../texts/use-t.ts';
import classes from './why-for-me.module.css';

/** Why an offer is for this member. On a card the first two reasons, on its page all. */
export function WhyForMe({ offer, atMost }: { offer: MemberOffer; atMost?: number }) {
  const t = useT();
  const local = useLocal();
  const reasons = offer.whyForMe.filter((reason) => reason.holds);
  const shown = reasons.slice(0, atMost);
  const rest = reasons.length - shown.length;
  return (
    <ul className={classes.reasons} aria-label={t('offers.why')}>
      {reasons.length === 0 && (
        <li className={classes.reason}>
          <IconCheck size={16} />
          <span>{t('offers.whyEveryone')}</span>
        </li>
      )}
      {shown.map((reason) => (
        <li key={reason.fact} className={classes.reason}>
          <IconCheck size={16} />
          <span>{local(reason.text)}</span>
        </li>
      ))}
      {rest > 0 && <li className={classes.rest}>{t('offers.more', { count: rest })}</li>}
    </ul>
  );
}
