import { CrashBoundary, lazyPage, NotFoundPage, PageSkeleton, SignedIn } from '@chung/ui';
import { Suspense, useEffect } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { OffersPage } from './catalogue/offers-page.tsx';
import { Landing } from './shell/landing.tsx';
import { MemberShell } from './shell/member-shell.tsx';

// The list of offers is what nearly every visit starts with; the other pages come when the first one stands.
const OfferPage = lazyPage(async () => (await import('./catalogue/offer-page.tsx')).OfferPage);
const WalletPage = lazyPage(async () => (await import('./redemptions/wallet-page.tsx')).WalletPage);
const RedemptionPage = lazyPage(async () => (await import('./redemptions/redemption-page.tsx')).RedemptionPage);
const PrivacyPage = lazyPage(async () => (await import('./identity/privacy-page.tsx')).PrivacyPage);
const ProfilePage = lazyPage(async () => (await import('./members/profile-page.tsx')).ProfilePage);

// The first page goes first; what follows must not compete with it for a slow connection.
const QUIET_MS = 2_000;

/** At a counter the connection is often bad: what is needed there is brought while it is still good. */
function usePreload(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const page of [OfferPage, RedemptionPage, WalletPage, PrivacyPage, ProfilePage]) page.preload();
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
}

function Pages() {
  const [location] = useLocation();
  usePreload();
  return (
    <CrashBoundary at={location}>
      <Suspense fallback={<PageSkeleton />}>
        <Switch>
          <Route path="/" component={OffersPage} />
          {/* The key makes another offer a new page: new heading focus, no state of the one before. */}
          <Route path="/offers/:offerId">{({ offerId }) => <OfferPage key={offerId} offerId={offerId} />}</Route>
          <Route path="/redemptions">
            <WalletPage />
          </Route>
          <Route path="/redemptions/:redemptionId">
            {({ redemptionId }) => <RedemptionPage key={redemptionId} redemptionId={redemptionId} />}
          </Route>
          <Route path="/privacy">
            <PrivacyPage />
          </Route>
          <Route path="/me">
            <ProfilePage />
          </Route>
          <Route component={NotFoundPage} />
        </Switch>
      </Suspense>
    </CrashBoundary>
  );
}

export function App() {
  return (
    <MemberShell>
      <SignedIn otherwise={<Landing />}>
        <Pages />
      </SignedIn>
    </MemberShell>
  );
}
