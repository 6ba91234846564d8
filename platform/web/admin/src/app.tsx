import {
  DeskShell,
  IconCoins,
  IconList,
  IconShield,
  IconUpload,
  IconUser,
  NotFoundPage,
  PageSkeleton,
  SignedIn,
  useList,
  useSession,
  useTexts,
} from '@chung/ui';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { LandingPage, WrongAccountPage } from './identity/landing-page.tsx';
import { QueuePage } from './reviews/queue-page.tsx';
import { WAITING, WAITING_REFETCH_SECONDS } from './reviews/waiting.ts';
import type { AdminTexts } from './texts/vi.ts';

const SubmissionPage = lazy(() => import('./reviews/submission-page.tsx').then((page) => ({ default: page.SubmissionPage })));
const PartnersPage = lazy(() => import('./partners/partners-page.tsx').then((page) => ({ default: page.PartnersPage })));
const ImportsPage = lazy(() => import('./members/imports-page.tsx').then((page) => ({ default: page.ImportsPage })));
const TrialBalancePage = lazy(() => import('./ledger/trial-balance-page.tsx').then((page) => ({ default: page.TrialBalancePage })));
const AuditPage = lazy(() => import('./audit/audit-page.tsx').then((page) => ({ default: page.AuditPage })));

function Console() {
  const t = useTexts<AdminTexts>();
  const waiting = useList('admin.submissions.list', WAITING, { refetchSeconds: WAITING_REFETCH_SECONDS });
  const nav = [
    { href: '/', label: t('nav.queue'), icon: IconList, count: waiting.items.length },
    { href: '/partners', label: t('nav.partners'), icon: IconUser },
    { href: '/members', label: t('nav.imports'), icon: IconUpload },
    { href: '/ledger', label: t('nav.ledger'), icon: IconCoins },
    { href: '/audit', label: t('nav.audit'), icon: IconShield },
  ];
  return (
    <DeskShell area={t('app.name')} nav={nav}>
      <Suspense fallback={<PageSkeleton />}>
        <Switch>
          <Route path="/" component={QueuePage} />
          <Route path="/submissions/:submissionId">
            {({ submissionId }) => <SubmissionPage key={submissionId} submissionId={submissionId} />}
          </Route>
          <Route path="/partners" component={PartnersPage} />
          <Route path="/members" component={ImportsPage} />
          <Route path="/ledger" component={TrialBalancePage} />
          <Route path="/audit" component={AuditPage} />
          <Route component={NotFoundPage} />
        </Switch>
      </Suspense>
    </DeskShell>
  );
}

function ForAdmins() {
  const { session } = useSession();
  return session?.actor && session.actor !== 'admin' ? <WrongAccountPage /> : <Console />;
}

export function AdminApp() {
  return (
    <SignedIn otherwise={<LandingPage />}>
      <ForAdmins />
    </SignedIn>
  );
}
