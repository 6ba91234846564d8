import { IconShield, IconTicket, IconWallet, useSession } from '@chung/ui';
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { useT } from '../texts/use-t.ts';
import classes from './landing.module.css';

const POINTS = [
  { name: 'pointOffers', icon: IconTicket },
  { name: 'pointClaim', icon: IconWallet },
  { name: 'pointPrivacy', icon: IconShield },
] as const;

/** What someone sees who is not signed in; a deep link is kept and opened after signing in. */
export function Landing() {
  const t = useT();
  const { signIn } = useSession();
  const [location] = useLocation();
  useEffect(() => {
    document.title = `${t('app')} · Chung`;
  }, [t]);
  return (
    <div className={classes.landing}>
      <section className={classes.hero}>
        <h1 className={classes.title}>{t('landing.title')}</h1>
        <p className={classes.intro}>{t('landing.intro')}</p>
        <Button size="lg" radius="xl" onClick={() => signIn()}>
          {t(location === '/' ? 'landing.signIn' : 'landing.signInToGoOn')}
        </Button>
      </section>
      <ul className={classes.points}>
        {POINTS.map(({ name, icon: Icon }) => (
          <li key={name} className={classes.point}>
            <span className={classes.icon}>
              <Icon size={24} />
            </span>
            <div>
              <h2 className={classes.pointTitle}>{t(`landing.${name}`)}</h2>
              <p className={classes.pointText}>{t(`landing.${name}More`)}</p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
