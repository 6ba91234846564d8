import { NotFoundPage, PageSkeleton, SignedIn } from '@chung/ui';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { OffersPage } from './catalogue/offers-page.tsx';
import { Landing } from './shell/landing.tsx';
import { MemberShell } from './shell/member-shell.tsx';

// The list of offers is what nearly every visit starts with; the other pages come when they are opened.
const OfferPage = lazy(() => import('./catalogue/offer-page.tsx').then((module) => ({ default: module.OfferPage })));
const WalletPage = lazy(() => import('./redemptions/wallet-page.tsx').then((module) => ({ default: module.WalletPage })));
const RedemptionPage = lazy(() => import('./redemptions/redemption-page.tsx').then((module) => ({ default: module.RedemptionPage })));
const PrivacyPage = lazy(() => import('./identity/privacy-page.tsx').then((module) => ({ default: module.PrivacyPage })));
const ProfilePage = lazy(() => import('./members/profile-page.tsx').then((module) => ({ default: module.ProfilePage })));

export function App() {
  return (
    <MemberShell>
      <SignedIn otherwise={<Landing />}>
        <Suspense fallback={<PageSkeleton />}>
          <Switch>
            <Route path="/" component={OffersPage} />
            {/* The key makes another offer a new page: new heading focus, no state of the one before. */}
            <Route path="/offers/:offerId">{({ offerId }) => <OfferPage key={offerId} offerId={offerId} />}</Route>
            <Route path="/redemptions" component={WalletPage} />
            <Route path="/redemptions/:redemptionId">
              {({ redemptionId }) => <RedemptionPage key={redemptionId} redemptionId={redemptionId} />}
            </Route>
            <Route path="/privacy" component={PrivacyPage} />
            <Route path="/me" component={ProfilePage} />
            <Route component={NotFoundPage} />
          </Switch>
        </Suspense>
      </SignedIn>
    </MemberShell>
  );
}
