import { useSyncExternalStore } from 'react';
import { useUiTexts } from '../texts/language.ts';
import classes from './offline-notice.module.css';

function subscribe(changed: () => void): () => void {
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
}

export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}

/** Always in the page, so that a screen reader hears it appear. */
export function OfflineNotice() {
  const t = useUiTexts();
  const online = useOnline();
  return <div role="status">{!online && <div className={classes.notice}>{t('offline')}</div>}</div>;
}
