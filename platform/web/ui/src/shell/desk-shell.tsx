import { Button } from '@mantine/core';
import { type ComponentType, type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useSession } from '../app/context.tsx';
import { CrashBoundary } from '../feedback/crash-boundary.tsx';
import { OfflineNotice } from '../feedback/offline-notice.tsx';
import { IconMenu, type IconProps, IconSignOut } from '../icons.tsx';
import { SkipLink } from '../page/page.tsx';
import { useUiTexts } from '../texts/language.ts';
import { Brand } from './brand.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import classes from './shell.module.css';

export interface NavEntry {
  /** Path inside the app, without its base. */
  readonly href: string;
  readonly label: string;
  readonly icon?: ComponentType<IconProps>;
  /** A number that waits, e.g. submissions in the queue. */
  readonly count?: number;
}

export function isCurrent(location: string, href: string): boolean {
  return href === '/' ? location === '/' : location === href || location.startsWith(`${href}/`);
}

function Navigation({ entries, onGo }: { entries: readonly NavEntry[]; onGo: () => void }) {
  const [location] = useLocation();
  return (
    <ul className={classes.entries}>
      {entries.map(({ href, label, icon: Icon, count }) => (
        <li key={href}>
          <Link href={href} className={classes.entry} aria-current={isCurrent(location, href) ? 'page' : undefined} onClick={onGo}>
            {Icon && <Icon size={18} />}
            <span>{label}</span>
            {count ? <span className={classes.count}>{count}</span> : null}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Account({ note }: { note?: ReactNode }) {
  const t = useUiTexts();
  const { session, signOut } = useSession();
  return (
    <div className={classes.account}>
      <div className={classes.who}>
        <strong>{session?.user?.displayName}</strong>
        {note && <span>{note}</span>}
      </div>
      <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconSignOut size={16} />} onClick={() => void signOut()}>
        {t('signOut')}
      </Button>
    </div>
  );
}

interface DeskShellProps {
  /** Beside the brand: "Đối tác", "Quản trị". */
  readonly area: string;
  readonly nav: readonly NavEntry[];
  /** Under the person's name: the partner's name, the role. */
  readonly accountNote?: ReactNode;
  readonly children: ReactNode;
}

/** Frame of portal and console: navigation at the side on a desk, behind a button on a phone. */
export function DeskShell({ area, nav, accountNote, children }: DeskShellProps) {
  const t = useUiTexts();
  const [open, setOpen] = useState(false);
  const [location] = useLocation();
  return (
    <div className={classes.desk}>
      <SkipLink />
      <header className={classes.side} data-open={open}>
        <div className={classes.top}>
          <Brand area={area} />
          <button
            type="button"
            className={classes.burger}
            aria-expanded={open}
            aria-controls="navigation"
            aria-label={t('menu')}
            onClick={() => setOpen(!open)}
          >
            <IconMenu />
          </button>
        </div>
        <div className={classes.drawer} id="navigation">
          <nav aria-label={t('menu')}>
            <Navigation entries={nav} onGo={() => setOpen(false)} />
          </nav>
          <div className={classes.foot}>
            <Account note={accountNote} />
            <LanguageSwitch />
          </div>
        </div>
      </header>
      <div className={classes.body}>
        <OfflineNotice />
        <main id="main" tabIndex={-1} className={classes.main}>
          <CrashBoundary at={location}>{children}</CrashBoundary>
        </main>
      </div>
    </div>
  );
}
