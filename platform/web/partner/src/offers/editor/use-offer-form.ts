import type { OfferDraft } from '@chung/contracts';
import { ApiError } from '@chung/ui';
import { useEffect, useMemo, useState } from 'react';
import { type Editor, focusField, useInvalidWords } from './editor-context.tsx';
import { draftOf, serverFieldPath } from './offer-draft.ts';
import type { OfferForm } from './offer-form.ts';

interface OfferFormHandle {
  readonly editor: Editor;
  readonly isDirty: boolean;
  /** How many fields are wrong, once saving was tried. */
  readonly problemCount: number;
  /** The draft when the form is sound; otherwise marks what is wrong, goes there and gives null. */
  readonly take: () => OfferDraft | null;
  /** Shows a refusal of the platform at the fields it names. */
  readonly refuse: (error: Error) => void;
  /** The field that a path in an answer of the platform is about. */
  readonly fieldOf: (path: string) => string;
  /** What is on the page is now what is stored. */
  readonly settle: () => void;
}

const sameForm = (a: OfferForm, b: OfferForm) => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Closing the tab with unsaved work asks first; leaving by a link is asked by the editor's page. */
function useLeaveWarning(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isDirty]);
}

/** The state of the offer editor: what is typed, what is wrong with it, and whether it is saved. */
export function useOfferForm(initial: OfferForm, isLocked: boolean): OfferFormHandle {
  const words = useInvalidWords();
  const [form, setForm] = useState(initial);
  const [saved, setSaved] = useState(initial);
  const [wasTried, setWasTried] = useState(false);
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  const isDirty = !sameForm(form, saved);
  useLeaveWarning(isDirty);

  const errors = useMemo(() => {
    const all = new Map(refused);
    const result = wasTried ? draftOf(form) : null;
    if (result && !result.ok)
      for (const { path, code } of result.issues) if (!all.has(path)) all.set(path, words(code) ?? words('invalid_value') ?? code);
    return all;
  }, [form, wasTried, refused, words]);

  const change = (part: Partial<OfferForm>) => {
    setForm((now) => ({ ...now, ...part }));
    if (refused.size > 0) setRefused(new Map());
  };
  const editor: Editor = {
    form,
    change,
    changeBenefit: (part) => change({ benefit: { ...form.benefit, ...part } }),
    changeEligibility: (part) => change({ eligibility: { ...form.eligibility, ...part } }),
    // A refusal may name a part of a field (`eligibility.province.0`) or a whole (`benefit`); both show at the nearest input.
    errorOf: (path) => errors.get(path),
    isLocked,
  };
  const goTo = (path: string | undefined) => path && requestAnimationFrame(() => focusField(path));

  return {
    editor,
    isDirty,
    problemCount: errors.size,
    take: () => {
      setWasTried(true);
      const result = draftOf(form);
      if (result.ok) return result.draft;
      goTo(result.issues[0]?.path);
      return null;
    },
    refuse: (error) => {
      if (!(error instanceof ApiError)) return;
      const named = error.fields.map((field): [string, string] => [
        serverFieldPath(field.path, form),
        words(field.code === 'custom' ? field.message : field.code) ?? field.message,
      ]);
      const all = error.code === 'stock_below_redeemed' ? [...named, ['stock', error.title] as [string, string]] : named;
      setRefused(new Map(all));
      goTo(all[0]?.[0]);
    },
    fieldOf: (path) => serverFieldPath(path, form),
    settle: () => {
      setSaved(form);
      setWasTried(false);
    },
  };
}
