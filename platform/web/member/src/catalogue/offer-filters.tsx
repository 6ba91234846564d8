import { IconClose, IconSearch } from '@chung/ui';
import { TextInput, UnstyledButton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useT } from '../texts/use-t.ts';
import { CATEGORIES } from './category.tsx';
import classes from './offer-filters.module.css';

// Longer than between two keys of someone typing, shorter than anyone waits on purpose.
const TYPING_PAUSE_MS = 300;
// What `offers.list` takes; longer text would be refused only after it was typed.
const LONGEST_SEARCH = 100;

/** Filters live in the address, so that a list can be bookmarked, shared and stepped back to. */
export interface Filters {
  readonly q: string;
  readonly category: string | null;
}

function SearchField({ value, onSearch }: { value: string; onSearch: (q: string) => void }) {
  const t = useT();
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  // The address changed from outside (back button, "show all"): the field follows.
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value;
      setTyped(value);
    }
  }, [value]);
  useEffect(() => {
    const q = typed.trim();
    if (q === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = q;
      onSearch(q);
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);
  return (
    <search>
      <TextInput
        type="search"
        enterKeyHint="search"
        aria-label={t('offers.search')}
        placeholder={t('offers.searchHint')}
        maxLength={LONGEST_SEARCH}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        leftSection={<IconSearch size={20} />}
        rightSection={
          typed && (
            <UnstyledButton className={classes.clear} aria-label={t('offers.clear')} onClick={() => setTyped('')}>
              <IconClose size={18} />
            </UnstyledButton>
          )
        }
        radius="xl"
      />
    </search>
  );
}

export function OfferFilters({ filters, onChange }: { filters: Filters; onChange: (change: Partial<Filters>) => void }) {
  const t = useT();
  // One function for the field's whole life: a new one each time would start its typing pause anew.
  const search = useRef(onChange);
  search.current = onChange;
  const [onSearch] = useState(() => (q: string) => search.current({ q }));
  return (
    <div className={classes.filters}>
      <SearchField value={filters.q} onSearch={onSearch} />
      <fieldset className={classes.chips}>
        <legend className={classes.legend}>{t('offers.categories')}</legend>
        {[null, ...CATEGORIES].map((category) => (
          <button
            key={category ?? 'all'}
            type="button"
            className={classes.chip}
            aria-pressed={filters.category === category}
            onClick={() => onChange({ category })}
          >
            {category ? t(`category.${category}`) : t('offers.all')}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
