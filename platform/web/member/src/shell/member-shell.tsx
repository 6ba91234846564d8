import {
  Brand,
  IconShield,
  IconTicket,
  IconUser,
  IconWallet,
  isCurrent,
  LanguageSwitch,
  OfflineNotice,
  SkipLink,
  useSession,
} from '@chung/ui';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useT } from '../texts/use-t.ts';
import classes from './member-shell.module.css';

const ENTRIES = [
  { href: '/', name: 'offers', icon: IconTicket, also: '/offers' },
  { href: '/redemptions', name: 'wallet', icon: IconWallet, also: null },
  { href: '/privacy', name: 'privacy', icon: IconShield, also: null },
  { href: '/me', name: 'me', icon: IconUser, also: null },
] as const;

/** One navigation in the markup: a row in the header on a desk, a bar under the thumb on a phone. */
function Navigation() {
  const t = useT();
  const [location] = useLocation();
  return (
    <nav aria-label={t('nav.label')} className={classes.nav}>
      {ENTRIES.map(({ href, name, icon: Icon, also }) => {
        const current = isCurrent(location, href) || (also !== null && isCurrent(location, also));
        return (
          <Link key={href} href={href} className={classes.entry} aria-current={current ? 'page' : undefined}>
            <Icon size={22} />
            <span>{t(`nav.${name}`)}</span>
          </Link>
        );
      })}
    </nav>
  );
}

/** The navigation waits for the session: to someone signed out every entry would lead to the same sign-in page. */
export function MemberShell({ children }: { children: ReactNode }) {
  const { session } = useSession();
  return (
    <div className={classes.shell}>
      <SkipLink />
      <header className={classes.header}>
        <div className={classes.bar}>
          <Brand />
          {session?.signedIn && <Navigation />}
          <LanguageSwitch />
        </div>
      </header>
      <OfflineNotice />
      <main id="main" tabIndex={-1} className={classes.main}>
        {children}
      </main>
    </div>
  );
}
