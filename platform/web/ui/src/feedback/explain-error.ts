import { ApiError, UnreachableError } from '@chung/client/light';
import { type Translate, useUiTexts } from '../texts/language.ts';
import type { UiTexts } from '../texts/vi.ts';

/** An error in words for a person. `detail` says what to do next where that is known. */
export interface Explained {
  readonly title: string;
  readonly detail: string | null;
  readonly requestId: string | null;
  readonly docs: string | null;
  readonly fields: readonly { readonly path: string; readonly message: string }[];
  readonly canRetry: boolean;
}

const nothingMore = { requestId: null, docs: null, fields: [] } as const;

/** The platform's own words are already in the reader's language; only what never reached it is worded here. */
export function explainError(error: unknown, t: Translate<UiTexts>): Explained {
  if (error instanceof ApiError) {
    const detail = error.detail === error.title ? null : error.detail;
    const canRetry = error.status >= 500 || error.status === 429;
    return { title: error.title, detail, requestId: error.requestId, docs: error.docs, fields: error.fields, canRetry };
  }
  if (error instanceof UnreachableError) {
    const kind = error.timedOut ? 'slow' : 'unreachable';
    return { title: t(`${kind}.title`), detail: t(`${kind}.detail`), canRetry: true, ...nothingMore };
  }
  return { title: t('unexpected.title'), detail: t('unexpected.detail'), canRetry: true, ...nothingMore };
}

export function useExplain(): (error: unknown) => Explained {
  const t = useUiTexts();
  return (error) => explainError(error, t);
}

/** The field messages of a refused form by path: `{ 'window.endsAt': '…' }`. Both `a.b` and `/a/b` are read. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(error.fields.map(({ path, message }) => [path.replace(/^\/|^body\./, '').replaceAll('/', '.'), message]));
}
