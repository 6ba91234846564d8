import type { PartnerOffer, PartnerRedemption } from '@chung/contracts';
import { CursorTable, IconCheck, Page, ProblemNotice, useFormat, useList, useLocal, useTexts } from '@chung/ui';
import { Figure, Figures, Panel } from '@chung/ui/desk';
import { Anchor, Button, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useBalance } from '../ledger/use-balance.ts';
import { OfferStateTag } from '../offers/offer-state-tag.tsx';
import { usePartner } from '../partners/partner-gate.tsx';
import { RedemptionTag, useRedemptionColumns } from '../redemptions/redemption-columns.tsx';
import { REDEMPTION_STATES } from '../redemptions/redemption-words.ts';
import type { PartnerTexts } from '../texts/vi.ts';
import classes from './overview.module.css';
import { attentionOn, stepsDone } from './overview.ts';

const REFETCH_SECONDS = 10;
const LATEST = 5;

function Checklist({ offers, redemptionCount }: { offers: readonly PartnerOffer[]; redemptionCount: number }) {
  const t = useTexts<PartnerTexts>();
  const steps = stepsDone(offers, redemptionCount);
  if (steps.every(({ isDone }) => isDone)) return null;
  return (
    <Panel title={t('overview.checklist')}>
      <ol className={classes.steps}>
        {steps.map(({ step, isDone, href }, index) => (
          <li key={step} data-done={isDone}>
            <span className={classes.mark} aria-hidden="true">
              {isDone ? <IconCheck size={14} /> : index + 1}
            </span>
            <div>
              {href && !isDone ? (
                <Anchor component={Link} href={href} fw={600} size="sm">
                  {t(`overview.steps.${step}.title`)}
                </Anchor>
              ) : (
                <b>{t(`overview.steps.${step}.title`)}</b>
              )}
              <p>{isDone ? t('overview.done') : t(`overview.steps.${step}.text`)}</p>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Attention({ offers }: { offers: readonly PartnerOffer[] }) {
  const t = useTexts<PartnerTexts>();
  const local = useLocal();
  const waiting = attentionOn(offers);
  if (waiting.length === 0) return null;
  return (
    <Panel title={t('overview.attention')}>
      <ul className={classes.rows}>
        {waiting.map(({ offer, why }) => (
          <li key={offer.id}>
            <div>
              <Anchor component={Link} href={`/offers/${offer.id}`} size="sm" fw={600}>
                {local(offer.title)}
              </Anchor>
              <Text size="sm" c="dimmed">
                {why === 'refused' ? t('overview.refusedOffer') : t('overview.fewCodes', { count: offer.counts.codes?.free ?? 0 })}
              </Text>
            </div>
            <OfferStateTag state={offer.state} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function ByState({ recent }: { recent: readonly PartnerRedemption[] }) {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  return (
    <Panel title={t('overview.byState')} intro={t('overview.recent', { count: recent.length })}>
      <ul className={classes.rows}>
        {REDEMPTION_STATES.map((state) => ({ state, count: recent.filter((row) => row.state === state).length })).map(
          ({ state, count }) => (
            <li key={state}>
              <Link href={`/redemptions?state=${state}`} className={classes.state}>
                <RedemptionTag state={state} />
              </Link>
              <b>{format.number(count)}</b>
            </li>
          ),
        )}
      </ul>
    </Panel>
  );
}

function KeyFigures({ offers }: { offers: readonly PartnerOffer[] }) {
  const t = useTexts<PartnerTexts>();
  const format = useFormat();
  const { data: balance } = useBalance();
  const sum = (count: 'redeemed' | 'held') => offers.reduce((total, offer) => total + offer.counts[count], 0);
  return (
    <Figures>
      <Figure label={t('overview.live')} value={format.number(offers.filter((offer) => offer.state === 'published').length)} />
      <Figure label={t('overview.redeemed')} value={format.number(sum('redeemed'))} />
      <Figure label={t('overview.held')} value={format.number(sum('held'))} />
      <Figure label={t('overview.receivable')} value={balance ? format.money(balance.receivableMinor) : '…'} />
      <Figure
        label={t('overview.payable')}
        value={balance ? format.money(balance.payablePendingMinor + balance.payableAvailableMinor) : '…'}
      />
    </Figures>
  );
}

export function OverviewPage() {
  const t = useTexts<PartnerTexts>();
  const partner = usePartner();
  const offers = useList('partner.offers.list', { limit: 100 }, { refetchSeconds: REFETCH_SECONDS });
  const recent = useList('partner.redemptions.list', { limit: 100 }, { refetchSeconds: REFETCH_SECONDS });
  const columns = useRedemptionColumns();
  return (
    <Page
      title={t('overview.hello', { name: partner.name })}
      appName={t('app.name')}
      intro={t('overview.lead')}
      actions={
        <Button component={Link} href="/counter">
          {t('overview.openCounter')}
        </Button>
      }
    >
      <Stack gap="lg">
        <ProblemNotice error={offers.error} onRetry={offers.refetch} />
        <KeyFigures offers={offers.items} />
        {!offers.isPending && !recent.isPending && !offers.error && (
          <Checklist offers={offers.items} redemptionCount={recent.items.length} />
        )}
        <Attention offers={offers.items} />
        <div className={classes.columns}>
          <div className={classes.latest}>
            <div className={classes.latestHead}>
              <h2>{t('overview.latest')}</h2>
              {recent.items.length > 0 && (
                <Anchor component={Link} href="/redemptions" size="sm">
                  {t('overview.seeAll')}
                </Anchor>
              )}
            </div>
            <CursorTable
              caption={t('overview.latest')}
              list={{ ...recent, items: recent.items.slice(0, LATEST), hasNext: false }}
              columns={columns}
              rowKey={(row) => row.id}
              empty={
                <Text size="sm" c="dimmed">
                  {t('overview.noRedemptions')}
                </Text>
              }
            />
          </div>
          {recent.items.length > 0 && <ByState recent={recent.items} />}
        </div>
      </Stack>
    </Page>
  );
}
