import type { MemberOffer } from '@chung/contracts';
import { useFormat, useLocal } from '@chung/ui';
import { Link } from 'wouter';
import { useT } from '../texts/use-t.ts';
import { benefitWords, lastMoment } from './benefit.ts';
import { CATEGORY_ICONS } from './category.tsx';
import classes from './offer-card.module.css';
import { WhyForMe } from './why-for-me.tsx';

/** What the member did comes before what others did: "claimed" is said also of an offer that is sold out. */
function Status({ offer }: { offer: MemberOffer }) {
  const t = useT();
  const format = useFormat();
  if (offer.usedByMember >= offer.limits.perMember) return <span className={classes.used}>{t('offers.used')}</span>;
  if (offer.soldOut) return <span className={classes.gone}>{t('offers.soldOut')}</span>;
  const begins = Date.parse(offer.window.startsAt) > Date.now();
  return (
    <span>
      {begins
        ? t('offers.from', { date: format.date(offer.window.startsAt) })
        : t('offers.until', { date: format.date(lastMoment(offer.window.endsAt)) })}
    </span>
  );
}

/** An offer in the list. The link is the title, stretched over the card, so a screen reader hears one link with a name. */
export function OfferCard({ offer }: { offer: MemberOffer }) {
  const t = useT();
  const local = useLocal();
  const format = useFormat();
  const words = benefitWords(offer.benefit, t, format);
  const Icon = CATEGORY_ICONS[offer.category];
  return (
    <article className={classes.card} data-category={offer.category} data-off={offer.soldOut}>
      <div className={classes.band}>
        <div>
          <div className={classes.headline}>{words.headline}</div>
          {words.note && <div className={classes.note}>{words.note}</div>}
        </div>
        <Icon size={28} />
      </div>
      <div className={classes.text}>
        <div className={classes.partner}>{offer.partner.name}</div>
        <h2 className={classes.title}>
          <Link href={`/offers/${offer.id}`} className={classes.link}>
            {local(offer.title)}
          </Link>
        </h2>
        <p className={classes.summary}>{local(offer.summary)}</p>
        <WhyForMe offer={offer} atMost={2} />
        <div className={classes.foot}>
          <Status offer={offer} />
        </div>
      </div>
    </article>
  );
}
