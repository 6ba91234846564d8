import { useTexts } from '@chung/ui';
import { Panel } from '@chung/ui/desk';
import type { PartnerTexts } from '../../texts/vi.ts';
import { MomentField } from './delivery-sections.tsx';
import classes from './editor.module.css';
import { useEditor } from './editor-context.tsx';
import { ChoiceCards, NumberField } from './fields.tsx';
import type { OfferForm } from './offer-form.ts';

const WAYS = ['first_come', 'waiting_list', 'lottery'] as const satisfies readonly OfferForm['allocation'][];

/** Who gets a unit when there are fewer than people who want one. */
export function AllocationSection() {
  const t = useTexts<PartnerTexts>();
  const { form, change } = useEditor();
  return (
    <Panel title={t('editor.sections.allocation')}>
      <div className={classes.fields}>
        <ChoiceCards
          legend={t('editor.allocation.label')}
          name="allocation"
          value={form.allocation}
          onChange={(allocation) => change({ allocation })}
          options={WAYS.map((value) => ({
            value,
            title: t(`editor.allocation.${value}.title`),
            text: t(`editor.allocation.${value}.text`),
          }))}
        />
        {form.allocation !== 'first_come' && (
          <div className={classes.row}>
            {form.allocation === 'lottery' && (
              <>
                <MomentField
                  path="allocation.entriesFrom"
                  label={t('editor.allocation.from')}
                  help={t('editor.allocation.fromHelp')}
                  value={form.entriesFrom}
                  onChange={(entriesFrom) => change({ entriesFrom })}
                />
                <MomentField
                  path="allocation.entriesUntil"
                  label={t('editor.allocation.until')}
                  help={t('editor.allocation.untilHelp')}
                  value={form.entriesUntil}
                  onChange={(entriesUntil) => change({ entriesUntil })}
                />
              </>
            )}
            <NumberField
              path="allocation.acceptMinutes"
              label={t('editor.allocation.accept')}
              help={t('editor.allocation.acceptHelp')}
              suffix={t('editor.suffix.minutes')}
              value={form.acceptMinutes}
              onChange={(acceptMinutes) => change({ acceptMinutes })}
            />
          </div>
        )}
      </div>
    </Panel>
  );
}
