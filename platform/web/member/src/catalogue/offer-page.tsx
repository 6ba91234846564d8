import type { MemberOffer } from '@chung/contracts';
import { ApiError, ErrorPage, IconBack, Page, PageSkeleton, useApi, useFormat, useLocal } from '@chung/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { DrawSection } from '../redemptions/draw-section.tsx';
import { useT } from '../texts/use-t.ts';
import { benefitWords, plainTerms } from './benefit.ts';
import { CATEGORY_ICONS } from './category.tsx';
import { ClaimPanel } from './claim-panel.tsx';
import { NotForMe } from './not-for-me.tsx';
import classes from './offer-page.module.css';
import { WhyForMe } from './why-for-me.tsx';

function BackToOffers() {
  const t = useT();
  return (
    <Link href="/" className={classes.back}>
      <IconBack size={18} />
      {t('offer.back')}
    </Link>
  );
}

/** What each part costs alone is struck through: the comparison is the offer. */
function BundleItems({ offer }: { offer: MemberOffer }) {
  const t = useT();
  const local = useLocal();
  const format = useFormat();
  if (offer.benefit.kind !== 'bundle') return null;
  return (
    <section className={classes.section}>
      <h2 className={classes.heading}>{t('offer.included')}</h2>
      <ul className={classes.items}>
        {offer.benefit.items.map((item) => (
          <li key={local(item.name)}>
            <span>{local(item.name)}</span>
            <s>{format.money(item.regularPriceMinor)}</s>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Offer({ offer }: { offer: MemberOffer }) {
  const t = useT();
  const local = useLocal();
  const format = useFormat();
  const words = benefitWords(offer.benefit, t, format);
  const Icon = CATEGORY_ICONS[offer.category];
  // A bundle already says what it is instead of; everywhere else the price before the promotion gives the benefit its measure.
  const showsPrice = offer.regularPriceMinor > 0 && offer.benefit.kind !== 'bundle';
  return (
    <Page title={local(offer.title)} intro={t('offer.by', { partner: offer.partner.name })} above={<BackToOffers />}>
      <div className={classes.columns}>
        <div>
          <div className={classes.benefit}>
            <Icon size={36} />
            <div>
              <div className={classes.headline}>{words.headline}</div>
              {words.note && <div>{words.note}</div>}
              {showsPrice && (
                <div className={classes.price}>{t('benefit.regularPrice', { amount: format.money(offer.regularPriceMinor) })}</div>
              )}
            </div>
          </div>
          <p className={classes.summary}>{local(offer.summary)}</p>
          <section className={classes.section}>
            <h2 className={classes.heading}>{t('offers.why')}</h2>
            <WhyForMe offer={offer} />
          </section>
          <BundleItems offer={offer} />
          <section className={classes.section}>
            <h2 className={classes.heading}>{t('offer.know')}</h2>
            <ul className={classes.terms}>
              {plainTerms(offer, t, format).map((term) => (
                <li key={term}>{term}</li>
              ))}
            </ul>
          </section>
          {offer.allocation.mode === 'lottery' && (
            <section className={classes.section}>
              <h2 className={classes.heading}>{t('draw.title')}</h2>
              <DrawSection offer={offer} />
            </section>
          )}
          <section className={classes.section}>
            <h2 className={classes.heading}>{t('offer.terms')}</h2>
            <p className={classes.full}>{local(offer.terms)}</p>
          </section>
        </div>
        <ClaimPanel offer={offer} />
      </div>
    </Page>
  );
}

export function OfferPage({ offerId }: { offerId: string }) {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: ['offers.get', offerId],
    queryFn: ({ signal }) => api.call('offers.get', { params: { offerId }, signal }),
  });
  // Data before error: a failed refresh must not take away an offer that is being read.
  if (data) return <Offer offer={data} />;
  if (error instanceof ApiError && error.code === 'not_eligible') return <NotForMe reasons={error.reasons} />;
  if (error) return <ErrorPage error={error} onRetry={() => void refetch()} above={<BackToOffers />} />;
  return <PageSkeleton />;
}
