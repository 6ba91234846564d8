import type { Text } from '@chung/contracts';
import { useLanguage, useTexts } from '@chung/ui';
import { NumberInput, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PartnerTexts } from '../../texts/vi.ts';
import classes from './editor.module.css';
import { fieldId, useEditor } from './editor-context.tsx';
import type { Entered } from './offer-form.ts';

/** Help under the input, so that inputs beside each other stand on one line. */
export const HELP_BELOW: ('label' | 'input' | 'description' | 'error')[] = ['label', 'input', 'description', 'error'];

interface NumberFieldProps {
  readonly path: string;
  readonly label: string;
  readonly help?: string | undefined;
  readonly value: Entered;
  readonly onChange: (value: Entered) => void;
  readonly suffix?: string;
  readonly decimals?: number;
  readonly required?: boolean;
}

/** What the input reports is a number, or text while it is not one yet; text counts as empty. */
const entered = (value: number | string): Entered => (typeof value === 'number' && Number.isFinite(value) ? value : '');

export function NumberField({ path, label, help, value, onChange, suffix, decimals = 0, required = true }: NumberFieldProps) {
  const { errorOf, isLocked } = useEditor();
  const [language] = useLanguage();
  return (
    <NumberInput
      id={fieldId(path)}
      label={label}
      description={help}
      value={value}
      onChange={(next) => onChange(entered(next))}
      error={errorOf(path)}
      disabled={isLocked}
      withAsterisk={required}
      hideControls
      min={0}
      clampBehavior="none"
      allowNegative={false}
      allowDecimal={decimals > 0}
      decimalScale={decimals}
      thousandSeparator={language === 'vi' ? '.' : ','}
      decimalSeparator={language === 'vi' ? ',' : '.'}
      inputWrapperOrder={HELP_BELOW}
      inputMode={decimals > 0 ? 'decimal' : 'numeric'}
      {...(suffix ? { suffix: ` ${suffix}` } : {})}
    />
  );
}

export const MoneyField = (props: Omit<NumberFieldProps, 'suffix' | 'decimals'>) => <NumberField {...props} suffix="₫" />;
export const PercentField = (props: Omit<NumberFieldProps, 'suffix' | 'decimals'>) => <NumberField {...props} suffix="%" decimals={2} />;

interface TextPairProps {
  readonly path: string;
  readonly label: string;
  readonly help?: string;
  readonly value: Text;
  readonly onChange: (value: Text) => void;
  readonly maxLength: number;
  readonly rows?: number;
}

/** One text in both languages, side by side, so that neither is forgotten. */
export function TextPair({ path, label, help, value, onChange, maxLength, rows = 1 }: TextPairProps) {
  const t = useTexts<PartnerTexts>();
  const { errorOf, isLocked } = useEditor();
  const bind = (language: 'vi' | 'en') => ({
    id: fieldId(`${path}.${language}`),
    label: (
      <>
        {label} <span className={classes.language}>{t(`editor.language.${language}`)}</span>
      </>
    ),
    value: value[language],
    lang: language,
    maxLength,
    error: errorOf(`${path}.${language}`),
    disabled: isLocked,
    withAsterisk: true,
    onChange: (event: { currentTarget: { value: string } }) => onChange({ ...value, [language]: event.currentTarget.value }),
  });
  return (
    <div>
      <div className={classes.pair}>
        {rows > 1 ? <Textarea {...bind('vi')} autosize minRows={rows} maxRows={14} /> : <TextInput {...bind('vi')} />}
        {rows > 1 ? <Textarea {...bind('en')} autosize minRows={rows} maxRows={14} /> : <TextInput {...bind('en')} />}
      </div>
      {help && <p className={classes.help}>{help}</p>}
    </div>
  );
}

interface ChoiceCardsProps<Value extends string> {
  readonly legend: string;
  readonly name: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly title: string; readonly text: ReactNode }[];
  readonly onChange: (value: Value) => void;
}

/** A choice that deserves a sentence each: real radio buttons, so arrow keys and screen readers work as ever. */
export function ChoiceCards<Value extends string>({ legend, name, value, options, onChange }: ChoiceCardsProps<Value>) {
  const { isLocked } = useEditor();
  return (
    <fieldset className={classes.choices} disabled={isLocked}>
      <legend>{legend}</legend>
      <div className={classes.cards}>
        {options.map((option, index) => (
          <label key={option.value} className={classes.card}>
            <input
              type="radio"
              name={name}
              id={index === 0 ? fieldId(name) : undefined}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span className={classes.cardTitle}>{option.title}</span>
            <span className={classes.cardText}>{option.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
