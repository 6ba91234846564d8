import {
  DeskShell,
  IconChart,
  IconCoins,
  IconGift,
  IconList,
  IconSearch,
  IconShield,
  IconTicket,
  type NavEntry,
  NotFoundPage,
  PageSkeleton,
  SignedIn,
  useTexts,
} from '@chung/ui';
import { Alert } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { OverviewPage } from './overview/overview-page.tsx';
import { LandingPage } from './partners/landing-page.tsx';
import { PartnerGate, usePartner } from './partners/partner-gate.tsx';
import type { PartnerTexts } from './texts/vi.ts';

// The editor brings the schemas of the contract, so it and the rest load when they are opened.
const RegisterPage = lazy(() => import('./partners/register-page.tsx').then((page) => ({ default: page.RegisterPage })));
const OffersPage = lazy(() => import('./offers/offers-page.tsx').then((page) => ({ default: page.OffersPage })));
const NewOfferPage = lazy(() => import('./offers/new-offer-page.tsx').then((page) => ({ default: page.NewOfferPage })));
const OfferPage = lazy(() => import('./offers/offer-page.tsx').then((page) => ({ default: page.OfferPage })));
const CounterPage = lazy(() => import('./redemptions/counter-page.tsx').then((page) => ({ default: page.CounterPage })));
const RedemptionsPage = lazy(() => import('./redemptions/redemptions-page.tsx').then((page) => ({ default: page.RedemptionsPage })));
const BalancePage = lazy(() => import('./ledger/balance-page.tsx').then((page) => ({ default: page.BalancePage })));
const EventsPage = lazy(() => import('./events/events-page.tsx').then((page) => ({ default: page.EventsPage })));
const AppsPage = lazy(() => import('./apps/apps-page.tsx').then((page) => ({ default: page.AppsPage })));

function useNavigation(): NavEntry[] {
  const t = useTexts<PartnerTexts>();
  return [
    { href: '/', label: t('nav.overview'), icon: IconChart },
    { href: '/offers', label: t('nav.offers'), icon: IconGift },
    { href: '/counter', label: t('nav.counter'), icon: IconSearch },
    { href: '/redemptions', label: t('nav.redemptions'), icon: IconTicket },
    { href: '/balance', label: t('nav.balance'), icon: IconCoins },
    { href: '/events', label: t('nav.events'), icon: IconList },
    { href: '/apps', label: t('nav.apps'), icon: IconShield },
  ];
}

function Portal() {
  const t = useTexts<PartnerTexts>();
  const partner = usePartner();
  return (
    <DeskShell area={t('app.name')} nav={useNavigation()} accountNote={partner.name}>
      {partner.status === 'suspended' && (
        <Alert color="orange" radius={0} title={t('status.suspended.title')}>
          {t('status.suspended.text')}
        </Alert>
      )}
      <Suspense fallback={<PageSkeleton />}>
        <Switch>
          <Route path="/" component={OverviewPage} />
          <Route path="/offers" component={OffersPage} />
          <Route path="/offers/new" component={NewOfferPage} />
          <Route path="/offers/:offerId">{({ offerId }) => <OfferPage key={offerId} offerId={offerId} />}</Route>
          <Route path="/counter" component={CounterPage} />
          <Route path="/redemptions" component={RedemptionsPage} />
          <Route path="/balance" component={BalancePage} />
          <Route path="/events" component={EventsPage} />
          <Route path="/apps" component={AppsPage} />
          <Route component={NotFoundPage} />
        </Switch>
      </Suspense>
    </DeskShell>
  );
}

export function PartnerApp() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Switch>
        <Route path="/register" component={RegisterPage} />
        <Route>
          <SignedIn otherwise={<LandingPage />}>
            <PartnerGate>
              <Portal />
            </PartnerGate>
          </SignedIn>
        </Route>
      </Switch>
    </Suspense>
  );
}
