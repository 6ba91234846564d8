import { Brand, LanguageSwitch, useSession, useTexts, useUiTexts } from '@chung/ui';
import { Button } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import type { AdminTexts } from '../texts/vi.ts';
import classes from './landing.module.css';

function Frame({ children }: { children: ReactNode }) {
  const t = useTexts<AdminTexts>();
  useEffect(() => {
    document.title = t('app.documentTitle');
  }, [t]);
  return (
    <div className={classes.frame}>
      <header className={classes.bar}>
        <Brand area={t('app.name')} />
        <LanguageSwitch />
      </header>
      <main className={classes.main}>
        <div className={classes.card}>{children}</div>
      </main>
    </div>
  );
}

export function LandingPage() {
  const t = useTexts<AdminTexts>();
  const { signIn } = useSession();
  return (
    <Frame>
      <h1>{t('landing.title')}</h1>
      <p>{t('landing.lead')}</p>
      <Button fullWidth size="md" onClick={() => signIn()}>
        {t('landing.signIn')}
      </Button>
      <p className={classes.note}>{t('landing.note')}</p>
    </Frame>
  );
}

/** Signed in, but not as an administrator. */
export function WrongAccountPage() {
  const t = useTexts<AdminTexts>();
  const ui = useUiTexts();
  const { signOut } = useSession();
  return (
    <Frame>
      <h1>{t('landing.wrongAccount.title')}</h1>
      <p>{t('landing.wrongAccount.text')}</p>
      <Button fullWidth size="md" onClick={() => void signOut()}>
        {ui('signOut')}
      </Button>
    </Frame>
  );
}
