import type { MemberGrant } from '@chung/contracts';
import { ProblemNotice, useApi, useConfirm, useFormat, useLocal } from '@chung/ui';
import { Button, VisuallyHidden } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useT } from '../texts/use-t.ts';
import classes from './privacy-page.module.css';

type GrantedScope = MemberGrant['scopes'][number];

/** Titles begin with a capital; inside a sentence they do not. */
const insideSentence = (title: string) => title.charAt(0).toLocaleLowerCase('vi') + title.slice(1);

function useWithdraw(grant: MemberGrant) {
  const t = useT();
  const api = useApi();
  const local = useLocal();
  const queries = useQueryClient();
  const confirm = useConfirm();
  const withdraw = useMutation({
    mutationFn: (scope: string) => api.call('me.grants.scopes.withdraw', { params: { grantId: grant.id, scope } }),
    // Also after a refusal: withdrawn in another tab is news too.
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['me.grants.list'] }),
        queries.invalidateQueries({ queryKey: ['me.consents.list'] }),
      ]),
  });
  const ask = async ({ scope, title }: GrantedScope) => {
    const yes = await confirm({
      title: t('privacy.withdrawTitle'),
      body: t('privacy.withdrawBody', { app: grant.app.name, scope: insideSentence(local(title)) }),
      confirm: t('privacy.withdraw'),
      cancel: t('privacy.withdrawKeep'),
      danger: true,
    });
    if (yes) withdraw.mutate(scope);
  };
  return { ask, error: withdraw.error, done: withdraw.isSuccess, working: withdraw.isPending ? withdraw.variables : null };
}

/** The button's hidden words name the scope: read out alone, five times "withdraw" would say nothing. */
function ScopeRow({ granted, working, onWithdraw }: { granted: GrantedScope; working: boolean; onWithdraw: () => void }) {
  const t = useT();
  const local = useLocal();
  const format = useFormat();
  return (
    <li className={classes.scope}>
      <div className={classes.words}>
        <strong>{local(granted.title)}</strong>
        <span>
          {t('privacy.purpose')}: {local(granted.purpose)}
        </span>
        <span className={classes.dim}>{t('privacy.since', { date: format.date(granted.grantedAt) })}</span>
      </div>
      {granted.withdrawable ? (
        <Button size="sm" variant="default" loading={working} onClick={onWithdraw}>
          {t('privacy.withdraw')}
          <VisuallyHidden>: {local(granted.title)}</VisuallyHidden>
        </Button>
      ) : (
        <span className={classes.dim}>{t('privacy.required')}</span>
      )}
    </li>
  );
}

export function GrantCard({ grant }: { grant: MemberGrant }) {
  const t = useT();
  const format = useFormat();
  const { ask, error, done, working } = useWithdraw(grant);
  const owner = grant.app.partner === null ? t('privacy.platform') : t('privacy.by', { partner: grant.app.partner });
  return (
    <article className={classes.card}>
      <header className={classes.head}>
        <h3 className={classes.app}>{grant.app.name}</h3>
        <span className={classes.dim}>
          {owner} · {grant.lastUsedAt ? t('privacy.lastUsed', { time: format.fromNow(grant.lastUsedAt) }) : t('privacy.neverUsed')}
        </span>
      </header>
      <ul className={classes.scopes}>
        {grant.scopes.map((granted) => (
          <ScopeRow key={granted.scope} granted={granted} working={working === granted.scope} onWithdraw={() => void ask(granted)} />
        ))}
      </ul>
      <div role="status" className={classes.done}>
        {done && t('privacy.withdrawn', { app: grant.app.name })}
      </div>
      <ProblemNotice error={error} />
    </article>
  );
}
