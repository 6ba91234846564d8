import { useTexts } from '@chung/ui';
import { Panel } from '@chung/ui/desk';
import type { PartnerTexts } from '../../texts/vi.ts';
import { KINDS } from '../offer-words.ts';
import { BundleFields } from './bundle-fields.tsx';
import classes from './editor.module.css';
import { useEditor } from './editor-context.tsx';
import { ChoiceCards, MoneyField, NumberField, PercentField } from './fields.tsx';
import type { BenefitFields, Entered } from './offer-form.ts';

type NumberKey = { [Key in keyof BenefitFields]: BenefitFields[Key] extends Entered ? Key : never }[keyof BenefitFields];

/** Value and setter of one number of the benefit. */
function useBenefitNumber() {
  const { form, changeBenefit } = useEditor();
  return (key: NumberKey) => ({ value: form.benefit[key], onChange: (value: Entered) => changeBenefit({ [key]: value }) });
}

function KindFields() {
  const t = useTexts<PartnerTexts>();
  const { form } = useEditor();
  const number = useBenefitNumber();
  switch (form.kind) {
    case 'percentage':
      return (
        <>
          <PercentField
            path="benefit.rateBasisPoints"
            label={t('editor.percentage.rate')}
            help={t('editor.percentage.rateHelp')}
            {...number('ratePercent')}
          />
          <MoneyField
            path="benefit.maxDiscountMinor"
            label={t('editor.percentage.cap')}
            help={t('editor.percentage.capHelp')}
            required={false}
            {...number('maxDiscountMinor')}
          />
        </>
      );
    case 'fixed_amount':
      return (
        <MoneyField
          path="benefit.discountMinor"
          label={t('editor.fixed_amount.discount')}
          help={t('editor.fixed_amount.discountHelp')}
          {...number('discountMinor')}
        />
      );
    case 'free_voucher':
      return (
        <MoneyField
          path="benefit.faceValueMinor"
          label={t('editor.free_voucher.faceValue')}
          help={t('editor.free_voucher.faceValueHelp')}
          {...number('faceValueMinor')}
        />
      );
    case 'bundle':
      return null;
    case 'trial':
      return (
        <>
          <NumberField path="benefit.days" label={t('editor.trial.days')} suffix={t('editor.suffix.days')} {...number('days')} />
          <MoneyField
            path="benefit.renewalPriceMinor"
            label={t('editor.trial.renewal')}
            help={t('editor.trial.renewalHelp')}
            required={false}
            {...number('renewalPriceMinor')}
          />
        </>
      );
    case 'cashback':
      return (
        <>
          <MoneyField path="benefit.cashbackMinor" label={t('editor.cashback.amount')} {...number('cashbackMinor')} />
          <MoneyField
            path="benefit.minimumSpendMinor"
            label={t('editor.cashback.minimum')}
            help={t('editor.cashback.minimumHelp')}
            {...number('minimumSpendMinor')}
          />
          <NumberField
            path="benefit.vestingDays"
            label={t('editor.cashback.vesting')}
            help={t('editor.cashback.vestingHelp')}
            suffix={t('editor.suffix.days')}
            {...number('vestingDays')}
          />
        </>
      );
  }
}

export function BenefitSection() {
  const t = useTexts<PartnerTexts>();
  const { form, change } = useEditor();
  return (
    <Panel title={t('editor.sections.benefit')}>
      <div className={classes.fields}>
        <ChoiceCards
          legend={t('editor.kind.label')}
          name="kind"
          value={form.kind}
          onChange={(kind) => change({ kind })}
          options={KINDS.map((value) => ({ value, title: t(`offers.kind.${value}`), text: t(`offers.kindHelp.${value}`) }))}
        />
        {form.kind === 'bundle' && <BundleFields />}
        <div className={classes.row}>
          <KindFields />
          <MoneyField
            path="regularPriceMinor"
            label={t('editor.price.label')}
            help={t('editor.price.help')}
            value={form.regularPriceMinor}
            onChange={(regularPriceMinor) => change({ regularPriceMinor })}
          />
        </div>
      </div>
    </Panel>
  );
}
