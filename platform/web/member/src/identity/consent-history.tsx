import { type ConsentReceipt, isScope, SCOPES } from '@chung/contracts';
import { EmptyState, ErrorState, RowsSkeleton, useEndlessList, useFormat, useLocal, useUiTexts } from '@chung/ui';
import { Button } from '@mantine/core';
import { useT } from '../texts/use-t.ts';
import classes from './privacy-page.module.css';

/** A receipt names the scope as it is called today; one that was retired since keeps its technical name. */
function Line({ receipt }: { receipt: ConsentReceipt }) {
  const t = useT();
  const local = useLocal();
  const format = useFormat();
  const scope = isScope(receipt.scope) ? local(SCOPES[receipt.scope].title) : receipt.scope;
  return (
    <li className={classes.line}>
      <span className={classes.action} data-action={receipt.action}>
        {t(receipt.action === 'granted' ? 'privacy.granted' : 'privacy.withdrew')}
      </span>
      <div className={classes.words}>
        <strong>{scope}</strong>
        <span>
          {receipt.app.name} · {local(receipt.purpose)}
        </span>
        <span className={classes.dim}>
          {format.dateTime(receipt.at)} · {t('privacy.receipt', { id: receipt.id })}
        </span>
      </div>
    </li>
  );
}

/** Apart from the grants, so that a failure of one leaves the other readable. */
export function ConsentHistory() {
  const t = useT();
  const ui = useUiTexts();
  const list = useEndlessList('me.consents.list');
  if (list.isPending) return <RowsSkeleton rows={3} />;
  if (list.error && list.items.length === 0) return <ErrorState error={list.error} onRetry={list.refetch} />;
  if (list.items.length === 0) return <EmptyState title={t('privacy.historyEmpty')} />;
  return (
    <>
      <ol className={classes.lines}>
        {list.items.map((receipt) => (
          <Line key={receipt.id} receipt={receipt} />
        ))}
      </ol>
      {list.hasMore && (
        <Button variant="default" mt="md" fullWidth loading={list.isFetchingMore} onClick={list.more}>
          {ui('more')}
        </Button>
      )}
    </>
  );
}
