import type { Benefit, EligibilityCondition, Language, Text } from '@chung/contracts';
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { formatIn } from '../format.ts';
import { useLanguage } from '../texts/language.ts';
import { benefitWords, conditionWords } from './benefit-words.ts';
import classes from './offer-preview.module.css';

/** The parts of an offer that its card shows. May be half-written: the editor previews while someone types. */
export interface PreviewedOffer {
  readonly partnerName: string;
  readonly title: Text;
  readonly summary: Text;
  readonly benefit: Benefit | null;
  readonly endsAt: string | null;
  readonly fulfilment: 'instant' | 'partner_confirmed';
  readonly conditions: readonly EligibilityCondition[];
}

const WORDS = {
  vi: {
    until: 'Đến',
    claim: 'Nhận ưu đãi',
    why: 'Dành cho',
    instant: 'Nhận ngay',
    partner_confirmed: 'Xác nhận tại quầy',
    title: 'Tên ưu đãi',
    summary: 'Tóm tắt hiển thị ở đây.',
  },
  en: {
    until: 'Until',
    claim: 'Claim',
    why: 'For',
    instant: 'At once',
    partner_confirmed: 'Confirmed at the counter',
    title: 'Title of the offer',
    summary: 'The summary appears here.',
  },
} as const;

interface CardProps {
  readonly offer: PreviewedOffer;
  readonly language: Language;
  readonly provinceNames: ReadonlyMap<string, string>;
}

function Card({ offer, language, provinceNames }: CardProps) {
  const words = WORDS[language];
  const benefit = offer.benefit && benefitWords(offer.benefit, language);
  const hasEnd = offer.endsAt !== null && !Number.isNaN(Date.parse(offer.endsAt));
  return (
    <article className={classes.card} lang={language}>
      <div className={classes.partner}>
        <span className={classes.initial} aria-hidden="true">
          {offer.partnerName.trim().charAt(0).toUpperCase() || '·'}
        </span>
        {offer.partnerName}
      </div>
      <p className={classes.benefit}>
        <strong>{benefit?.headline ?? '…'}</strong>
        {benefit?.detail && <span>{benefit.detail}</span>}
      </p>
      <p className={classes.title}>{offer.title[language].trim() || <i>{words.title}</i>}</p>
      <p className={classes.summary}>{offer.summary[language].trim() || <i>{words.summary}</i>}</p>
      {offer.conditions.length > 0 && (
        <ul className={classes.why} aria-label={words.why}>
          {offer.conditions.map((condition) => (
            <li key={condition.fact}>{conditionWords(condition, language, provinceNames)}</li>
          ))}
        </ul>
      )}
      <p className={classes.facts}>
        {words[offer.fulfilment]}
        {hasEnd && ` · ${words.until} ${formatIn(language).dateTime(offer.endsAt ?? '')}`}
      </p>
      <div className={classes.claim} aria-hidden="true">
        {words.claim}
      </div>
    </article>
  );
}

/** An offer's card as members see it, in either language. */
export function OfferPreview({
  offer,
  provinceNames,
  languageLabel,
}: {
  offer: PreviewedOffer;
  provinceNames: ReadonlyMap<string, string>;
  languageLabel: string;
}) {
  const [own] = useLanguage();
  const [chosen, setChosen] = useState<Language | null>(null);
  const language = chosen ?? own;
  return (
    <div className={classes.preview}>
      <SegmentedControl
        size="xs"
        aria-label={languageLabel}
        value={language}
        onChange={(value) => setChosen(value === 'en' ? 'en' : 'vi')}
        data={[
          { value: 'vi', label: 'Tiếng Việt' },
          { value: 'en', label: 'English' },
        ]}
      />
      <Card offer={offer} language={language} provinceNames={provinceNames} />
    </div>
  );
}
