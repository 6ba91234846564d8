import { useSession, useTexts } from '@chung/ui';
import { Button, Group } from '@mantine/core';
import { useEffect } from 'react';
import { Link } from 'wouter';
import type { PartnerTexts } from '../texts/vi.ts';
import classes from './partners.module.css';
import { PublicFrame } from './public-frame.tsx';

export function LandingPage() {
  const t = useTexts<PartnerTexts>();
  const { signIn } = useSession();
  useEffect(() => {
    document.title = t('app.documentTitle');
  }, [t]);
  return (
    <PublicFrame>
      <div className={classes.hero}>
        <h1 className={classes.heroTitle}>{t('landing.title')}</h1>
        <p className={classes.lead}>{t('landing.lead')}</p>
        <Group gap="sm">
          <Button size="md" onClick={() => signIn()}>
            {t('landing.signIn')}
          </Button>
          <Button size="md" variant="default" component={Link} href="/register">
            {t('landing.register')}
          </Button>
        </Group>
        <ul className={classes.points}>
          {(['write', 'target', 'count'] as const).map((point) => (
            <li key={point}>
              <h2>{t(`landing.points.${point}.title`)}</h2>
              <p>{t(`landing.points.${point}.text`)}</p>
            </li>
          ))}
        </ul>
      </div>
    </PublicFrame>
  );
}
