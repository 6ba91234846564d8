import type { Partner } from '@chung/contracts';
import { ApiError, ErrorPage, Page, PageSkeleton, State, useApi, useTexts } from '@chung/ui';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext } from 'react';
import type { PartnerTexts } from '../texts/vi.ts';
import { PublicFrame } from './public-frame.tsx';
import { StatusPage } from './status-page.tsx';

const Context = createContext<Partner | null>(null);
const ASK_AGAIN_MS = 15_000;

/** The partner whose portal this is. */
export function usePartner(): Partner {
  const partner = useContext(Context);
  if (!partner) throw new TypeError('usePartner needs PartnerGate around it.');
  return partner;
}

function WrongAccount() {
  const t = useTexts<PartnerTexts>();
  return (
    <PublicFrame>
      <Page title={t('app.name')} width="narrow">
        <State title={t('status.wrongAccount.title')} detail={t('status.wrongAccount.text')} />
      </Page>
    </PublicFrame>
  );
}

/** The frame stays, with its way to sign out. */
function Unreachable({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <PublicFrame>
      <ErrorPage error={error} onRetry={onRetry} />
    </PublicFrame>
  );
}

const isWrongAccount = (error: Error) => error instanceof ApiError && (error.code === 'wrong_actor' || error.code === 'insufficient_scope');

/** Lets an active partner into the portal; an applicant sees how the application stands instead. */
export function PartnerGate({ children }: { children: ReactNode }) {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: ['partner.profile.get'],
    queryFn: ({ signal }) => api.call('partner.profile.get', { signal }),
    // Only an applicant waits for a change that somebody else makes.
    refetchInterval: (query) => (query.state.data?.status === 'applied' ? ASK_AGAIN_MS : false),
  });
  if (!data && error) return isWrongAccount(error) ? <WrongAccount /> : <Unreachable error={error} onRetry={() => void refetch()} />;
  if (!data) return <PageSkeleton />;
  if (data.status === 'applied' || data.status === 'refused') return <StatusPage partner={data} status={data.status} />;
  return <Context.Provider value={data}>{children}</Context.Provider>;
}
