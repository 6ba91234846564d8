import { Brand, LanguageSwitch, OfflineNotice, SkipLink, useSession, useTexts, useUiTexts } from '@chung/ui';
import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PartnerTexts } from '../texts/vi.ts';
import classes from './partners.module.css';

/** Frame of the pages outside the portal: before signing in, and while the application is decided. */
export function PublicFrame({ children }: { children: ReactNode }) {
  const t = useTexts<PartnerTexts>();
  const ui = useUiTexts();
  const { session, signOut } = useSession();
  return (
    <div className={classes.frame}>
      <SkipLink />
      <header className={classes.bar}>
        <Brand area={t('app.name')} />
        <Group gap="xs">
          <LanguageSwitch />
          {session?.signedIn && (
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => void signOut()}>
              {ui('signOut')}
            </Button>
          )}
        </Group>
      </header>
      <OfflineNotice />
      <main id="main" tabIndex={-1} className={classes.main}>
        {children}
      </main>
    </div>
  );
}
