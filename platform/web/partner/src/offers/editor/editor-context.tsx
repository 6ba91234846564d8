import { useTexts } from '@chung/ui';
import { createContext, useContext } from 'react';
import type { PartnerTexts } from '../../texts/vi.ts';
import type { BenefitFields, EligibilityFields, OfferForm } from './offer-form.ts';

export interface Editor {
  readonly form: OfferForm;
  readonly change: (part: Partial<OfferForm>) => void;
  readonly changeBenefit: (part: Partial<BenefitFields>) => void;
  readonly changeEligibility: (part: Partial<EligibilityFields>) => void;
  /** The message of a field by its path in the contract, e.g. `window.endsAt`. */
  readonly errorOf: (path: string) => string | undefined;
  readonly isLocked: boolean;
}

const Context = createContext<Editor | null>(null);
export const EditorProvider = Context.Provider;

export function useEditor(): Editor {
  const editor = useContext(Context);
  if (!editor) throw new TypeError('useEditor needs EditorProvider around it.');
  return editor;
}

/** The id of a field's input, so that a hint or the first error can put the cursor there. */
export const fieldId = (path: string) => `offer-${path.replaceAll('.', '-')}`;

/** Goes to the field, or to the group it belongs to when the field itself has no input of its own. */
export function focusField(path: string): void {
  const parts = path.split('.');
  while (parts.length > 0) {
    const element = document.getElementById(fieldId(parts.join('.')));
    if (element) {
      element.focus({ preventScroll: true });
      element.scrollIntoView({ block: 'center', behavior: 'smooth' });
      return;
    }
    parts.pop();
  }
}

const KNOWN = [
  'required',
  'too_small',
  'too_big',
  'invalid_type',
  'invalid_format',
  'invalid_value',
  'window_reversed',
  'shares_not_whole',
  'funder_repeated',
  'age_reversed',
] as const;

/** Words for a code of a field; null when only the platform has words for it. */
export function useInvalidWords(): (code: string) => string | null {
  const t = useTexts<PartnerTexts>();
  return (code) => {
    const known = KNOWN.find((name) => name === code);
    return known ? t(`editor.invalid.${known}`) : null;
  };
}
