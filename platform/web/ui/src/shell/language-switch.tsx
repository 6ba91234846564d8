import { Button } from '@mantine/core';
import { useLanguage } from '../texts/language.ts';

const NAMES = { vi: 'Tiếng Việt', en: 'English' } as const;

/** Offers the other language in that language's own name. */
export function LanguageSwitch({ compact = false }: { compact?: boolean }) {
  const [language, choose] = useLanguage();
  const other = language === 'vi' ? 'en' : 'vi';
  return (
    <Button variant="subtle" color="gray" size="compact-sm" lang={other} aria-label={NAMES[other]} onClick={() => void choose(other)}>
      {compact ? other.toUpperCase() : NAMES[other]}
    </Button>
  );
}
