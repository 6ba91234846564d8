import type { Me } from '@chung/contracts';
import { ErrorState, IconCheck, IconNext, LanguageSwitch, Page, PageSkeleton, useApi, useFormat, useSession, useUiTexts } from '@chung/ui';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { type T, useT } from '../texts/use-t.ts';
import classes from './profile-page.module.css';

const ROLES = { member: 'me.roleMember', officer: 'me.roleOfficer', secretary: 'me.roleSecretary' } as const;

/** Rows of the record; a part whose scope is not granted is left out, an empty value of a granted part says so. */
function factsOf({ membership, age, contact }: Me, t: T, date: (instant: string) => string): [string, ReactNode][] {
  const orNone = (value: string | null) => value ?? t('me.none');
  return [
    ...(membership
      ? ([
          [t('me.unit'), orNone(membership.unit?.name ?? null)],
          [t('me.province'), orNone(membership.province?.name ?? null)],
          [t('me.role'), t(ROLES[membership.role])],
          [t('me.since'), membership.since ? date(membership.since) : t('me.none')],
        ] satisfies [string, ReactNode][])
      : []),
    ...(age ? ([[t('me.birthYear'), age.birthYear]] satisfies [string, ReactNode][]) : []),
    ...(contact
      ? ([
          [t('me.phone'), orNone(contact.phone)],
          [t('me.email'), orNone(contact.email)],
        ] satisfies [string, ReactNode][])
      : []),
  ];
}

function Membership({ me }: { me: Me }) {
  const t = useT();
  const format = useFormat();
  const verified = me.membership?.verified;
  return (
    <section className={classes.card}>
      <header className={classes.head}>
        <h2 className={classes.heading}>{t('me.membership')}</h2>
        {verified !== undefined && (
          <span className={classes.verified} data-verified={verified}>
            {verified && <IconCheck size={16} />}
            {t(verified ? 'me.verified' : 'me.notVerified')}
          </span>
        )}
      </header>
      <dl className={classes.facts}>
        {factsOf(me, t, format.date).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.source}>{t('me.source')}</p>
    </section>
  );
}

/** Stands also when the record cannot be read: signing out must always be possible. */
function Settings() {
  const t = useT();
  const ui = useUiTexts();
  const { signOut } = useSession();
  return (
    <section className={classes.card}>
      <header className={classes.head}>
        <h2 className={classes.heading}>{t('me.settings')}</h2>
      </header>
      <div className={classes.setting}>
        <span>{t('me.language')}</span>
        <LanguageSwitch />
      </div>
      <Link href="/privacy" className={classes.setting}>
        <span>{t('me.privacy')}</span>
        <IconNext size={18} />
      </Link>
      <div className={classes.setting}>
        <Button variant="default" fullWidth onClick={() => void signOut()}>
          {ui('signOut')}
        </Button>
      </div>
    </section>
  );
}

export function ProfilePage() {
  const t = useT();
  const api = useApi();
  const { session } = useSession();
  const { data, error, refetch } = useQuery({ queryKey: ['me.get'], queryFn: ({ signal }) => api.call('me.get', { signal }) });
  if (!data && !error) return <PageSkeleton />;
  return (
    <Page title={data?.profile?.displayName ?? session?.user?.displayName ?? t('me.title')} width="narrow">
      <div className={classes.cards}>
        {data ? <Membership me={data} /> : <ErrorState error={error} onRetry={() => void refetch()} />}
        <Settings />
      </div>
    </Page>
  );
}
