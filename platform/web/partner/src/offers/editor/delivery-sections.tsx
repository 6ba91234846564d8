import { useFormat, useTexts } from '@chung/ui';
import { Panel } from '@chung/ui/desk';
import { TextInput } from '@mantine/core';
import type { PartnerTexts } from '../../texts/vi.ts';
import classes from './editor.module.css';
import { fieldId, useEditor } from './editor-context.tsx';
import { ChoiceCards, HELP_BELOW, MoneyField, NumberField, PercentField } from './fields.tsx';
import { instantOf } from './market-time.ts';

const DAY_MS = 86_400_000;

export function FundingSection() {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const { form, change } = useEditor();
  const partner = Math.min(100, form.partnerSharePercent || 0);
  const shown = (percent: number) => format.number(Math.round(percent * 100) / 100);
  return (
    <Panel title={t('editor.sections.funding')}>
      <div className={classes.row}>
        <PercentField
          path="funding"
          label={t('editor.funding.label')}
          help={t('editor.funding.help')}
          value={form.partnerSharePercent}
          onChange={(partnerSharePercent) => change({ partnerSharePercent })}
        />
        <div>
          <div className={classes.shares} aria-hidden="true">
            <span style={{ inlineSize: `${partner}%` }} />
          </div>
          <div className={classes.shareWords}>
            <span>{t('editor.funding.partner', { percent: shown(partner) })}</span>
            <span>{t('editor.funding.platform', { percent: shown(100 - partner) })}</span>
          </div>
        </div>
      </div>
    </Panel>
  );
}

export function StockSection() {
  const t = useTexts<PartnerTexts>();
  const { form, change } = useEditor();
  return (
    <Panel title={t('editor.sections.stock')}>
      <div className={classes.row}>
        <NumberField
          path="stock"
          label={t('editor.stock.label')}
          help={t('editor.stock.help')}
          suffix={t('editor.stock.unit')}
          value={form.stock}
          onChange={(stock) => change({ stock })}
        />
        <MoneyField
          path="budgetMinor"
          label={t('editor.budget.label')}
          help={t('editor.budget.help')}
          required={false}
          value={form.budgetMinor}
          onChange={(budgetMinor) => change({ budgetMinor })}
        />
        <NumberField
          path="limits.perMember"
          label={t('editor.perMember.label')}
          help={t('editor.perMember.help')}
          suffix={t('editor.stock.unit')}
          value={form.perMember}
          onChange={(perMember) => change({ perMember })}
        />
        <NumberField
          path="limits.perMemberPerDay"
          label={t('editor.perDay.label')}
          help={t('editor.perDay.help')}
          suffix={t('editor.stock.unit')}
          required={false}
          value={form.perMemberPerDay}
          onChange={(perMemberPerDay) => change({ perMemberPerDay })}
        />
      </div>
    </Panel>
  );
}

/** The browser's own date and time picker: it is known, works by keyboard and on every phone. Its value is read as Vietnam time. */
export function MomentField({
  path,
  label,
  help,
  value,
  onChange,
}: {
  path: string;
  label: string;
  help: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { errorOf, isLocked } = useEditor();
  return (
    <TextInput
      type="datetime-local"
      id={fieldId(path)}
      label={label}
      description={help}
      value={value}
      error={errorOf(path)}
      disabled={isLocked}
      withAsterisk
      inputWrapperOrder={HELP_BELOW}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function WindowSection() {
  const t = useTexts<PartnerTexts>();
  const { form, change } = useEditor();
  const days = (Date.parse(instantOf(form.endsAt)) - Date.parse(instantOf(form.startsAt))) / DAY_MS;
  return (
    <Panel
      title={t('editor.sections.window')}
      intro={days > 0 ? t('editor.window.length', { days: Math.round(days * 10) / 10 }) : undefined}
    >
      <div className={classes.row}>
        <MomentField
          path="window.startsAt"
          label={t('editor.window.starts')}
          help={t('editor.window.startsHelp')}
          value={form.startsAt}
          onChange={(startsAt) => change({ startsAt })}
        />
        <MomentField
          path="window.endsAt"
          label={t('editor.window.ends')}
          help={t('editor.window.endsHelp')}
          value={form.endsAt}
          onChange={(endsAt) => change({ endsAt })}
        />
      </div>
    </Panel>
  );
}

export function FulfilmentSection() {
  const t = useTexts<PartnerTexts>();
  const { form, change } = useEditor();
  const modes = ['instant', 'partner_confirmed'] as const;
  const pools = ['none', 'pool'] as const;
  return (
    <Panel title={t('editor.sections.fulfilment')}>
      <div className={classes.fields}>
        <ChoiceCards
          legend={t('editor.fulfilment.label')}
          name="fulfilment"
          value={form.fulfilment}
          onChange={(fulfilment) => change({ fulfilment })}
          options={modes.map((value) => ({
            value,
            title: t(`editor.fulfilment.${value}.title`),
            text: t(`editor.fulfilment.${value}.text`),
          }))}
        />
        {form.fulfilment === 'partner_confirmed' && (
          <div className={classes.row}>
            <NumberField
              path="fulfilment.holdMinutes"
              label={t('editor.fulfilment.hold')}
              help={t('editor.fulfilment.holdHelp')}
              suffix={t('editor.suffix.minutes')}
              value={form.holdMinutes}
              onChange={(holdMinutes) => change({ holdMinutes })}
            />
          </div>
        )}
        <ChoiceCards
          legend={t('editor.codes.label')}
          name="codes"
          value={form.codes}
          onChange={(codes) => change({ codes })}
          options={pools.map((value) => ({ value, title: t(`editor.codes.${value}.title`), text: t(`editor.codes.${value}.text`) }))}
        />
      </div>
    </Panel>
  );
}
