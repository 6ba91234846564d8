import type { MemberOffer } from '@chung/contracts';
import { IconCheck, ProblemNotice, useApi, useFormat } from '@chung/ui';
import { Button, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useT } from '../texts/use-t.ts';
import classes from './draw-section.module.css';

/** How a lottery can be checked, by anyone and on this very device: the page recomputes it from what is published. */
export function DrawSection({ offer }: { offer: MemberOffer }) {
  const t = useT();
  const format = useFormat();
  const api = useApi();
  const draw = useQuery({
    queryKey: ['draws.get', offer.id],
    queryFn: ({ signal }) => api.call('draws.get', { params: { offerId: offer.id }, signal }),
  });
  const check = useMutation({
    // Brought only when somebody asks: few do, and everybody would wait for it.
    mutationFn: async () => (await import('@chung/client/draw')).checkDraw(api, offer.id),
  });
  const { data } = draw;
  if (!data) return <ProblemNotice error={draw.error} />;
  const facts: [string, string | null][] = [
    [t('draw.commitment'), data.commitment],
    [t('draw.digest'), data.digest],
    [t('draw.seed'), data.seed],
  ];
  return (
    <div>
      <p className={classes.words}>{t('draw.how')}</p>
      {data.state === 'DRAWN' && (
        <p className={classes.words}>
          {t('draw.result', { tickets: format.number(data.tickets ?? 0), units: format.number(data.units ?? 0) })}
        </p>
      )}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value ?? t('draw.later')}</dd>
          </div>
        ))}
      </dl>
      {data.state === 'DRAWN' && (
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          {t('draw.check')}
        </Button>
      )}
      <ProblemNotice error={check.error} />
      {check.data && (
        <Text role="status" fw={600} mt="sm" className={classes.verdict} data-ok={check.data.verified}>
          {check.data.verified && <IconCheck size={18} />}
          {check.data.verified ? t('draw.verified') : t('draw.wrong', { problems: check.data.problems.join(', ') })}
        </Text>
      )}
    </div>
  );
}
