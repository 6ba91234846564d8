import type { EligibilityCondition, PartnerOffer } from '@chung/contracts';
import { useFormat, useTexts } from '@chung/ui';
import { type Fact, Facts } from '@chung/ui/desk';
import type { AdminTexts } from '../texts/vi.ts';
import { discountShare } from './discount-share.ts';

function useConditionWords(provinceNames: ReadonlyMap<string, string>) {
  const t = useTexts<AdminTexts>();
  return (condition: EligibilityCondition): string => {
    switch (condition.fact) {
      case 'verified':
        return t('submission.fact.verified');
      case 'province':
        return t('submission.fact.province', { names: condition.in.map((code) => provinceNames.get(code) ?? code).join(', ') });
      case 'unit':
        return t('submission.fact.unit', { names: condition.within.join(', ') });
      case 'age':
        return t('submission.fact.age', { from: condition.atLeastYears, to: condition.belowYears - 1 });
      case 'role':
        return t('submission.fact.role', { names: condition.in.map((role) => t(`submission.role.${role}`)).join(', ') });
    }
  };
}

function useAllocationWords() {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  return (allocation: PartnerOffer['allocation']): string => {
    const minutes = format.number(allocation.acceptMinutes);
    if (allocation.mode === 'lottery')
      return t('submission.fact.lottery', {
        from: format.dateTime(allocation.entriesFrom),
        until: format.dateTime(allocation.entriesUntil),
        minutes,
      });
    return allocation.waitingList === 'on' ? t('submission.fact.waitingList', { minutes }) : t('submission.fact.firstCome');
  };
}

/** Everything that was promised, in the reviewer's terms: no rule is judged from a card alone. */
export function OfferFacts({ offer, provinceNames }: { offer: PartnerOffer; provinceNames: ReadonlyMap<string, string> }) {
  const t = useTexts<AdminTexts>();
  const format = useFormat();
  const conditionWords = useConditionWords(provinceNames);
  const allocationWords = useAllocationWords();
  const share = discountShare(offer);
  const { fulfilment, limits, counts } = offer;
  const fact = (key: Parameters<typeof t>[0] & `submission.fact.${string}`, value: Fact['value']): Fact => ({ key, label: t(key), value });
  const facts: Fact[] = [
    fact('submission.fact.kind', t(`kind.${offer.benefit.kind}`)),
    fact('submission.fact.category', t(`category.${offer.category}`)),
    fact('submission.fact.price', format.money(offer.regularPriceMinor)),
    ...(share === null ? [] : [fact('submission.fact.discount', format.percent(share))]),
    fact(
      'submission.fact.funding',
      offer.funding
        .map(({ by, shareBasisPoints }) =>
          t(by === 'partner' ? 'submission.fact.fundingPartner' : 'submission.fact.fundingPlatform', {
            share: format.percent(shareBasisPoints),
          }),
        )
        .join(' · '),
    ),
    fact('submission.fact.stock', format.number(offer.stock)),
    fact(
      'submission.fact.limits',
      [
        t('submission.fact.perMember', { count: limits.perMember }),
        ...(limits.perMemberPerDay === null ? [] : [t('submission.fact.perDay', { count: limits.perMemberPerDay })]),
      ].join(' · '),
    ),
    fact('submission.fact.window', `${format.dateTime(offer.window.startsAt)} – ${format.dateTime(offer.window.endsAt)}`),
    fact(
      'submission.fact.fulfilment',
      fulfilment.mode === 'instant'
        ? t('submission.fact.instant')
        : t('submission.fact.partner_confirmed', { minutes: format.number(fulfilment.holdMinutes) }),
    ),
    fact('submission.fact.allocation', allocationWords(offer.allocation)),
    fact(
      'submission.fact.codes',
      counts.codes
        ? t('submission.fact.codesPool', { free: format.number(counts.codes.free), total: format.number(counts.codes.total) })
        : t('submission.fact.codesNone'),
    ),
    fact(
      'submission.fact.eligibility',
      offer.eligibility.all.length === 0
        ? t('submission.fact.everyone')
        : offer.eligibility.all.map((condition) => <div key={condition.fact}>{conditionWords(condition)}</div>),
    ),
  ];
  return <Facts facts={facts} />;
}
