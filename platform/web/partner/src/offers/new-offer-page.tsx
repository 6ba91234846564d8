import { Page, ProblemNotice, useApi, useTexts } from '@chung/ui';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { PartnerTexts } from '../texts/vi.ts';
import { BackToOffers } from './back-to-offers.tsx';
import { OfferEditor } from './editor/offer-editor.tsx';
import { emptyForm } from './editor/offer-form.ts';
import { useOfferForm } from './editor/use-offer-form.ts';

export function NewOfferPage() {
  const t = useTexts<PartnerTexts>();
  const api = useApi();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [initial] = useState(() => emptyForm());
  const { editor, isDirty, problemCount, take, refuse, settle } = useOfferForm(initial, false);
  const create = useMutation({
    mutationFn: (body: NonNullable<ReturnType<typeof take>>) => api.call('partner.offers.create', { body }),
    onError: refuse,
    onSuccess: (offer) => {
      settle();
      queries.setQueryData(['partner.offers.get', offer.id], offer);
      void queries.invalidateQueries({ queryKey: ['partner.offers.list'] });
      go(`/offers/${offer.id}`, { replace: true });
    },
  });
  const save = () => {
    const draft = take();
    if (draft) create.mutate(draft);
  };
  return (
    <Page title={t('editor.newTitle')} appName={t('app.name')} above={<BackToOffers isDirty={isDirty} />}>
      <OfferEditor
        editor={editor}
        isDirty={isDirty}
        problemCount={problemCount}
        onSubmit={save}
        actions={
          <Button type="submit" loading={create.isPending}>
            {t('editor.save')}
          </Button>
        }
      />
      {create.error && problemCount === 0 && <ProblemNotice error={create.error} onRetry={save} />}
    </Page>
  );
}
