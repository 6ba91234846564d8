import type { OfferDraft, PartnerOffer } from '@chung/contracts';
import { ErrorPage, Page, PageSkeleton, ProblemNotice, useApi, useConfirm, useFormat, useLocal, useTexts } from '@chung/ui';
import { Figure, Figures } from '@chung/ui/desk';
import { Alert, Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { usePartner } from '../partners/partner-gate.tsx';
import type { PartnerTexts } from '../texts/vi.ts';
import { BackToOffers } from './back-to-offers.tsx';
import { CodesPanel } from './codes-panel.tsx';
import { DecisionNotice } from './decision-notice.tsx';
import { changedParts, needsReview } from './editor/changed-parts.ts';
import { OfferEditor } from './editor/offer-editor.tsx';
import { formOf } from './editor/offer-form.ts';
import { useOfferForm } from './editor/use-offer-form.ts';
import { OfferStateTag } from './offer-state-tag.tsx';
import { SubmissionNotice, useSubmission } from './submission.tsx';

const CHECK_REVIEW_MS = 15_000;

export function OfferPage({ offerId }: { offerId: string }) {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: ['partner.offers.get', offerId],
    queryFn: ({ signal }) => api.call('partner.offers.get', { params: { offerId }, signal }),
    refetchInterval: (query) => (query.state.data?.state === 'submitted' ? CHECK_REVIEW_MS : false),
  });
  if (!data && error) return <ErrorPage error={error} onRetry={() => void refetch()} />;
  if (!data) return <PageSkeleton />;
  // A new version of the terms starts the editor afresh; new counts alone must not throw away what is being typed.
  return <StoredOffer key={`${data.termsVersion}-${data.state}`} offer={data} />;
}

/** Saves what changed. A live offer whose terms change leaves the catalogue, so that is asked first. */
function useSave(offer: PartnerOffer, onRefused: (error: Error) => void, onSaved: () => void) {
  const t = useTexts<PartnerTexts>();
  const api = useApi();
  const queries = useQueryClient();
  const confirm = useConfirm();
  const change = useMutation({
    mutationFn: (body: Partial<OfferDraft>) => api.call('partner.offers.change', { params: { offerId: offer.id }, body }),
    onError: onRefused,
    onSuccess: (changed) => {
      onSaved();
      queries.setQueryData(['partner.offers.get', offer.id], changed);
      void queries.invalidateQueries({ queryKey: ['partner.offers.list'] });
    },
  });
  const save = async (draft: OfferDraft) => {
    const parts = changedParts(offer, draft);
    if (Object.keys(parts).length === 0) return onSaved();
    const isLive = offer.state === 'published' || offer.state === 'paused';
    const texts = {
      title: t('offers.submit.confirm.title'),
      body: t('offers.submit.confirm.text'),
      confirm: t('offers.submit.confirm.action'),
    };
    if (isLive && needsReview(parts) && !(await confirm(texts))) return;
    change.mutate(parts);
  };
  return { save, change };
}

function Counts({ offer }: { offer: PartnerOffer }) {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  return (
    <Figures>
      {(['redeemed', 'held', 'available', 'stock'] as const).map((name) => (
        <Figure key={name} label={t(`offers.counts.${name}`)} value={format.number(offer.counts[name])} />
      ))}
    </Figures>
  );
}

function StoredOffer({ offer }: { offer: PartnerOffer }) {
  const t = useTexts<PartnerTexts>();
  const local = useLocal();
  const format = useFormat();
  const partner = usePartner();
  const isLocked = offer.state === 'submitted' || partner.status !== 'active';
  const [initial] = useState(() => formOf(offer));
  const { editor, isDirty, problemCount, take, refuse, settle, fieldOf } = useOfferForm(initial, isLocked);
  const { save, change } = useSave(offer, refuse, settle);
  const submission = useSubmission(offer, { refuse, fieldOf });
  const notice = partner.status === 'suspended' ? 'suspended' : offer.state;
  const free = offer.counts.codes?.free ?? 0;
  const needsCodes = offer.codes === 'pool' && free < offer.counts.available;
  const whyNot = isDirty
    ? t('offers.submit.saveFirst')
    : needsCodes
      ? t('offers.submit.needCodes', { free: format.number(free), needed: format.number(offer.counts.available) })
      : undefined;
  const onSave = () => {
    const draft = take();
    if (draft) void save(draft);
  };
  return (
    <Page
      title={local(offer.title)}
      appName={t('app.name')}
      intro={<OfferStateTag state={offer.state} />}
      above={<BackToOffers isDirty={isDirty} />}
    >
      <Stack gap="lg">
        <SubmissionNotice submission={submission} />
        {offer.lastDecision && offer.state !== 'submitted' && <DecisionNotice decision={offer.lastDecision} state={offer.state} />}
        {notice !== 'draft' && notice !== 'refused' && (
          <Alert color={isLocked ? 'gray' : 'brand'} variant="light">
            {t(`editor.notice.${notice}`)}
          </Alert>
        )}
        {offer.state !== 'draft' && offer.state !== 'refused' && <Counts offer={offer} />}
        {offer.codes === 'pool' && <CodesPanel offer={offer} canUpload={partner.status === 'active'} />}
        <OfferEditor
          editor={editor}
          isDirty={isDirty}
          problemCount={problemCount}
          {...(offer.state === 'draft' && whyNot ? { note: whyNot } : {})}
          onSubmit={onSave}
          actions={
            <Group gap="sm">
              <Button type="submit" variant="default" loading={change.isPending} disabled={!isDirty}>
                {t('editor.saveChanges')}
              </Button>
              {offer.state === 'draft' && (
                <Button
                  type="button"
                  disabled={whyNot !== undefined}
                  loading={submission.send.isPending}
                  onClick={() => submission.send.mutate()}
                >
                  {t('offers.submit.action')}
                </Button>
              )}
            </Group>
          }
        />
        {change.error && problemCount === 0 && <ProblemNotice error={change.error} onRetry={onSave} />}
      </Stack>
    </Page>
  );
}
