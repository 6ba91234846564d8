import { Benefit } from '@chung/contracts';
import { useTexts } from '@chung/ui';
import { OfferPreview, Panel, useProvinces } from '@chung/ui/desk';
import { useDeferredValue, useMemo } from 'react';
import { usePartner } from '../../partners/partner-gate.tsx';
import type { PartnerTexts } from '../../texts/vi.ts';
import classes from './editor.module.css';
import { focusField, useEditor } from './editor-context.tsx';
import { hintsFor } from './hints.ts';
import { instantOf } from './market-time.ts';
import { benefitOf, conditionsOf } from './offer-draft.ts';

/** The member's card as it stands, and what is likely to be refused. */
export function SidePanel() {
  const t = useTexts<PartnerTexts>();
  const partner = usePartner();
  const { names } = useProvinces();
  // Typing stays quick; the preview follows a moment later.
  const form = useDeferredValue(useEditor().form);
  const hints = useMemo(() => hintsFor(form), [form]);
  const benefit = useMemo(() => Benefit.safeParse(benefitOf(form)).data ?? null, [form]);
  return (
    <aside className={classes.side}>
      <Panel title={t('editor.preview.title')}>
        <OfferPreview
          provinceNames={names}
          languageLabel={t('editor.preview.language')}
          offer={{
            partnerName: partner.name,
            title: form.title,
            summary: form.summary,
            benefit,
            endsAt: instantOf(form.endsAt) || null,
            fulfilment: form.fulfilment,
            conditions: conditionsOf(form.eligibility),
          }}
        />
      </Panel>
      <Panel title={t('editor.hints.title')}>
        <div aria-live="polite">
          {hints.length === 0 ? (
            <p className={classes.help}>{t('editor.hints.none')}</p>
          ) : (
            <ul className={classes.hints}>
              {hints.map((hint) => (
                <li key={hint.code}>
                  <button type="button" data-severity={hint.severity} title={t('editor.hints.goTo')} onClick={() => focusField(hint.field)}>
                    {hint.rule && <b>{hint.rule} · </b>}
                    {t(`editor.hint.${hint.code}`)}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      </Panel>
    </aside>
  );
}
